"""How soon a day report is answered: of one agent, and of a branch of fifty.

Each agent has a day of 5,000 pings with stops, lies and a gap, stored as the ingest stores them.
Measured at the API over HTTP, and beside ours what nobody gets below: the bare fetch of the same
pings, in our form and as rows, and as a peer lines and their length made by PostGIS, which knows
neither lies nor stops nor gaps. Fails when a report does not hold the work.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
from sqlalchemy import make_url

from benchmarks._ping_field import BRANCH, TOKEN, own_database, settle
from benchmarks._ping_server import api
from core.clock import day_range
from core.geometry import Floats, LatLon, LocalPlane
from data.session import EVERYTHING, Database, Session, rows
from tracking import store as ingest
from tracking.ping_columns import MEASURES, PingColumns
from tracking.trails import store
from tracking.trails.day_span import DaySpan, day_span
from tracking.trails.trail import trail_of

PINGS = 5000
EVERY_S = 6.0
STOPS = 35
LIES = 40
ERROR_M = 6.0
GAP_S = 900.0
AROUND = LocalPlane(LatLon(-29.9, -71.25))

AS_ROWS = """
SELECT p.agent_id, p.captured_at, p.lat, p.lon, p.accuracy_m
FROM sign_on s JOIN ping p ON p.device_id = s.device_id
  AND p.captured_at >= :begins AND p.captured_at < :ends
"""
LENGTHS = """
SELECT p.agent_id, ST_Length(
    ST_MakeLine(ST_MakePoint(p.lon, p.lat) ORDER BY p.captured_at)::geography) AS length_m
FROM sign_on s JOIN ping p ON p.device_id = s.device_id
  AND p.captured_at >= :begins AND p.captured_at < :ends
GROUP BY p.agent_id
"""


def field_day(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Seconds, and metres east and north: a day between doors with a wandering error, lies that
    are off by hundreds of metres, and a gap."""
    doors = np.vstack(([0, 0], np.cumsum(rng.normal(0, 350, (STOPS, 2)), axis=0)))
    went_s = np.hypot(*np.diff(doors, axis=0).T) / rng.uniform(4, 9, STOPS) + 5
    times_s = np.cumsum(np.column_stack((went_s, rng.uniform(150, 1200, STOPS))).ravel())
    times_s *= PINGS * EVERY_S / times_s[-1]
    t_s = np.arange(PINGS) * EVERY_S
    arrivals = np.vstack((doors[:1], np.repeat(doors[1:], 2, axis=0)))
    memory = np.ones(20) / np.sqrt(20)
    x, y = (
        np.interp(t_s, np.append(0, times_s), arrivals[:, axis])
        + ERROR_M * np.convolve(rng.normal(0, 1, PINGS + 19), memory, "valid")
        for axis in (0, 1)
    )
    x[rng.choice(PINGS, LIES, replace=False)] += rng.choice([-300, 300], LIES)
    return t_s + GAP_S * (t_s > t_s[-1] / 2), x, y


async def fill(url: str, seed: int, begin: datetime) -> list[UUID]:
    """Store a day of pings for each agent, as the ingest does; their ids."""
    database = Database(url)
    async with database.transaction(EVERYTHING) as session:
        for day in range(2):
            await ingest.ensure_partition(session, (begin + timedelta(days=day)).date())
        carried = await rows(session, "SELECT agent_id, device_id, branch_id FROM sign_on")
    for number, r in enumerate(carried):
        rng = np.random.default_rng((seed, number))
        t_s, x, y = field_day(rng)
        measures = np.full((len(MEASURES), PINGS), np.nan)
        measures[0] = rng.uniform(3, 20, PINGS)
        captured_us = np.rint((begin.timestamp() + t_s) * 1e6).astype(np.int64)
        device_id, agent_id, branch_id = (
            np.full(PINGS, np.void(each.bytes), "V16")
            for each in (r.device_id, r.agent_id, r.branch_id)
        )
        await ingest.add_pings(
            database.wire,
            PingColumns(
                device_id=device_id,
                agent_id=agent_id,
                agent_rank=np.zeros(PINGS, np.int64),
                branch_id=branch_id,
                captured_us=captured_us,
                received_us=captured_us,
                place=np.array(AROUND.latlon(x, y)),
                measures=measures,
                mock=np.zeros(PINGS, np.bool_),
                attributes=(None,) * PINGS,
            ),
        )
    await database.close()
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as owner:
        owner.execute("ANALYZE")
    return [r.agent_id for r in carried]


