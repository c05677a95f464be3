"""How long a worker's look at all phones takes: everything quiet, everybody silent, all back.

The agents have a history of sign-ons, positions and entries, so that what a sweep looks up is as
deep as after some weeks. Fails when a sweep does not find what was set up.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks._ping_field import own_database, settle
from data.session import EVERYTHING, Database, rows
from tracking.health.check_health import Sweep, check_health

AGENTS = 5000

DAYS = 30
"""Of sign-ons before today's."""

HISTORY = """
WITH past AS (
    INSERT INTO sign_on (id, branch_id, device_id, agent_id, during)
    SELECT gen_random_uuid(), branch_id, device_id, agent_id,
           tstzrange(lower(during) - day * interval '1 day' - interval '9 hours',
                     lower(during) - day * interval '1 day')
    FROM sign_on, generate_series(1, :days) AS day RETURNING 1
), healthy AS (
    INSERT INTO device_health (device_id, branch_id, heard_at, battery_pct, gps, permission)
    SELECT device_id, branch_id, :now, 64, 'on', 'always' FROM sign_on RETURNING 1
), panics AS (
    INSERT INTO panic (id, branch_id, agent_id, device_time, server_time, source, body_hash)
    SELECT gen_random_uuid(), branch_id, agent_id, CAST(:now AS timestamptz) - interval '1 day',
           CAST(:now AS timestamptz) - interval '1 day', 'agent', '' FROM sign_on RETURNING 1
), placed AS (
    INSERT INTO agent_position (agent_id, branch_id, device_id, captured_at, received_at, location,
                                battery_pct, is_mock)
    SELECT agent_id, branch_id, device_id, :now, :now, 'POINT(-71.25 -29.9)', 64, false
    FROM sign_on RETURNING 1
)
INSERT INTO ping (device_id, captured_at, lat, lon, agent_id, branch_id, received_at, battery_pct,
                  is_mock)
SELECT device_id, CAST(:now AS timestamptz) - n * interval '30 seconds', -29.9, -71.25, agent_id,
       branch_id, CAST(:now AS timestamptz) - n * interval '30 seconds', 64, false
FROM sign_on, generate_series(0, 120) AS n RETURNING 1
"""


async def set_up(url: str, now: datetime) -> None:
    """A field force in mid-shift, an hour of positions behind it."""
    await settle(url, now, AGENTS)
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        for day in {now.date(), (now - timedelta(hours=2)).date()}:
            await rows(session, "SELECT ensure_ping_partition(:day)", day=day)
        await rows(session, HISTORY, days=DAYS, now=now)
    await database.close()


async def look(database: Database, now: datetime) -> tuple[float, Sweep]:
    """One sweep: how many milliseconds to its commit, and what it came to."""
    began_s = time.perf_counter()
    async with database.transaction(EVERYTHING) as session:
        sweep = await check_health(session, now)
    took_ms = (time.perf_counter() - began_s) * 1000
    if sweep is None or sweep.on_duty != AGENTS:
        sys.exit(f"not everybody was looked at: {sweep}")
    return took_ms, sweep


async def forget(database: Database) -> None:
    """Take away what former sweeps have left."""
    async with database.transaction(EVERYTHING) as session:
        for table in ("alert", "silence"):
            await rows(session, f"DELETE FROM {table} RETURNING 1")  # noqa: S608 our own names


async def measure(url: str, now: datetime, repeats: int) -> list[dict[str, Any]]:
    """Each situation as often, the median of each."""
    await set_up(url, now)
    database = Database(url)
    silent_at = now + timedelta(minutes=11)
    table: dict[str, list[float]] = {}
    for _ in range(repeats):
        await forget(database)
        await look(database, now)  # the first one connects, and reads what is cold
        for name, at in (
            ("everything quiet", now),
            ("everybody falls silent at once", silent_at),
            ("everybody is still silent", silent_at),
            ("everybody is back at once", now),
        ):
            took_ms, sweep = await look(database, at)
            expected = AGENTS if at == silent_at else 0
            if sweep.silent != expected:
                sys.exit(f"{name}: {sweep.silent} of {AGENTS} are silent")
            table.setdefault(name, []).append(took_ms)
    await database.close()
    return [
        {"cell": name, "p50_ms": statistics.median(took), "max_ms": max(took)}
        for name, took in table.items()
    ]


def main() -> None:
    """``./roundsman bench health -- --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    options = parser.parse_args()
    now = datetime.now(UTC).replace(microsecond=0)
    with own_database() as url:
        table = asyncio.run(measure(url, now, options.repeats))
    if options.json:
        print(json.dumps({"agents": AGENTS, "cells": table}))
        return
    print(f"{AGENTS} agents on duty, {DAYS} days of sign-ons each; milliseconds of a sweep")
    for cell in table:
        print(f"  {cell['cell']:34} {cell['p50_ms']:7.0f}  (at most {cell['max_ms']:.0f})")


if __name__ == "__main__":
    main()
