"""Read branches as they are, and as a demand file would leave them; nothing is changed."""

import asyncio
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from allocation import store as allocation
from allocation.allocate import rules_of, weights_of
from allocation.scenarios import store
from allocation.scenarios.change import TakeDemandFile
from allocation.scenarios.field import BranchField, Field, TerritoryField, TerritoryKey
from allocation.scenarios.scenario import Scenario
from allocation.territories import store as territories
from allocation.territories.cases import store as territory_cases
from allocation.territories.cases.in_territories import in_territories
from allocation.territories.proposals.streets import ground_of
from collection.gate.open_hours import open_hours
from collection.portfolio.demand_row import RowProblem
from collection.portfolio.geocode import Geocode
from collection.portfolio.import_demand import NewDemandFile, import_demand
from core.errors import InvalidField
from core.said import say
from data.session import Session, savepoint
from identity import store as identity
from identity.policies.store import effective
from identity.store import BranchView
from routing.rounds.facts import NO_HOURS, AgentDay, CaseToVisit
from routing.rounds.plan_rounds import agent_days
from routing.rounds.store import cases_to_visit
from routing.travel.cities import Cities
from routing.travel.city import City
from streets.profile import Profile

GeocodeIn = Callable[[City], Geocode]
"""Looks addresses up in a city."""


class _AsIf(Exception):
    """Ends a savepoint without keeping it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that a scenario is solved from.

    `live` is as it is. `would_be` is what the changes are made to: the same, or with the cases as a
    demand file would leave them; of its cases, those in `labels` do not exist, and that is what to
    call them; `problems` are what of the file could not be used. Of `days` and `visits` there are
    only those that rounds are wanted of.
    """

    live: Field
    would_be: Field
    cities: Mapping[UUID, City]
    names: Mapping[UUID, str]
    labels: Mapping[UUID, str] = field(default_factory=dict)
    days: Sequence[AgentDay] = ()
    visits: Mapping[UUID, CaseToVisit] = field(default_factory=dict)
    problems: Sequence[RowProblem] = ()


async def load(
    session: Session, scenario: Scenario, cities: Cities, geocode: GeocodeIn, now: datetime
) -> Loaded:
    """Everything about a scenario's branches on its day. Raises `NoStreets`, `DemandFileRefused`.

    The session sees the scenario's branches. What a demand file would do is done, read and taken
    back, before anything is solved: nobody waits for it longer than for a file that comes in.
    """
    branches = [b for b in await identity.branches(session) if b.id in scenario.branch_ids]
    streets = {b.id: await cities.at(session, b.location) for b in branches}
    names = await store.agent_names(session, scenario.branch_ids)
    live = await fields_of(session, branches, scenario.day, now)
    days: Sequence[AgentDay] = ()
    if scenario.with_rounds:
        at_work = [a.id for branch in live.branches for a in branch.agents]
        days = await agent_days(session, scenario.day, now, at_work)
    files = [c for c in scenario.changes if isinstance(c, TakeDemandFile)]
    if not files:
        visits = await _visits(session, live, scenario)
        would_be = await _with_territories(session, live, scenario, streets)
        return Loaded(live, would_be, streets, names, {}, days, visits)
    found: Loaded | None = None
    try:
        async with savepoint(session):
            problems = [
                problem
                for file in files
                for problem in await _take(session, branches, file, streets, geocode, now)
            ]
            would_be = await fields_of(session, branches, scenario.day, now)
            would_be = await _with_territories(session, would_be, scenario, streets)
            new = _cases(would_be) - _cases(live)
            labels = await store.case_labels(session, sorted(new))
            visits = await _visits(session, would_be, scenario)
            found = Loaded(live, would_be, streets, names, labels, days, visits, problems)
            raise _AsIf
    except _AsIf:
        assert found is not None
        return found


async def fields_of(
    session: Session, branches: Sequence[BranchView], day: date, now: datetime
) -> Field:
    """Branches as an allocation on `day` sees them."""
    agents = await allocation.agents_on(session, day, now)
    fields = []
    for branch in branches:
        policies = await effective(session, branch.id)
        rules = rules_of(policies, day, now)
        cases = await allocation.open_cases(session, branch.id, rules)
        fields.append(
            BranchField(
                branch.id,
                frozenset([branch.id]),
                branch.name,
                branch.location,
                weights_of(policies),
                tuple(a for a in agents if a.branch_id == branch.id),
                tuple(await in_territories(session, branch.id, cases, policies, day)),
                await allocation.borrowed(session, branch.id),
            )
        )
    return Field(tuple(fields))


async def _with_territories(
    session: Session, field: Field, scenario: Scenario, streets: Mapping[UUID, City]
) -> Field:
    """With the territories that the scenario names: which cases lie in them, on which streets."""
    named = {key for change in scenario.changes for key in change.named().territories}
    found: dict[TerritoryKey, TerritoryField] = {}
    for branch_id, code in sorted(named):
        standing = await territories.standing(session, branch_id, scenario.day, [code])
        if not standing:
            expected = say(
                "a territory of the branch on {day}; there is no {code}",
                day=scenario.day,
                code=code,
            )
            raise InvalidField("changes", expected)
        ids = [c.case.id for c in field.branch(branch_id).cases]
        worked = await territory_cases.worked_by(session, branch_id, ids, scenario.day)
        inside = frozenset(case for case, its in worked.items() if its.territory == code)
        graph = streets[branch_id].graph
        ground = await asyncio.to_thread(ground_of, graph, Profile.TWO_WHEELER)
        found[branch_id, code] = TerritoryField(inside, standing[0].told.shape, ground)
    return replace(field, territories=found)


async def _take(
    session: Session,
    branches: Sequence[BranchView],
    file: TakeDemandFile,
    streets: Mapping[UUID, City],
    geocode: GeocodeIn,
    now: datetime,
) -> Sequence[RowProblem]:
    branch = next(b for b in branches if b.id == file.branch_id)
    content = NewDemandFile(b64decode(file.content), file.name, file.business_date)
    report = await import_demand(session, branch, content, now, geocode(streets[branch.id]))
    return report.problems


async def _visits(session: Session, field: Field, scenario: Scenario) -> dict[UUID, CaseToVisit]:
    """The cases as rounds see them, with the hours in which the contact gate lets them be."""
    if not scenario.with_rounds:
        return {}
    ids = sorted(_cases(field))
    hours = await open_hours(session, scenario.day, ids)
    return {
        visit.case_id: replace(visit, hours=hours.get(visit.case_id, NO_HOURS))
        for visit in await cases_to_visit(session, scenario.day, ids)
    }


def _cases(field: Field) -> set[UUID]:
    return {c.case.id for branch in field.branches for c in branch.cases}
