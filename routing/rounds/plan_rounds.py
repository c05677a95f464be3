"""Plan the rounds of a day, check them without the solver, and publish them."""

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from collection.gate.decisions.decide import PlannedVisit, decide_plan
from collection.gate.open_hours import open_hours
from data.live import announce
from data.session import Session
from routing.errors import PlanBreaksRules
from routing.planner.audit import Violation, audit
from routing.planner.plan import Plan
from routing.planner.problem import Problem
from routing.planner.skipped import SkipReason
from routing.planner.what_would_help import what_would_help
from routing.rounds import store
from routing.rounds.day import Prepared, prepare
from routing.rounds.facts import NO_HOURS, AgentDay
from routing.rounds.published.store import RoundToWrite, cut_rounds, write_rounds
from routing.rounds.written import written
from routing.travel.city import City

SolveAll = Callable[[Sequence[Problem]], Awaitable[Sequence[Plan]]]
"""Plans for problems, in their order; the caller decides in which processes and how long."""


@dataclass(frozen=True, slots=True)
class PublishedRound:
    """A round that is in force now. `stops` are its visits and deposits."""

    round_id: UUID
    agent_id: UUID
    stops: int
    skipped: int


async def plan_rounds(
    session: Session,
    day: date,
    city: City,
    solve_all: SolveAll,
    now: datetime,
    agent_ids: Sequence[UUID] | None = None,
) -> list[PublishedRound]:
    """Plan and publish the rounds of the agents on shift on `day` (of `agent_ids` if given).

    What an agent has done already stays; the rest is planned from where the agent is now. Raises
    `PlanBreaksRules` rather than publish a plan that its audit rejects, and `PlannedMeanwhile`.
    """
    # 1. What is to be planned; who is not at work any more keeps only what was done.
    days = await agent_days(session, day, now, agent_ids)
    absent = set(agent_ids or ()) - {agent_day.agent_id for agent_day in days}
    await cut_rounds(session, sorted(absent), day, now)
    prepared = [prepare(agent_day, city_of(agent_day, city)) for agent_day in days]
    # 2. Plan it, and hold every plan to the rules once more.
    plans = await solve_all([one.problem for one in prepared])
    rounds = [
        await to_thread(checked, agent_day, one, plan, now)
        for agent_day, one, plan in zip(days, prepared, plans, strict=True)
    ]
    # 3. Publish, tell the screens, and keep what the contact gate said of each visit.
    return await publish(session, day, rounds, now)


async def agent_days(
    session: Session, day: date, now: datetime, agent_ids: Sequence[UUID] | None = None
) -> list[AgentDay]:
    """The days of agents at work, with when the contact gate lets each case be visited."""
    days = await store.agent_days(session, day, now, agent_ids)
    hours = await open_hours(session, day, [c.case_id for one in days for c in one.cases])
    return [
        one.with_cases(
            tuple(replace(case, hours=hours.get(case.case_id, NO_HOURS)) for case in one.cases)
        )
        for one in days
    ]


def city_of(day: AgentDay, city: City) -> City:
    """The city as fast as its streets are while the agent is on shift."""
    return city.during(day.begins_at, day.ends_at, day.zone)


def checked(day: AgentDay, prepared: Prepared, plan: Plan, now: datetime) -> RoundToWrite:
    """A plan that keeps the rules, explained and ready to be stored. Raises `PlanBreaksRules`."""
    broken = [v for v in audit(prepared.problem, plan) if not _could_not_be_helped(v, plan)]
    if broken:
        raise PlanBreaksRules(tuple(str(violation) for violation in broken))
    return written(day, prepared, plan, what_would_help(prepared.problem, plan), now)


async def publish(
    session: Session, day: date, rounds: Sequence[RoundToWrite], now: datetime
) -> list[PublishedRound]:
    """Put rounds of `day` in force. Raises `PlannedMeanwhile`."""
    ids = await write_rounds(session, rounds)
    visits = [v for id_, one in zip(ids, rounds, strict=True) for v in _visits(id_, one)]
    await decide_plan(session, day, visits, now)
    for one in rounds:
        announce(session, one.agent.branch_id, "round", {"agent_id": str(one.agent.agent_id)})
    return [
        PublishedRound(round_id, one.agent.agent_id, len(one.stops), len(one.skipped))
        for round_id, one in zip(ids, rounds, strict=True)
    ]


def _visits(round_id: UUID, plan: RoundToWrite) -> list[PlannedVisit]:
    agent_id = plan.agent.agent_id
    return [
        *(
            PlannedVisit(stop.case_id, agent_id, round_id, stop.begins_at)
            for stop in plan.stops
            if stop.case_id
        ),
        *(PlannedVisit(UUID(one["case_id"]), agent_id, round_id, None) for one in plan.skipped),
    ]


def _could_not_be_helped(violation: Violation, plan: Plan) -> bool:
    """An order that nobody can follow is told with the round; it does not keep it from the agent.

    Where the case could have been added after all, the plan is to blame.
    """
    hopeless = {
        one.candidate.case_id
        for one in plan.skipped
        if one.reason not in (SkipReason.COULD_BE_ADDED, SkipReason.NOT_WORTH_THE_WAY)
    }
    if violation.rule == "must_visits_are_kept":
        return violation.case_id in hopeless
    if violation.rule != "pins_come_first":
        return False
    # Behind a pin that is hopeless the others move up; they still have to open the round.
    pins = [stop.candidate.pin for stop in plan.stops]
    opening = [pin for pin in pins if pin is not None]
    skipped = {one.candidate.case_id for one in plan.skipped if one.candidate.pin is not None}
    return (
        bool(skipped) and skipped <= hopeless
        and pins[: len(opening)] == opening and opening == sorted(opening)
    )  # fmt: skip