def answered(port: int, path: str) -> tuple[float, Any]:
    """Seconds until the answer was read, and the answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    began_s = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 our own address
        body = answer.read()
    return time.perf_counter() - began_s, json.loads(body)


def at_the_api(url: str, agents: list[UUID], day: date, repeats: int) -> dict[str, float]:
    """Median seconds of an agent's report and of the branch's; exits when one is not whole."""
    with api(url) as port:
        branch = f"/v1/branches/{BRANCH.code}/day-reports?day={day}"
        alone = [f"/v1/agents/{agent}/day-report?day={day}" for agent in agents]
        answered(port, branch)
        of_agent = [answered(port, alone[n % len(alone)]) for n in range(5 * repeats)]
        of_branch = [answered(port, branch) for _ in range(repeats)]
    reports = [report for _, report in of_agent]
    for _, answer in of_branch:
        if len(answer["items"]) != len(agents):
            sys.exit(f"{len(answer['items'])} reports for {len(agents)} agents")
        reports += answer["items"]
    for report in reports:
        if report["pings"] != PINGS or not report["stops"] or not report["outliers"]:
            sys.exit(f"no work was done for {report['agent']}: {report['pings']} pings")
    return {
        "agent_s": statistics.median(took_s for took_s, _ in of_agent),
        "branch_s": statistics.median(took_s for took_s, _ in of_branch),
    }


async def in_the_database(
    url: str, agents: list[UUID], span: DaySpan, repeats: int
) -> dict[str, float]:
    """Median seconds of what a branch's report rests on, and of the peer."""
    database = Database(url)
    bounds = {"begins": span.begins, "ends": span.ends}
    questions: dict[str, Callable[[Session], Awaitable[Any]]] = {
        "fetch_s": lambda session: store.pings_of_day(session, agents, span),
        "rows_s": lambda session: rows(session, AS_ROWS, **bounds),
        "postgis_s": lambda session: rows(session, LENGTHS, **bounds),
    }
    took: dict[str, list[float]] = {name: [] for name in (*questions, "trails_s")}
    for _ in range(repeats):
        for name, ask in questions.items():
            async with database.transaction(EVERYTHING, read_only=True) as session:
                began_s = time.perf_counter()
                await ask(session)
                took[name].append(time.perf_counter() - began_s)
        async with database.transaction(EVERYTHING, read_only=True) as session:
            pings = await store.pings_of_day(session, agents, span)
        began_s = time.perf_counter()
        for of_agent in pings.values():
            trail_of(of_agent)
        took["trails_s"].append(time.perf_counter() - began_s)
    await database.close()
    return {name: statistics.median(seconds) for name, seconds in took.items()}


def main() -> None:
    """``./roundsman bench day-report -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    now = datetime.now(UTC)
    day = now.astimezone(ZoneInfo(BRANCH.zone)).date() - timedelta(days=1)
    begin = day_range(day, BRANCH.zone)[0] + timedelta(hours=8)
    repeats = max(3, options.repeats)
    with own_database() as url:
        asyncio.run(settle(url, now, options.agents))
        agents = asyncio.run(fill(url, options.seed, begin))
        seconds = at_the_api(url, agents, day, repeats)
        span = day_span(day, BRANCH.zone, now)
        seconds |= asyncio.run(in_the_database(url, agents, span, repeats))
    if not options.json:
        told = {
            "agent_s": "one agent's day report, over HTTP",
            "branch_s": f"the reports of a branch of {len(agents)}, over HTTP",
            "fetch_s": "  of that: the pings fetched, as arrays",
            "trails_s": "  of that: the trails worked out",
            "rows_s": "limit: the same pings fetched as plain rows",
            "postgis_s": "peer: lines and lengths in PostGIS, lies and drift included",
        }
        for name, meaning in told.items():
            print(f"{meaning:62}{1000 * seconds[name]:9.1f} ms")
    figures = {name: round(1000 * took_s, 2) for name, took_s in seconds.items()}
    print(
        json.dumps(
            {
                "bench": "day-report",
                "seed": options.seed,
                "agents": len(agents),
                "pings_each": PINGS,
                "agent_ms": figures["agent_s"],
                "branch_s": round(seconds["branch_s"], 4),
                "fetch_ms": figures["fetch_s"],
                "trails_ms": figures["trails_s"],
                "rows_ms": figures["rows_s"],
                "postgis_ms": figures["postgis_s"],
            }
        )
    )


if __name__ == "__main__":
    main()
