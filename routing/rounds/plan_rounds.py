"""Plan the rounds of a day, check them without the solver, and publish them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from data.live import announce
from data.session import Session
from routing.errors import PlanBreaksRules
from routing.planner.audit import audit
from routing.planner.explain import why, why_not
from routing.planner.plan import Plan
from routing.planner.problem import Problem
from routing.rounds import store
from routing.rounds.day import AgentDay, Prepared, instant, prepare
from routing.travel.city import City, way

SolveAll = Callable[[Sequence[Problem]], Awaitable[Sequence[Plan]]]
"""Plans for problems, in their order; the caller decides in which processes and how long."""


@dataclass(frozen=True, slots=True)
class PublishedRound:
    """A round that is in force now."""

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
    days = await store.agent_days(session, day, now, agent_ids)
    for absent in set(agent_ids or ()) - {agent_day.agent_id for agent_day in days}:
        await store.cut_round(session, absent, day, now)
    cities = [city.during(one.begins_at, one.ends_at, one.zone) for one in days]
    prepared = [prepare(agent_day, its) for agent_day, its in zip(days, cities, strict=True)]
    # 2. Plan it, and hold every plan to the rules once more.
    plans = await solve_all([one.problem for one in prepared])
    for one, plan in zip(prepared, plans, strict=True):
        broken = audit(one.problem, plan)
        if broken:
            raise PlanBreaksRules(tuple(str(violation) for violation in broken))
    # 3. Publish, and tell the screens.
    published = []
    for agent_day, its, one, plan in zip(days, cities, prepared, plans, strict=True):
        round_ = written(agent_day, one, plan, its, now)
        round_id = await store.write_round(session, round_)
        announce(session, agent_day.branch_id, "round", {"agent_id": str(agent_day.agent_id)})
        published.append(
            PublishedRound(round_id, agent_day.agent_id, len(round_.stops), len(round_.skipped))
        )
    return published


def written(
    day: AgentDay, prepared: Prepared, plan: Plan, city: City, now: datetime
) -> store.RoundToWrite:
    """A plan as it is stored: instants, ways along the streets, and reasons in words."""
    reasons = why(prepared.problem, plan)
    stops, place = [], 0
    for stop, reason in zip(plan.stops, reasons, strict=True):
        to = stop.candidate.place
        leg = way(city, prepared.at, place, to, day.profile)
        case = prepared.candidates[to - 2]
        window = stop.candidate.windows[0] if _has_wish(prepared, to) else None
        stops.append(
            store.StopToWrite(
                case_id=stop.candidate.case_id,
                arrives_at=instant(day, stop.arrival_s),
                begins_at=instant(day, stop.begin_s),
                departs_at=instant(day, stop.departure_s),
                window_from=instant(day, window.from_s) if window else None,
                window_to=instant(day, window.to_s) if window else None,
                service_s=stop.candidate.service_s,
                travel_s=stop.travel_s,
                distance_m=leg.length_m,
                way=leg.points,
                reason=f"{reason}; {case.area.text}" if case.area else reason,
            )
        )
        place = to
    back = None
    if plan.stops and prepared.problem.shift.end_place is not None:
        back = way(city, prepared.at, place, 1, day.profile)
    return store.RoundToWrite(
        agent=day,
        planned_at=now,
        begins_at=day.begins_at,
        ends_at=instant(day, plan.end_s),
        travel_s=plan.travel_s,
        distance_m=sum(stop.distance_m for stop in stops) + (back.length_m if back else 0.0),
        score=plan.score,
        way_back=back.points if back else (),
        stops=tuple(stops),
        skipped=_skipped(day, prepared, plan),
    )


def _has_wish(prepared: Prepared, place: int) -> bool:
    return prepared.candidates[place - 2].preferred_from is not None


def _skipped(day: AgentDay, prepared: Prepared, plan: Plan) -> tuple[dict[str, str], ...]:
    customers = {case.case_id: case.customer for case in prepared.candidates}
    left_out = [
        (
            one.candidate.case_id,
            customers[one.candidate.case_id],
            why_not(prepared.problem, one, day.currency),
        )
        for one in plan.skipped
    ]
    off_the_map = [(case.case_id, case.customer, reason) for case, reason in prepared.unplaced]
    return tuple(
        {"case_id": str(case_id), "customer": customer, "reason": reason}
        for case_id, customer, reason in (*left_out, *off_the_map)
    )
