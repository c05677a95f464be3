"""How many pings a second one API process commits, and how soon a phone is answered.

Closed loop for the rate, open loop (arrival times fixed ahead) for latencies; with authentication,
de-duplication, dirty marking and live readers, on the database's own durability settings. Fails
when a ping that was acknowledged is not in the database.
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from core.settings import ROOT
from data import migrate
from data.session import EVERYTHING, Database, rows
from identity.enroll import NewBranch, open_branch

AGENTS = 5000
TOKEN = "rt_bench"  # noqa: S105 opens a database that lives for a minute
BRANCH = NewBranch("BENCH", "Bench", "America/Santiago", "CL", "CLP", None, None)

PEOPLE = """
WITH person AS (
    INSERT INTO staff (id, branch_id, role, full_name, username, password_hash)
    SELECT gen_random_uuid(), :branch, CASE WHEN i < :agents THEN 'agent' ELSE 'supervisor' END,
           'Agent ' || i, 'agent' || i, '' FROM generate_series(0, :agents) i
    RETURNING id, role, substr(username, 6)::int AS i
), token AS (
    INSERT INTO access_token (token_hash, staff_id, issued_at, expires_at)
    SELECT sha256(convert_to(:token, 'UTF8')), id, :since, :until FROM person
    WHERE role = 'supervisor' RETURNING 1
), profile AS (
    INSERT INTO agent_profile (agent_id, branch_id, home)
    SELECT id, :branch, 'POINT(-71.25 -29.9)' FROM person WHERE role = 'agent' RETURNING 1
), phone AS (
    INSERT INTO device (id, branch_id, label, key_hash, enrolled_at)
    SELECT gen_random_uuid(), :branch, i::text, sha256(convert_to('rd_' || i, 'UTF8')), :since
    FROM person WHERE role = 'agent' RETURNING id, label
)
INSERT INTO sign_on (id, branch_id, device_id, agent_id, during)
SELECT gen_random_uuid(), :branch, phone.id, person.id, tstzrange(:since, NULL)
FROM phone JOIN person ON person.i::text = phone.label RETURNING 1
"""


@contextmanager
def own_database() -> Iterator[str]:
    """A migrated database that is dropped at the end."""
    server, name = os.environ["DATABASE_URL"], f"bench_{uuid4().hex[:8]}"
    admin = make_url(server).set(drivername="postgresql", database="postgres")
    with psycopg.connect(admin.render_as_string(hide_password=False), autocommit=True) as control:
        control.execute(f'CREATE DATABASE "{name}"'.encode())
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        try:
            migrate.upgrade(url)
            yield url
        finally:
            control.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


async def people(url: str, now: datetime, agents: int = AGENTS) -> None:
    """The agents, each with a phone, and somebody who watches."""
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        branch = await open_branch(session, BRANCH)
        since, until = now - timedelta(days=20), now + timedelta(days=1)
        await rows(
            session, PEOPLE, branch=branch, agents=agents, token=TOKEN, since=since, until=until
        )
    await database.close()


async def stored(url: str) -> tuple[int, int]:
    """Pings and dirty agents in the database."""
    database = Database(url)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        (found,) = await rows(
            session,
            "SELECT (SELECT count(*) FROM ping) AS pings,"
            " (SELECT count(*) FROM agent_dirty) AS dirty",
        )
    await database.close()
    return found.pings, found.dirty


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(url: str) -> Iterator[int]:
    """One API process; the port it listens on."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(port),
        "--log-level", "warning", "--no-access-log", "--timeout-graceful-shutdown", "1",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()


def snapshot_event_id(port: int) -> str:
    """Where live readers begin."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/live/snapshot", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 our own address
        event_id: str = json.load(answer)["last_event_id"]
        return event_id


def load(port: int, **order: Any) -> dict[str, Any]:
    """Have the phones of an order send, in a process of their own."""
    order |= {"port": port, "agents": AGENTS, "watch_token": TOKEN}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._ping_load"],
        cwd=ROOT, input=json.dumps(order) + "\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def runs(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cells of the table."""
    seconds = {"duration_s": options.seconds, "watch": options.watch}
    for batch in (1, 10, 100):
        yield f"closed loop, batches of {batch}", {
            "batch": batch, "lines": 64, "requests_per_line": max(2, 30_000 // (batch + 9)),
        } | seconds  # fmt: skip
    yield f"open loop, {options.rate:.0f} single pings/s", {
        "batch": 1, "lines": 256, "rate_per_s": options.rate,
    } | seconds  # fmt: skip


def measure(url: str, options: argparse.Namespace, now: datetime) -> list[dict[str, Any]]:
    """Each cell `repeats` times, the median of each figure."""
    table = []
    acknowledged, nth = 0, 0
    with server(url) as port:
        for name, order in runs(options):
            results = []
            for _ in range(options.repeats):
                nth += 1
                # A run has minutes of its own, so that none of its pings was stored before.
                start_s = (now - timedelta(minutes=5 * nth)).timestamp()
                order |= {"start_s": start_s, "seed": options.seed + nth}
                results.append(load(port, **order, event_id=snapshot_event_id(port)))
            acknowledged += sum(r["pings"] for r in results)
            failures = sum(r["failures"] for r in results)
            figures = {
                key: statistics.median(r[key] for r in results)
                for key in ("p50_ms", "p95_ms", "p99_ms", "watched_bytes")
            }
            rate = statistics.median(r["pings"] / r["took_s"] for r in results)
            table.append({"cell": name, "pings_per_s": rate, "failures": failures} | figures)
    pings, dirty = asyncio.run(stored(url))
    if not acknowledged or not dirty:
        sys.exit("no work was done")
    if pings < acknowledged:
        sys.exit(f"{acknowledged} pings were acknowledged, {pings} are in the database")
    return table


def main() -> None:
    """``./roundsman bench ingest -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--watch", type=int, default=100, help="live readers connected")
    options = parser.parse_args()
    now = datetime.now(UTC)
    with own_database() as url:
        asyncio.run(people(url, now))
        table = measure(url, options, now)
    if not options.json:
        print(f"{'':38}{'pings/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'refused':>9}")
        for row in table:
            print(
                f"{row['cell']:38}{row['pings_per_s']:9.0f}{row['p50_ms']:9.1f}"
                f"{row['p95_ms']:9.1f}{row['p99_ms']:9.1f}{row['failures']:9d}"
            )
    print(json.dumps({"bench": "ingest", "seed": options.seed, "cells": table}))


if __name__ == "__main__":
    main()
