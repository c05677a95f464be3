"""A stored sector put as a problem for the search: facts, streets, rules and room as they are now.

What the database no longer allows (a case that was closed or visited, a shift that is over) falls
out of the rounds found so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from allocation import store as allocation
from allocation.allocate import rules_of
from allocation.choices import NOBODY
from allocation.city.city_day import Sector
from allocation.city.improve_sector import Improved
from allocation.city.room import Room
from allocation.city_runs import store
from allocation.city_runs.on_streets import on_streets
from allocation.city_runs.run import BetterRound, StoredSector
from allocation.eligibility import may_own
from allocation.problem import MANY, Integers, Problem
from allocation.units import OpenCase
from allocation.work import Agent
from data.session import Scope, Session, enter
from identity import store as identity
from identity.policies.store import effective
from routing.planner.construct import in_turn
from routing.planner.fleet import Fleet
from routing.planner.terms import terms
from routing.rounds.day import candidates_of, counters_of, shift_of
from routing.rounds.facts import AgentDay, CaseToVisit
from routing.rounds.plan_rounds import agent_days
from routing.rounds.windows import asked
from routing.travel.cities import Cities
from routing.travel.city import City

MOST_OF_AN_OWNER = 100
"""How many of an owner's cases are searched: the most urgent, and those in a round already."""


class Wanted(NamedTuple):
    """A case to be decided on, and its owner's day."""

    case: CaseToVisit
    of: AgentDay


@dataclass(frozen=True, slots=True, eq=False)
class PreparedSector:
    """A sector ready to be searched, and whose rows and columns are whose."""

    stored: StoredSector
    agent_ids: tuple[UUID, ...]
    case_ids: tuple[UUID, ...]
    sector: Sector

    def rounds(self, improved: Improved) -> list[BetterRound]:
        """What was found, by agent. Who is not at work any more has no round."""
        found = [
            BetterRound(agent_id, tuple(self.case_ids[case] for case in order), score, travel_s)
            for agent_id, order, score, travel_s in zip(
                self.agent_ids, improved.orders, improved.scores, improved.travels_s, strict=True
            )
        ]
        gone = set(self.stored.agent_ids) - set(self.agent_ids)
        return found + [BetterRound(agent_id, (), 0.0, 0) for agent_id in sorted(gone)]


async def prepare_sector(
    session: Session, sector_id: UUID, cities: Cities, now: datetime
) -> PreparedSector | None:
    """None where there is nothing to do: the run has ended, or the sector is done.

    Narrows the session's scope to the branch. Raises `NoStreets` and `NoStreetsNear`.
    """
    # 1. What is asked.
    stored = await store.sector(session, sector_id)
    if stored is None or stored.is_done or stored.run.state != "running":
        return None
    run = stored.run
    await enter(session, Scope((run.branch_id,)))
    branch = next(iter(await identity.branches(session)), None)
    city = await cities.at(session, branch.location if branch else None)
    # 2. Whose days and cases these are. In the first pass each agent has what the agent owns.
    owners = await store.owners_of(session, stored.case_ids) | set(stored.agent_ids)
    days = _one_each(await agent_days(session, run.day, now, sorted(owners)))
    here = [day for day in days if day.agent_id in stored.agent_ids]
    wanted = _wanted(stored, days)
    # 3. What allocation knows of them.
    ids = [one.case.case_id for one in wanted]
    rules = rules_of(await effective(session, run.branch_id), run.day, now)
    work = {each.case.id: each for each in await allocation.cases_by_id(session, ids, rules)}
    found = await allocation.agents_by_id(session, [day.agent_id for day in here], run.day)
    crew = {agent.id: agent for agent in found}
    kept = await store.kept_beside(session, stored, ids)
    # 4. As arrays.
    here = [day for day in here if day.agent_id in crew]
    agents = [crew[day.agent_id] for day in here]
    wanted = [one for one in wanted if one.case.case_id in work]
    units = [work[one.case.case_id] for one in wanted]
    sector = _sector(stored, city, here, wanted, agents, units, _room(stored, agents, units, kept))
    return PreparedSector(
        stored,
        tuple(agent.id for agent in agents),
        tuple(one.case.case_id for one in wanted),
        sector,
    )


def _one_each(days: Sequence[AgentDay]) -> list[AgentDay]:
    """Of an agent with several shifts the first that is not over."""
    return list({day.agent_id: day for day in reversed(days)}.values())


