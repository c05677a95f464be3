"""A day of a phone, lived and judged in a process of its own, which can be ended if it hangs."""

import os
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import sync_playwright
from sqlalchemy import make_url

from benchmarks._bad_network import a_network
from benchmarks._offline_phone import Phone, a_phone, of_a_person
from benchmarks._phone_script import Script, Visit
from cli.chromium import OPTIONS, find

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


def live(phone: Phone, server: Server, script: Script, agent: str, cases: Sequence[str]) -> None:
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


@dataclass(frozen=True, slots=True)
class Day:
    """A script with who lives it: an agent's number, the cases, and the server that is asked."""

    script: Script
    agent: int
    cases: Sequence[str]
    port: int
    url: str


def lived(day: Day, limit_s: float) -> dict[str, Any] | str:
    """What came of a day; or, in words, why it came to no end, once all of it was ended."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(theirs, day), daemon=True)
    process.start()
    theirs.close()
    try:
        if ours.poll(limit_s):
            told: dict[str, Any] | str = ours.recv()
            return told
    except EOFError:
        return "the process ended without a word"
    else:
        return f"not over after {limit_s:.0f} s"
    finally:
        _end(process.pid)
        process.join()


def _end(pid: int | None) -> None:
    """End a process and all that it started: the driver, and a browser that may not answer."""
    if pid is None:
        return
    for each in (pid, *_below(pid)):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def _below(pid: int) -> list[int]:
    """The processes that a process started, and those that they did."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(each) for each in listed.read_text().split()] if listed.exists() else []
    return [each for child in children for each in (child, *_below(child))]


def _tell(to: Connection, day: Day) -> None:
    """In the process: live the day, and tell what came of it."""
    try:
        to.send(_one(day))
    except Exception as failed:
        to.send(f"{type(failed).__name__}: {failed}"[:300])
        raise


def _one(day: Day) -> dict[str, Any]:
    server = Server(day.url)
    agent = server.agent(day.agent)
    with a_network(f"http://127.0.0.1:{day.port}") as network, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=find(), args=OPTIONS)
        with a_phone(browser, network, f"agent{day.agent}") as phone:
            live(phone, server, day.script, agent, day.cases)
            figures = judge(phone, server, agent)
        browser.close()
    return figures | {"seen": network.seen}
