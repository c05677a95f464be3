"""Whether anything that an agent wrote down without a network is lost or doubled.

Days of phones are drawn from seeds: visits, payments, promises and deposits, while answers are lost
after the commit, requests are lost, the server is busy, pages are killed, two tabs are open, the
token is over, the clock is off by an hour, the storage is full, and a new version of the app comes.
Each is lived by the app's own modules in a real Chromium, against a real server and its database.
In the evening the network is good, and what the phone wrote down is held against the rows. Several
phones live at once, each in a browser and behind a network of its own, before the one server: most
of a phone's time is waiting.

`lost`: written down by the phone's word, and neither stored nor waiting for a person. `doubled`:
stored, and not a record of the phone; or money in the till that no receipt explains. Needs the
packages of `requirements-dev.lock` and a Chromium.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import make_url

from benchmarks._bad_network import Network, a_network
from benchmarks._offline_phone import PASSWORD, Phone, a_phone, of_a_person
from benchmarks._phone_script import Script, Visit, draw, total
from benchmarks._ping_field import own_database
from benchmarks._ping_server import api
from benchmarks._till_field import settle
from cli.chromium import find
from identity.secret import hash_password

CASES, LIMIT_MINOR = 12, 10**9

FACTS = """
SELECT id FROM check_in WHERE agent_id = %(agent)s
UNION ALL SELECT id FROM check_out WHERE agent_id = %(agent)s
UNION ALL SELECT id FROM promise WHERE agent_id = %(agent)s
UNION ALL SELECT id FROM receipt WHERE agent_id = %(agent)s
UNION ALL SELECT id FROM deposit WHERE agent_id = %(agent)s
"""
RECEIPTS = "SELECT id::text FROM receipt WHERE agent_id = %(agent)s ORDER BY number"
TILL = "SELECT in_hand_minor FROM till WHERE agent_id = %(agent)s"


class Server:
    """The database behind the API, asked directly."""

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)

    def ask(self, statement: str, **told: Any) -> list[Any]:
        """Rows."""
        return self._connection.execute(statement.encode(), told).fetchall()

    def agent(self, number: int) -> str:
        """The id of an agent."""
        [(found,)] = self.ask(
            "SELECT id::text FROM staff WHERE username = %(name)s", name=f"agent{number}"
        )
        return str(found)


def live(phone: Phone, server: Server, script: Script, agent: str, cases: list[str]) -> None:
    """A day, as drawn."""
    phone.network.worsen(script.seed, script.weights)
    for step in script.steps:
        if step.visit:
            phone.visit(step.visit, cases[step.visit.case])
        elif step.kind == "deposit":
            phone.deposit()
        elif step.kind == "stale token":
            server.ask(
                "UPDATE access_token SET expires_at = issued_at + interval '1 second'"
                " WHERE staff_id = %(agent)s RETURNING 1",
                agent=agent,
            )
        elif step.kind == "storage full":
            phone.fill_storage(is_full=True)
            phone.visit(Visit(0, 1000, 0), cases[0])
            phone.fill_storage(is_full=False)
        else:
            phone.suffer(step.kind, script.clock_off_s)


def judge(phone: Phone, server: Server, agent: str) -> dict[str, Any]:
    """What became of everything: the phone's records against the server's rows."""
    records = phone.settle()
    stored = Counter(str(row[0]) for row in server.ask(FACTS, agent=agent))
    of_phone = {each["id"] for each in records}
    parked = [each for each in records if each["state"] == "parked"]
    held = of_a_person(records)
    lost = [id_ for id_ in {*phone.written, *of_phone} if id_ not in stored and id_ not in held]
    doubled = [id_ for id_ in stored.elements() if id_ not in of_phone]
    doubled += [id_ for id_, count in stored.items() if count > 1]
    cash = sum(
        each["minor"] * {"receipt": 1, "deposit": -1}.get(each["kind"], 0)
        for each in records if each["id"] in stored
    )  # fmt: skip
    [(in_hand,)] = server.ask(TILL, agent=agent)
    made = [each["id"] for each in records if each["kind"] == "receipt" and each["id"] in stored]
    numbered = [row[0] for row in server.ask(RECEIPTS, agent=agent)]
    return {
        "records": len(records), "written": len(phone.written), "lost": len(lost),
        "doubled": len(doubled) + (in_hand != cash), "parked": len(parked),
        "out_of_order": int(numbered != made), "storage_refusals": phone.refused,
        "why_parked": Counter(str((each["problem"] or {}).get("type")) for each in parked),
    }  # fmt: skip


def one(browser: Browser, network: Network, server: Server, script: Script,
        cases: list[str]) -> dict[str, Any]:  # fmt: skip
    """Live a script and judge it."""
    network.weights, agent = (1, 0, 0, 0), server.agent(script.seed)
    network.newer.clear()
    with a_phone(browser, network, f"agent{script.seed}") as phone:
        live(phone, server, script, agent, cases)
        return judge(phone, server, agent)


Told = Callable[[Script, dict[str, Any]], None]


def lane(
    port: int, server: Server, of: dict[int, list[str]], scripts: "SimpleQueue[Script]", tell: Told
) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Live scripts one after the other, until there is none: their figures, and the network's
    faults."""
    found = []
    with a_network(f"http://127.0.0.1:{port}") as network, sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        while (script := _next(scripts)) is not None:
            began_s = time.perf_counter()
            figures = one(browser, network, server, script, of[script.seed])
            figures["took_s"] = round(time.perf_counter() - began_s, 1)
            tell(script, figures)
            found.append(figures)
        browser.close()
    return found, network.seen


