"""Ask what would be if; a job finds out."""

from datetime import datetime
from uuid import UUID

from allocation.errors import ScenarioNotFound
from allocation.scenarios import store
from allocation.scenarios.scenario import Scenario, Wanted
from allocation.territories import store as territories
from core.clock import local_day
from core.errors import InvalidField
from core.said import say
from data.queue import enqueue
from data.session import Session
from identity import store as identity


async def make_scenario(session: Session, wanted: Wanted, by: UUID, now: datetime) -> Scenario:
    """Keep a scenario and have it solved by a job that commits with it.

    Raises `InvalidField` for branches or agents that are not the caller's, for territories that do
    not stand, and for a day that is over.
    """
    ours = {branch.id: branch for branch in await identity.branches(session)}
    if strangers := set(wanted.branch_ids) - ours.keys():
        raise InvalidField(
            "branch_ids", say("branches of yours; {strangers} is not", strangers=min(strangers))
        )
    for n, change in enumerate(wanted.changes):
        named = change.named()
        if strangers := set(named.branches) - set(wanted.branch_ids):
            expected = say(
                "branches among the scenario's `branch_ids`; {strangers} is not",
                strangers=min(strangers),
            )
            raise InvalidField(f"changes.{n}", expected)
        known = await store.agents_among(session, wanted.branch_ids, named.agents)
        if unknown := set(named.agents) - known:
            expected = say(
                "active agents of the scenario's branches; {unknown} is not", unknown=min(unknown)
            )
            raise InvalidField(f"changes.{n}", expected)
    today = min(local_day(now, ours[id_].zone) for id_ in wanted.branch_ids)
    day = wanted.day or await store.first_working_day(session, wanted.branch_ids, now) or today
    if day < today:
        raise InvalidField("day", say("{today} or later", today=today))
    for n, change in enumerate(wanted.changes):
        for branch_id, code in change.named().territories:
            if not await territories.standing(session, branch_id, day, [code]):
                expected = say(
                    "a territory of branch {code} on {day}; not {code_2}",
                    code=ours[branch_id].code,
                    day=day,
                    code_2=code,
                )
                raise InvalidField(f"changes.{n}.territory", expected)
    scenario_id = await store.add(session, wanted, day, by, now)
    await enqueue(session, "allocation.run_scenario", scenario_id=str(scenario_id))
    return await scenario_of(session, scenario_id)


async def scenario_of(session: Session, scenario_id: UUID) -> Scenario:
    """A scenario in scope. Raises `ScenarioNotFound`."""
    found = await store.scenario(session, scenario_id)
    if found is None:
        raise ScenarioNotFound(str(scenario_id))
    return found
