"""Whether anything that an agent wrote down without a network is lost or doubled.

Days of phones are drawn from seeds: visits, payments, promises and deposits, while answers are lost
after the commit, requests are lost, the server is busy, pages are killed, two tabs are open, the
token is over, the clock is off by an hour, the storage is full, and a new version of the app comes.
Each is lived by the app's own modules in a real Chromium, against a real server and its database.
In the evening the network is good, and what the phone wrote down is held against the rows. Several
phones live at once, each in a browser and behind a network of its own, before the one server: most
of a phone's time is waiting.

`lost`: written down by the phone's word, and neither stored nor waiting for a person. `doubled`:
stored, and not a record of the phone; or money in the till that no receipt explains. `hung`: tries
that were ended because a browser or its driver stopped answering; nothing is judged of them, and
the script is lived once more from its start. One that hangs again is `unfinished`. Needs the
packages of `requirements-dev.lock` and a Chromium.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from benchmarks._offline_day import Day, Server, lived
from benchmarks._offline_phone import PASSWORD
from benchmarks._phone_script import Script, draw, total
from benchmarks._ping_field import own_database
from benchmarks._ping_server import api
from benchmarks._till_field import settle
from identity.secret import hash_password

CASES, LIMIT_MINOR = 12, 10**9
TRIES = 2


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of a script; `figures` are None where it came to no end. `why_hung` has what was
    said of each try that did not."""

    script: Script
    figures: dict[str, Any] | None
    why_hung: tuple[str, ...]


def live(days: Sequence[Day], limit_s: float) -> Lived:
    """Live a script. A try that hangs is ended and counted, and the script is lived again from the
    start, by another agent: what the first one wrote down was in the browser that is gone."""
    why_hung: list[str] = []
    for day in days:
        began_s = time.perf_counter()
        told = lived(day, limit_s)
        if not isinstance(told, str):
            took_s = round(time.perf_counter() - began_s, 1)
            return Lived(day.script, told | {"took_s": took_s}, tuple(why_hung))
        why_hung.append(told)
    return Lived(days[0].script, None, tuple(why_hung))


def measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    seeds = range(options.first, options.first + options.scripts)
    agents = seeds[-1] + (TRIES - 1) * len(seeds)
    fields = asyncio.run(settle(url, datetime.now(UTC), agents, CASES, LIMIT_MINOR))
    of = {agent: [str(case) for case in cases] for agent, cases in fields.items()}
    Server(url).ask(
        "UPDATE staff SET password_hash = %(hash)s RETURNING 1", hash=hash_password(PASSWORD)
    )
    found: list[Lived] = []
    with api(url) as port, ThreadPoolExecutor(options.phones) as phones:
        waiting = []
        for seed in seeds:
            drawn = draw(options.seed * 1000 + seed, CASES, options.records)
            script = replace(drawn, seed=seed)
            tries = [seed + again * len(seeds) for again in range(TRIES)]
            days = [Day(script, agent, of[agent], port, url) for agent in tries]
            waiting.append(phones.submit(live, days, options.limit_s))
        for each in as_completed(waiting):
            found.append(each.result())
            if not options.json:
                its = found[-1]
                told = f"{its.script.seed}: {its.figures} {its.script.faults} {its.why_hung}\n"
                sys.stderr.write(told)
    return summed(found)


def summed(found: Sequence[Lived]) -> dict[str, Any]:
    """The figures of all scripts: `hung` counts tries that came to no end, `unfinished` scripts of
    which none did."""
    figures = [each.figures for each in found if each.figures is not None]
    faults = Counter(fault for each in found for fault in each.script.faults)
    for each in figures:
        faults.update({f"network: {name}": count for name, count in each["seen"].items()})
    names = ("records", "lost", "doubled", "out_of_order", "parked", "storage_refusals")
    return {"scripts": len(figures)} | {name: total(figures, name) for name in names} | {
        "hung": sum(len(each.why_hung) for each in found),
        "unfinished": len(found) - len(figures),
        "faults": dict(faults),
        "why_parked": dict(sum((each["why_parked"] for each in figures), Counter[str]())),
    }  # fmt: skip


def main() -> None:
    """``./roundsman bench offline -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--scripts", type=int, default=50)
    parser.add_argument("--phones", type=int, default=4, help="that live at once")
    parser.add_argument("--limit-s", type=float, default=420, help="for one try of a script")
    parser.add_argument("--first", type=int, default=1, help="to see one script again")
    parser.add_argument("--records", type=int, default=42, help="of each script, at least")
    options = parser.parse_args()
    began_s = time.perf_counter()
    with own_database() as url:
        figures = measure(url, options)
    figures["took_s"] = round(time.perf_counter() - began_s, 1)
    print(json.dumps({"bench": "offline", "seed": options.seed} | figures))
    if any(figures[name] for name in ("lost", "doubled", "out_of_order", "unfinished")):
        sys.exit("what must be nothing is not")


if __name__ == "__main__":
    main()
