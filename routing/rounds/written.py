"""A plan as it is stored: instants, ways along the streets, and reasons as data and in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from routing.planner.change import Change, Remedy
from routing.planner.explain import why, why_deposit, why_not, would_help
from routing.planner.plan import Plan
from routing.planner.skipped import Skipped, SkipReason
from routing.planner.slack import nodes, slack_s
from routing.rounds.day import FIRST_CASE, Prepared, Unplaced
from routing.rounds.facts import AgentDay, CaseToVisit
from routing.rounds.published.store import RoundToWrite, StopToWrite
from routing.rounds.windows import ordered
from routing.travel.city import Way

START, END = 0, 1

Help = Mapping[UUID, Sequence[Remedy]]
"""What would let each skipped case in."""


def written(
    day: AgentDay, prepared: Prepared, plan: Plan, remedies: Help, now: datetime
) -> RoundToWrite:
    """A plan as it is stored."""
    stops = _stops(day, prepared, plan)
    back = None
    if plan.stops and prepared.problem.shift.end_place is not None:
        back = prepared.places.way(nodes(plan)[-1].place, END)
    start = day.start or (
        prepared.places.position(plan.stops[0].candidate.place) if plan.stops else day.home
    )
    return RoundToWrite(
        agent=day,
        planned_at=now,
        start=start,
        begins_at=day.begins_at,
        ends_at=day.instant(plan.end_s),
        travel_s=plan.travel_s,
        distance_m=sum(stop.distance_m for stop in stops) + (back.length_m if back else 0.0),
        score=plan.score,
        way_back=back.points if back else (),
        stops=tuple(stops),
        skipped=_skipped(day, prepared, plan, remedies),
        breaks=_breaks(day, prepared, plan),
        notes=(*prepared.notes, *_broken_orders(day, prepared, plan)),
        baseline_travel_s=baseline_travel_s(prepared, plan),
        baseline_distance_m=_baseline_distance_m(prepared, plan),
    )


def baseline_travel_s(prepared: Prepared, plan: Plan) -> int:
    """The travel to the same visits in the order of their urgency, with no other thought."""
    legs = pairwise(_by_urgency(prepared, plan))
    return sum(int(prepared.problem.travel_s[leg]) for leg in legs)


def _baseline_distance_m(prepared: Prepared, plan: Plan) -> float | None:
    metres = prepared.problem.distance_m
    if metres is None:
        return None
    return float(sum(float(metres[leg]) for leg in pairwise(_by_urgency(prepared, plan))))


def _by_urgency(prepared: Prepared, plan: Plan) -> list[int]:
    urgent_first = sorted((-s.candidate.score, s.candidate.place) for s in plan.stops)
    end = prepared.problem.shift.end_place
    home = [end] if end is not None and plan.stops else []
    return [START, *(place for _, place in urgent_first), *home]


def _stops(day: AgentDay, prepared: Prepared, plan: Plan) -> list[StopToWrite]:
    reasons = why(prepared.problem, plan, day.clock)
    line, slacks = nodes(plan), slack_s(prepared.problem, plan)
    stops, place = [], START
    for node, slack in zip(line, slacks, strict=True):
        leg = _leg(day, prepared, place, node.place)
        if node.visit is not None:
            stops.append(_visit(day, prepared, plan, node.visit, leg, slack, reasons[node.visit]))
        elif node.deposit is not None:
            stops.append(_deposit(day, plan, node.deposit, leg, slack))
        place = node.place
    return stops


def _leg(day: AgentDay, prepared: Prepared, origin: int, destination: int) -> Way:
    if origin == START and day.start is None:
        at = prepared.places.position(destination)
        return Way(((at.lon, at.lat), (at.lon, at.lat)), 0.0)
    return prepared.places.way(origin, destination)


def _visit(
    day: AgentDay,
    prepared: Prepared,
    plan: Plan,
    number: int,
    leg: Way,
    slack: int,
    reason: str,
) -> StopToWrite:
    stop = plan.stops[number]
    row = stop.candidate.place - FIRST_CASE
    case, wish = prepared.candidates[row], prepared.asked[row].wish
    order, best = ordered(case), _best_hours(case)
    area = case.area.text if case.area else None
    return StopToWrite(
        case_id=case.case_id,
        arrives_at=day.instant(stop.arrival_s),
        begins_at=day.instant(stop.begin_s),
        departs_at=day.instant(stop.departure_s),
        window_from=day.instant(wish.from_s) if wish else None,
        window_to=day.instant(wish.to_s) if wish else None,
        service_s=stop.candidate.service_s,
        travel_s=stop.travel_s,
        distance_m=leg.length_m,
        way=leg.points,
        reason="; ".join(words for words in (order, reason, best, area) if words),
        slack_s=slack,
        factors=case.factors,
    )


def _deposit(day: AgentDay, plan: Plan, number: int, leg: Way, slack: int) -> StopToWrite:
    deposit = plan.deposits[number]
    return StopToWrite(
        case_id=None,
        deposit_point_id=deposit.point.key,
        arrives_at=day.instant(deposit.arrival_s),
        begins_at=day.instant(deposit.begin_s),
        departs_at=day.instant(deposit.departure_s),
        service_s=deposit.point.service_s,
        travel_s=deposit.travel_s,
        distance_m=leg.length_m,
        way=leg.points,
        reason=why_deposit(deposit, day.currency),
        slack_s=slack,
        amount_minor=deposit.amount_minor,
    )


def _best_hours(case: CaseToVisit) -> str | None:
    best = case.best_hours
    if best is None:
        return None
    return f"met best {best.from_time:%H:%M}–{best.to_time:%H:%M}: {best.chance:.0%} of visits then"


def _breaks(day: AgentDay, prepared: Prepared, plan: Plan) -> tuple[dict[str, Any], ...]:
    """The breaks as planned, with the time that each is set for. Those that need none are left out.

    The last rests of the day are the ones due: whoever begins late has no use for earlier ones.
    """
    due = prepared.problem.shift.rests_due
    rests = day.rests[len(day.rests) - len(due) :]
    return tuple(
        {
            "rest_at": rest.begins_at.isoformat(),
            "begins_at": day.instant(begin_s).isoformat(),
            "length_s": rest.length_s,
        }
        for rest, begin_s in zip(rests, plan.breaks_begin_s, strict=True)
        if begin_s is not None
    )


def _broken_orders(day: AgentDay, prepared: Prepared, plan: Plan) -> tuple[str, ...]:
    """Orders that the round cannot follow."""
    cases = {case.case_id: case for case in prepared.candidates}
    return tuple(
        f"{cases[one.candidate.case_id].customer} {ordered(cases[one.candidate.case_id])},"
        f" yet cannot be: {_reason(day, prepared, one)}"
        for one in plan.skipped
        if prepared.asked[one.candidate.place - FIRST_CASE].must_visit
    )


def _reason(day: AgentDay, prepared: Prepared, one: Skipped) -> str:
    clash = prepared.asked[one.candidate.place - FIRST_CASE].clash
    if one.reason is SkipReason.NOT_TODAY and clash:
        return clash
    return why_not(prepared.problem, one, day.currency, day.clock)


def _skipped(
    day: AgentDay, prepared: Prepared, plan: Plan, remedies: Help
) -> tuple[dict[str, Any], ...]:
    customers = {case.case_id: case.customer for case in prepared.candidates}
    called = {
        stop.candidate.case_id: f"stop {seq}, {customers[stop.candidate.case_id]}"
        for seq, stop in (
            (seq, plan.stops[node.visit])
            for seq, node in enumerate(nodes(plan), 1)
            if node.visit is not None
        )
    }
    left_out = [
        {
            "case_id": str(one.candidate.case_id),
            "customer": customers[one.candidate.case_id],
            "reason": _reason(day, prepared, one),
            "code": one.reason.value,
            "amount": one.amount,
            "would_help": would_help(
                remedies.get(one.candidate.case_id, ()), called, day.currency, day.clock
            ),
            "remedies": [
                [_change(day, change) for change in remedy.changes]
                for remedy in remedies.get(one.candidate.case_id, ())
            ],
        }
        for one in plan.skipped
    ]
    return (*left_out, *(_unplaced(one) for one in prepared.unplaced))


def _unplaced(one: Unplaced) -> dict[str, Any]:
    return {
        "case_id": str(one.case.case_id),
        "customer": one.case.customer,
        "reason": one.words,
        "code": one.code,
        "amount": 0,
        "would_help": one.change or "",
        "remedies": [],
    }


def _change(day: AgentDay, change: Change) -> dict[str, Any]:
    """A change as data. Times are instants, amounts what `ChangeKind` says that they count."""
    window = change.window
    return {
        "kind": change.kind.value,
        "amount": change.amount,
        "window_from": day.instant(window.from_s).isoformat() if window else None,
        "window_to": day.instant(window.to_s).isoformat() if window else None,
        "needs": sorted(change.needs),
        "instead_of": str(change.instead_of) if change.instead_of else None,
    }
