"""Plan the rest of rounds again from where the agents are: published at once, or offered."""

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from core.geometry import LatLon
from data.live import announce
from data.session import Session
from identity import store as identity
from routing.errors import PlanBreaksRules
from routing.planner.audit import audit
from routing.planner.plan import Plan
from routing.planner.problem import Problem
from routing.planner.what_would_help import what_would_help
from routing.rounds.day import Prepared, prepare
from routing.rounds.facts import AgentDay
from routing.rounds.plan_rounds import PublishedRound, SolveAll, agent_days, city_of, publish
from routing.rounds.published import store as rounds
from routing.rounds.published.store import RoundToWrite
from routing.rounds.written import written
from routing.travel.cities import Cities
from routing.travel.city import City
from routing.underway import store
from routing.underway.difference import Difference, Visit, difference
from routing.underway.offers import store as offers
from routing.underway.offers.offer import NewOffer, is_worth_it, open_until
from routing.underway.rest_of_round import (
    day_left,
    given_up,
    rest_of_ride,
    travel_in_order_s,
)
from routing.underway.ride import Ride
from routing.underway.when import Cause
from routing.underway.words import WHY


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """The rest of an agent's round planned again, and the round it would replace, if any."""

    day: AgentDay
    prepared: Prepared
    plan: Plan
    ride: Ride | None

    @property
    def former(self) -> tuple[UUID, ...]:
        """The cases that the round in force has still to visit, in order."""
        stops = self.ride.stops if self.ride else ()
        return tuple(s.case_id for s in stops if s.case_id and not s.is_here)


async def replan_rounds(
    session: Session,
    agent_ids: Sequence[UUID],
    day: date,
    cities: Cities,
    solve_all: SolveAll,
    now: datetime,
) -> list[PublishedRound]:
    """Plan and publish what these agents still have to do on `day`, from where they are now.

    What was done stays, the stop that an agent is riding to stays the next one, and the rest is
    disturbed only where that is worth it. Who is not at work any more keeps only what was done.
    Raises `NoStreets`, `PlanBreaksRules` rather than publish a plan that its audit rejects, and
    `PlannedMeanwhile`.
    """
    published = []
    for location, agents in (await _by_place(session, agent_ids)).items():
        city = await cities.at(session, location)
        rests = await _plan_rests(session, agents, day, city, solve_all, now)
        gone = set(agents) - {rest.day.agent_id for rest in rests}
        await rounds.cut_rounds(session, sorted(gone), day, now)
        for absent in gone:
            branch_id = await identity.agent_branch(session, absent)
            announce(session, branch_id, "round", {"agent_id": str(absent)})
        to_publish = [await to_thread(_written, rest, now) for rest in rests]
        published += await publish(session, day, to_publish, now)
    return published


async def offer_round(
    session: Session,
    agent_id: UUID,
    day: date,
    cause: Cause,
    cities: Cities,
    solve_all: SolveAll,
    now: datetime,
) -> UUID | None:
    """Plan the rest of a round again and offer it to the agent and the supervisors.

    None when nothing would change that is worth asking for, the agent has no round or an offer is
    open already. Raises `NoStreets` and `PlanBreaksRules`.
    """
    branch = await identity.branch_of_agent(session, agent_id)
    city = await cities.at(session, branch.location)
    rests = await _plan_rests(session, [agent_id], day, city, solve_all, now)
    if not rests or rests[0].ride is None:
        return None
    (rest,) = rests
    assert rest.ride is not None
    proposal = await to_thread(_written, rest, now)
    changes = await _changes(session, rest, rest.ride, proposal)
    if not is_worth_it(changes, cause):
        return None
    offer = NewOffer(
        branch_id=rest.day.branch_id,
        agent_id=agent_id,
        day=day,
        base_round_id=rest.ride.round_id,
        cause=cause,
        why=WHY[cause],
        proposal=replace(proposal, agent=replace(proposal.agent, cases=())),
        difference=changes,
        made_at=now,
        expires_at=open_until(now, datetime.fromtimestamp(rest.ride.shift_ends_s, UTC)),
    )
    offer_id = await offers.add(session, offer)
    if offer_id is not None:
        announce(session, rest.day.branch_id, "offer", {"agent_id": str(agent_id)})
    return offer_id


def _written(rest: Rest, now: datetime) -> RoundToWrite:
    remedies = what_would_help(rest.prepared.problem, rest.plan)
    return written(rest.day, rest.prepared, rest.plan, remedies, now)


async def _by_place(session: Session, agent_ids: Sequence[UUID]) -> dict[LatLon | None, list[UUID]]:
    by_place: dict[LatLon | None, list[UUID]] = defaultdict(list)
    for agent_id in agent_ids:
        branch = await identity.branch_of_agent(session, agent_id)
        by_place[branch.location].append(agent_id)
    return by_place


async def _plan_rests(
    session: Session,
    agent_ids: Sequence[UUID],
    day: date,
    city: City,
    solve_all: SolveAll,
    now: datetime,
) -> list[Rest]:
    """The rests of the rounds of those of these agents who are at work; audited."""
    # 1. What stands, and what is to be planned.
    rides = {ride.agent_id: ride for ride in await store.rides(session, now, agent_ids)}
    must = await store.urgent_cases(session, agent_ids, day)
    days = [
        day_left(agent_day, rides.get(agent_day.agent_id))
        for agent_day in await agent_days(session, day, now, agent_ids)
    ]
    prepared = [prepare(agent_day, city_of(agent_day, city)) for agent_day in days]
    problems = [
        rest_of_ride(one.problem, rides.get(agent_day.agent_id), must, now)
        for agent_day, one in zip(days, prepared, strict=True)
    ]
    # 2. Plan it, and hold every plan to the rules once more.
    plans = await _audited(problems, solve_all)
    return [
        Rest(agent_day, replace(one, problem=problem), plan, rides.get(agent_day.agent_id))
        for agent_day, one, (problem, plan) in zip(days, prepared, plans, strict=True)
    ]


async def _audited(problems: Sequence[Problem], solve_all: SolveAll) -> list[tuple[Problem, Plan]]:
    """A plan for each problem that keeps its rules; where pins or musts cannot be kept any more,
    without them. Raises `PlanBreaksRules`."""
    answers = list(zip(problems, await solve_all(problems), strict=True))
    again = {}
    for nth, (problem, plan) in enumerate(answers):
        broken = audit(problem, plan)
        relaxed = given_up(problem, broken)
        if broken and relaxed is None:
            raise PlanBreaksRules(tuple(str(violation) for violation in broken))
        if relaxed is not None:
            again[nth] = relaxed
    if again:
        plans = await solve_all(list(again.values()))
        for (nth, problem), plan in zip(again.items(), plans, strict=True):
            if broken := audit(problem, plan):
                raise PlanBreaksRules(tuple(str(violation) for violation in broken))
            answers[nth] = (problem, plan)
    return answers


async def _changes(session: Session, rest: Rest, ride: Ride, proposal: RoundToWrite) -> Difference:
    called = {case.case_id: case.customer for case in rest.prepared.candidates}
    return difference(
        await store.visits_to_come(session, ride),
        [Visit(s.case_id, called[s.case_id], s.begins_at) for s in proposal.stops if s.case_id],
        {UUID(left_out["case_id"]): left_out["reason"] for left_out in proposal.skipped},
        travel_in_order_s(rest.prepared.problem, rest.former) - rest.plan.travel_s,
    )
