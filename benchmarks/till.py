"""Whether a till's limit holds when everybody pays at once, and how many receipts one API process
takes a second.

Two hundred receipts arrive together at one till that has room for a third of them, some of them
twice, as phones do that heard no answer; round after round. What was answered is then held against
the rows. Rates: receipts of many agents over HTTP, each phone's next as soon as its last is
answered, with authentication, row-level security and the database's own durability, beside
pgbench's transactions on the same server in the same run. Once every agent's phone sends, and once
a few connections do, as many as pgbench has: receipts that arrive together share a transaction, so
the one is the rush at the end of a day, the other an hour like any. Fails when a limit was passed,
a ledger does not balance, or a receipt is lost or doubled.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import uvloop
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from benchmarks._ping_field import own_database
from benchmarks._ping_server import api
from benchmarks._till_field import FILLED, settle
from benchmarks._till_load import Answered, Taken, at_once, for_a_while
from core.ids import new_id

console = Console(stderr=True, highlight=False)
LIMIT_MINOR = 10**15
"""Of the tills whose rate is measured: no deposit has to come between."""


def plain(url: str) -> str:
    """`url` as psycopg and pgbench take it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def crowd(
    rng: np.random.Generator, agent: int, cases: list[UUID], size: int, now: str
) -> list[Taken]:
    """Receipts for one till, a fifth of them twice, in any order."""
    amounts = rng.integers(1, 200, size) * 50
    once = [
        Taken(new_id(), agent, cases[n % len(cases)], int(minor), now)
        for n, minor in enumerate(amounts)
    ]
    both = [*once[: size - size // 6], *once[: size // 6]]
    return [both[n] for n in rng.permutation(len(both))]


async def rounds(
    url: str, port: int, of: dict[int, list[UUID]], options: argparse.Namespace
) -> dict[str, int]:
    """All rounds, each with a till of its own: what went wrong, of how many attempts."""
    rng = np.random.default_rng(options.seed)
    totals = {"attempts": 0, "accepted": 0, "breaches": 0, "imbalance": 0, "lost": 0, "wrong": 0}
    for agent in range(1, options.rounds + 1):
        now = datetime.now(UTC).isoformat()
        receipts = crowd(rng, agent, of[agent], options.concurrent, now)
        limit = sum({r.id: r.minor for r in receipts}.values()) // 3
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute(
                "UPDATE till SET limit_minor = %s WHERE agent_id ="
                " (SELECT id FROM staff WHERE username = %s)",
                (limit, f"agent{agent}"),
            )
            answers = await at_once(port, receipts)
            found = judge(connection, agent, answers)
        for name, number in found.items():
            totals[name] += number
    return totals


def judge(
    connection: psycopg.Connection[Any], agent: int, answers: list[Answered]
) -> dict[str, int]:
    """What one till's rows say of the answers.

    `lost` counts receipts that were accepted and are not there once, or are there and were never
    accepted; `wrong` counts answers that are neither 200 nor a refusal that was due: a refused
    amount must not fit what is left in the end, since a till only fills.
    """
    till = connection.execute(
        "SELECT t.agent_id, t.in_hand_minor, t.reserved_minor, t.limit_minor, t.ledger_minor"
        " FROM till t JOIN staff s ON s.id = t.agent_id WHERE s.username = %s",
        (f"agent{agent}",),
    ).fetchone()
    assert till is not None
    agent_id, in_hand, reserved, limit, _ = till
    stored = connection.execute(
        "SELECT id, number, amount_minor FROM receipt WHERE agent_id = %s ORDER BY number",
        (agent_id,),
    ).fetchall()
    ledger = connection.execute(
        "SELECT coalesce(sum(amount_minor) FILTER (WHERE owner_id = %(agent)s"
        " AND ledger_account = 'agent_cash'), 0), coalesce(sum(amount_minor), 0)"
        " FROM posting WHERE entry_id IN (SELECT e.id FROM journal_entry e"
        " JOIN receipt r ON r.id = e.source_id WHERE r.agent_id = %(agent)s)",
        {"agent": agent_id},
    ).fetchone()
    assert ledger is not None
    accepted = {a.taken.id for a in answers if a.status == 200}
    refused = [a for a in answers if a.status == 409]
    ids = [row[0] for row in stored]
    gaps = [row[1] for row in stored] != list(range(1, len(stored) + 1))
    return {
        "attempts": len(answers),
        "accepted": len(stored),
        "breaches": int(in_hand + reserved > limit),
        "imbalance": int(ledger != (in_hand, 0) or in_hand != sum(row[2] for row in stored)),
        "lost": len(accepted ^ set(ids)) + len(ids) - len(set(ids)) + gaps,
        "wrong": len(answers) - len(refused) - sum(a.status == 200 for a in answers)
        + sum(a.taken.minor <= limit - in_hand for a in refused),
    }  # fmt: skip


def stream(of: dict[int, list[UUID]], agents: list[int], seed: int) -> Iterator[Taken]:
    """Receipts of these agents, one after the other, without an end."""
    rng = np.random.default_rng(seed)
    for n in count():
        agent = agents[n % len(agents)]
        cases = of[agent]
        minor = int(rng.integers(1, 200)) * 50
        case_id = cases[n // len(agents) % len(cases)]
        yield Taken(new_id(), agent, case_id, minor, datetime.now(UTC).isoformat())


async def rate(
    port: int, of: dict[int, list[UUID]], lines: int, options: argparse.Namespace
) -> tuple[float, list[float]]:
    """Receipts a second of all agents, who share so many connections: the median of the repeats,
    after a warm-up; and the milliseconds that each took."""
    agents = [agent for agent in of if agent > options.rounds]
    sending = [stream(of, agents[n::lines], options.seed + n) for n in range(lines)]
    await for_a_while(port, sending, 2)
    rates: list[float] = []
    latencies_ms: list[float] = []
    for _ in range(options.repeats):
        answers, took_s = await for_a_while(port, sending, options.seconds)
        good = [1000 * a.took_s for a in answers if a.status == 200]
        if len(good) < len(answers):
            sys.exit(f"{len(answers) - len(good)} receipts were refused that had room")
        rates.append(len(good) / took_s)
        latencies_ms += good
    return statistics.median(rates), latencies_ms


async def all_rates(
    port: int, of: dict[int, list[UUID]], options: argparse.Namespace
) -> dict[str, float]:
    """The rates: with every agent's phone on a connection of its own, and with a few."""
    figures: dict[str, float] = {}
    for lines, named in ((options.agents, ""), (options.lines, "_few")):
        receipts_per_s, took_ms = await rate(port, of, lines, options)
        figures |= {
            f"receipts_per_s{named}": receipts_per_s,
            f"p50_ms{named}": float(np.quantile(took_ms, 0.5)),
            f"p95_ms{named}": float(np.quantile(took_ms, 0.95)),
        }
    return figures


def pgbench_tps(url: str, options: argparse.Namespace) -> float:
    """What pgbench's own transactions reach on this server: the median of the repeats."""
    found = shutil.which("pgbench") or next(
        iter(sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/pgbench")))), None
    )
    if found is None:
        sys.exit("pgbench is not installed; it comes with PostgreSQL's server or contrib package")
    environment = os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}

    def run(*words: str) -> str:
        command = [found, *words, plain(url)]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=environment
        ).stdout

    run("-i", "-q", "-s", "10")
    found_tps = []
    for _ in range(options.repeats):
        told = run("-n", "-c", str(options.lines), "-j", "1", "-T", str(int(options.seconds)))
        line = next((line for line in told.splitlines() if line.startswith("tps = ")), None)
        if line is None:
            sys.exit(f"pgbench told no transactions a second: {told[-300:]}")
        found_tps.append(float(line.split()[2]))
    return statistics.median(found_tps)


def show(figures: dict[str, Any]) -> None:
    """The table for people."""
    table = Table("", "", box=None, show_header=False)
    for name, value in figures.items():
        table.add_row(name, f"{value:,.1f}" if isinstance(value, float) else str(value))
    Console(highlight=False).print(table)


async def measure(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """All figures."""
    agents = options.rounds + options.agents
    of = await settle(url, datetime.now(UTC), agents, options.cases, LIMIT_MINOR)
    with psycopg.connect(plain(url), autocommit=True) as connection:
        # Not what is empty yet: for that plans would be made, and kept, as if it stayed empty.
        connection.execute(f"ANALYZE {', '.join(FILLED)}")
    with api(url) as port:
        figures: dict[str, Any] = dict(await rounds(url, port, of, options))
        figures |= await all_rates(port, of, options)
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM till WHERE in_hand_minor <> ledger_minor"
            " OR in_hand_minor + reserved_minor > limit_minor),"
            " (SELECT coalesce(sum(amount_minor), 0) FROM posting)"
        ).fetchone()
    assert row is not None
    figures["imbalance"] += int(row[0] + abs(row[1]))
    return figures


def main() -> None:
    """``./roundsman bench till -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--concurrent", type=int, default=200, help="receipts at once, one till")
    parser.add_argument("--agents", type=int, default=500, help="whose phones send")
    parser.add_argument("--cases", type=int, default=20, help="of each agent")
    parser.add_argument(
        "--lines", type=int, default=32, help="pgbench's connections, and ours when few send"
    )
    parser.add_argument("--seconds", type=float, default=10, help="of each timed run")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    began_s = time.perf_counter()
    with own_database() as url:
        # Phones work elsewhere: what stands for them here is to take as little as can be.
        figures = uvloop.run(measure(url, options))
        figures["pgbench_tps"] = pgbench_tps(url, options)
    if not figures["accepted"] or not figures["receipts_per_s"]:
        sys.exit("no work was done")
    figures["took_s"] = time.perf_counter() - began_s
    if not options.json:
        show(figures)
    print(json.dumps({"bench": "till", "seed": options.seed} | figures))
    bad = {name: figures[name] for name in ("breaches", "imbalance", "lost", "wrong")}
    if any(bad.values()):
        sys.exit(f"what must be nothing is not: {bad}")


if __name__ == "__main__":
    main()
