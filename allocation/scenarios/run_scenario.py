"""Solve a scenario in three transactions: take it, look and solve, keep what came of it.

The second is read only, unless it tries a demand file: then that is taken back before anything is
solved. So nothing live can be changed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation.proposals import store as proposals
from allocation.scenarios import store
from allocation.scenarios.change import TakeDemandFile
from allocation.scenarios.load import GeocodeIn, load
from allocation.scenarios.scenario import Scenario
from allocation.scenarios.solve import Assign, solve
from core.errors import DomainError
from data.session import EVERYTHING, Database, Scope
from routing.rounds.plan_rounds import SolveAll
from routing.travel.cities import Cities

OUR_FAULT = {
    "title": "Something went wrong on our side",
    "detail": "Make it again; if that stays, tell your administrator the time",
}


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker solves with."""

    database: Database
    cities: Cities
    geocode: GeocodeIn
    assign: Assign
    solve_all: SolveAll


async def run_scenario(means: Means, scenario_id: UUID, now: datetime) -> None:
    """Solve a scenario and keep the proposal that it comes to, or why there is none.

    Nothing happens when it is settled, or gone. Whoever takes up what a killed worker left begins
    anew.
    """
    database = means.database
    async with database.transaction(EVERYTHING) as session:
        scenario = await store.scenario(session, scenario_id, files=True)
        if scenario is None or scenario.ended_at is not None:
            return
        await store.progress(session, scenario_id, "Reading the branches", 0.0)
    scope = Scope(tuple(scenario.branch_ids))
    try:
        tries = any(isinstance(change, TakeDemandFile) for change in scenario.changes)
        async with database.transaction(scope, read_only=not tries) as session:
            loaded = await load(session, scenario, means.cities, means.geocode, now)
        told = _teller(database, scenario)
        solved = await solve(loaded, scenario, means.assign, means.solve_all, told)
    except DomainError as refused:
        async with database.transaction(scope) as session:
            problem = {"title": refused.title, "detail": refused.detail}
            await store.fail(session, scenario_id, problem, now)
        return
    async with database.transaction(scope) as session:
        again = await store.scenario(session, scenario_id, lock=True)
        if again is None or again.ended_at is not None:
            return
        proposal_id = await proposals.add(session, solved, scenario.made_by, now)
        await store.finish(session, scenario_id, proposal_id, now)


async def give_up(database: Database, scenario_id: UUID, now: datetime) -> None:
    """Say that a scenario will not be solved, unless it is settled."""
    async with database.transaction(EVERYTHING) as session:
        scenario = await store.scenario(session, scenario_id, lock=True)
        if scenario and scenario.ended_at is None:
            await store.fail(session, scenario_id, OUR_FAULT, now)


def _teller(database: Database, scenario: Scenario) -> Callable[[str, float], Awaitable[None]]:
    async def told(doing: str, share: float) -> None:
        async with database.transaction(Scope(tuple(scenario.branch_ids))) as session:
            await store.progress(session, scenario.id, doing, share)

    return told