def _next(scripts: "SimpleQueue[Script]") -> Script | None:
    try:
        return scripts.get_nowait()
    except Empty:
        return None


def measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    seeds = range(options.first, options.first + options.scripts)
    fields = asyncio.run(settle(url, datetime.now(UTC), seeds[-1], CASES, LIMIT_MINOR))
    of = {seed: [str(case) for case in fields[seed]] for seed in seeds}
    server = Server(url)
    server.ask(
        "UPDATE staff SET password_hash = %(hash)s RETURNING 1", hash=hash_password(PASSWORD)
    )
    scripts: SimpleQueue[Script] = SimpleQueue()
    faults = Counter[str]()
    for seed in seeds:
        drawn = draw(options.seed * 1000 + seed, CASES, options.records)
        script = Script(seed, drawn.weights, drawn.steps, drawn.clock_off_s)
        faults.update(script.faults)
        scripts.put(script)

    def tell(script: Script, figures: dict[str, Any]) -> None:
        if not options.json:
            sys.stderr.write(f"{script.seed}: {figures} {script.faults}\n")

    found: list[dict[str, Any]] = []
    with api(url) as port, ThreadPoolExecutor(options.phones) as phones:
        lanes = [
            phones.submit(lane, port, server, of, scripts, tell) for _ in range(options.phones)
        ]
        for each in lanes:
            figures, seen = each.result()
            found += figures
            faults.update({f"network: {name}": count for name, count in seen.items()})
    names = ("records", "lost", "doubled", "out_of_order", "parked", "storage_refusals")
    return {"scripts": len(found)} | {name: total(found, name) for name in names} | {
        "faults": dict(faults),
        "why_parked": dict(sum((each["why_parked"] for each in found), Counter[str]())),
    }  # fmt: skip


def main() -> None:
    """``./roundsman bench offline -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--scripts", type=int, default=50)
    parser.add_argument("--phones", type=int, default=4, help="that live at once")
    parser.add_argument("--first", type=int, default=1, help="to see one script again")
    parser.add_argument("--records", type=int, default=42, help="of each script, at least")
    options = parser.parse_args()
    began_s = time.perf_counter()
    with own_database() as url:
        figures = measure(url, options)
    figures["took_s"] = round(time.perf_counter() - began_s, 1)
    print(json.dumps({"bench": "offline", "seed": options.seed} | figures))
    if figures["lost"] or figures["doubled"] or figures["out_of_order"]:
        sys.exit("what must be nothing is not")


if __name__ == "__main__":
    main()
