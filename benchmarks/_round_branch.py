"""A branch's morning as the worker has it: from the database to published rounds."""

import asyncio
import statistics
from datetime import UTC, datetime
from time import perf_counter

from rich.table import Table

from benchmarks._branch_day import BranchDay, settle
from benchmarks._ping_field import own_database
from benchmarks._round_part import Figures, Streets, no_work
from core.clock import Clock
from data.session import EVERYTHING, Database, rows
from jobs import context
from jobs.rounds import begin_day_job

REPEATS = 3


def branch_figures(streets: Streets, seed: int, agents: int, cases: int) -> Figures:
    """`branch_50_s`: the median of three branches, each allocated, planned and published.

    The worker has just started when the first one comes, so that one includes its solvers'
    start; `branch_first_s` is that one.
    """
    if streets.graph is None:
        no_work("a branch needs streets that can be published, which the grid is not")
    with own_database() as url:
        took_s, counts = asyncio.run(_mornings(url, streets, seed, agents, cases))
    shown = Table(f"a branch of {agents} × {cases}", "seconds", "rounds", "stops", box=None)
    for number, (seconds, (rounds, stops)) in enumerate(zip(took_s, counts, strict=True), 1):
        shown.add_row(f"branch {number}", f"{seconds:.2f}", str(rounds), str(stops))
    keys: dict[str, float | None] = {"branch_50_s": round(statistics.median(took_s), 2)}
    return Figures(keys, [shown], {"branch_first_s": round(took_s[0], 2)})


async def _mornings(
    url: str, streets: Streets, seed: int, agents: int, cases: int
) -> tuple[list[float], list[tuple[int, int]]]:
    assert streets.graph is not None
    opened = await settle(url, streets.graph, streets.city, seed, REPEATS, agents, cases)
    database = Database(url)
    context.provide(database, Clock(datetime.now(UTC), opened[0].now))
    took_s, counts = [], []
    try:
        for branch in opened:
            began = perf_counter()
            await begin_day_job(str(branch.branch_id), branch.day.isoformat())
            took_s.append(perf_counter() - began)
            counts.append(await _published(database, branch, agents))
    finally:
        await context.close()
        await database.close()
    return took_s, counts


async def _published(database: Database, branch: BranchDay, agents: int) -> tuple[int, int]:
    """(rounds, stops) in the database. Ends the benchmark when a round is missing."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        (found,) = await rows(
            session,
            "SELECT count(DISTINCT r.id) AS rounds, count(s.id) AS stops FROM round r"
            " LEFT JOIN stop s ON s.round_id = r.id WHERE r.branch_id = :branch",
            branch=branch.branch_id,
        )
    if found.rounds != agents or found.stops < agents:
        no_work(f"{found.rounds} rounds with {found.stops} stops for {agents} agents")
    return found.rounds, found.stops