def _wanted(stored: StoredSector, days: Sequence[AgentDay]) -> list[Wanted]:
    """The cases of the sector, in the first pass all of its agents': on the map, and of each owner
    the most urgent."""
    in_sector, chosen = set(stored.case_ids), list[Wanted]()
    in_rounds = {case for order in stored.orders for case in order}
    for day in days:
        if stored.turn == 0:
            its = list(day.cases) if day.agent_id in stored.agent_ids else []
        else:
            its = [case for case in day.cases if case.case_id in in_sector]
        its = [case for case in its if case.position and not case.held_back]
        its.sort(key=lambda c: (c.case_id not in in_rounds, c.instruction is None, -c.urgency))
        chosen += [Wanted(case, day) for case in its[:MOST_OF_AN_OWNER]]
    return chosen


def _sector(
    stored: StoredSector,
    city: City,
    days: Sequence[AgentDay],
    wanted: Sequence[Wanted],
    agents: Sequence[Agent],
    units: Sequence[OpenCase],
    room: Room,
) -> Sector:
    count, many = len(wanted), len(days)
    row = {agent.id: nth for nth, agent in enumerate(agents)}
    owner = np.array([row.get(one.of.agent_id, NOBODY) for one in wanted], dtype=np.int64)
    nobody = np.arange(0), np.arange(0)
    if not days or not wanted:
        empty = Fleet((), (), (np.zeros((0, 0), np.int32),), np.zeros((0, 0), np.bool_))
        return Sector(*nobody, empty, owner, [[] for _ in days])
    limited = next((day for day in days if day.cash_limit_minor is not None), days[0])
    counters = limited.deposit_points if limited.cash_limit_minor is not None else ()
    cases = [one.case for one in wanted]
    streets = on_streets(city, days, cases, counters)
    wishes = [asked(one.of, one.case) for one in wanted]
    # Who speaks which language is a matter of who may own a case here.
    candidates = candidates_of(replace(days[0], languages=frozenset()), cases, wishes, streets.at)
    number = {one.case.case_id: nth for nth, one in enumerate(wanted)}
    order_of = dict(zip(stored.agent_ids, stored.orders, strict=True))
    orders = [[number[c] for c in order_of[agent.id] if c in number] for agent in agents]
    fleet = Fleet(
        shifts=tuple(
            replace(
                shift_of(day),
                start_place=count + nth,
                end_place=count + many + nth if day.finish else None,
            )
            for nth, day in enumerate(days)
        ),
        candidates=tuple(replace(each, place=nth) for nth, each in enumerate(candidates)),
        travel_s=streets.travel_s,
        may_serve=may_serve(agents, units, owner) & streets.reached,
        deposits=counters_of(limited, counters, count + 2 * many),
        distance_m=streets.distance_m,
        price_s=np.where(owner == np.arange(many)[:, None], 0, stored.run.price_s),
    )
    orders = [_still_kept(fleet, nth, order) for nth, order in enumerate(orders)]
    if stored.turn > 0:
        # What opens a round was put there when the agent was planned alone.
        for nth in sorted(set(range(count)) - {case for order in orders for case in order}):
            fleet.may_serve[:, nth] &= candidates[nth].pin is None
    return Sector(np.arange(many), np.arange(count), fleet, owner, orders, room)


def _still_kept(fleet: Fleet, nth: int, order: Sequence[int]) -> list[int]:
    """What of a round found before keeps the rules as they are now."""
    may = [case for case in order if fleet.may_serve[nth, case]]
    problem = fleet.alone(nth, may)
    kept = in_turn(terms(problem), range(len(may)))
    return [may[at] for at in kept]


def may_serve(
    agents: Sequence[Agent], units: Sequence[OpenCase], owner: Integers
) -> NDArray[np.bool_]:
    """(agents, cases). Pinned and lent cases and members of a center stay with their owner, and an
    owner whom a manager chose against the rules stays one."""
    nowhere = np.zeros((len(agents), len(units)), dtype=np.float32)
    may = may_own(Problem(tuple(agents), tuple(unit.case for unit in units), nowhere))
    fixed = np.array([unit.case.pinned or unit.center_id is not None for unit in units])
    may[:, fixed] = False
    here = np.flatnonzero(owner != NOBODY)
    may[owner[here], here] = True
    may &= np.array([unit.case.barred is None for unit in units])
    return may


def _room(
    stored: StoredSector,
    agents: Sequence[Agent],
    units: Sequence[OpenCase],
    kept: dict[UUID, tuple[int, int]],
) -> Room:
    beside = [kept.get(agent.id, (0, 0)) for agent in agents]
    most = [MANY if agent.max_cases is None else agent.max_cases for agent in agents]
    return Room(
        work_s=np.array([unit.case.service_s for unit in units], dtype=np.int64),
        limit_s=np.full(len(agents), stored.run.limit_s, dtype=np.int64),
        most_cases=np.array(most, dtype=np.int64),
        kept_s=np.array([work_s for work_s, _ in beside], dtype=np.int64),
        kept_cases=np.array([cases for _, cases in beside], dtype=np.int64),
    )
