"""A day as it was planned beside the day as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from routing.underway.difference import longest_rise


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit of the plan, in its order."""

    case_id: UUID
    customer: str
    begins_at: datetime
    departs_at: datetime
    distance_m: float


@dataclass(frozen=True, slots=True)
class MadeVisit:
    """A visit that was made, by pings or, where none show it, by the agent's word (`verdict`)."""

    case_id: UUID
    customer: str
    began_at: datetime
    ended_at: datetime
    verdict: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A customer planned, visited, or both. Places in the order count from 1."""

    case_id: UUID
    customer: str
    planned_nth: int | None
    nth: int | None
    planned_at: datetime | None
    began_at: datetime | None
    late_s: int | None
    planned_dwell_s: int | None
    dwell_s: int | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`stops` in the order of the day, what was not visited after it. `in_order`: how many of the
    visits planned and made were made in the planned order; all but a longest such sequence are out
    of it."""

    stops: tuple[Compared, ...]
    planned: int
    made: int
    missed: int
    unplanned: int
    in_order: int


def compare(planned: Sequence[PlannedVisit], made: Sequence[MadeVisit]) -> Comparison:
    """A plan and a day, customer by customer. A customer visited twice counts by the first visit,
    with the dwell of all."""
    plan = {visit.case_id: (nth, visit) for nth, visit in enumerate(planned, 1)}
    first: dict[UUID, MadeVisit] = {}
    dwell_s: dict[UUID, int] = {}
    for visit in sorted(made, key=lambda each: (each.began_at, str(each.case_id))):
        first.setdefault(visit.case_id, visit)
        stayed_s = round((visit.ended_at - visit.began_at).total_seconds())
        dwell_s[visit.case_id] = dwell_s.get(visit.case_id, 0) + stayed_s
    stops = [
        _compared(plan.get(case_id), (nth, visit), dwell_s[case_id])
        for nth, (case_id, visit) in enumerate(first.items(), 1)
    ]
    missed = [_compared(its, None, None) for case_id, its in plan.items() if case_id not in first]
    both = [plan[case_id][0] for case_id in first if case_id in plan]
    return Comparison(
        stops=(*stops, *missed),
        planned=len(planned),
        made=len(first),
        missed=len(missed),
        unplanned=len(first) - len(both),
        in_order=len(longest_rise(both)),
    )


def _compared(
    planned: tuple[int, PlannedVisit] | None,
    made: tuple[int, MadeVisit] | None,
    dwell_s: int | None,
) -> Compared:
    plan, visit = (planned[1] if planned else None), (made[1] if made else None)
    who = plan or visit
    assert who is not None
    late_s = None
    if plan and visit:
        late_s = round((visit.began_at - plan.begins_at).total_seconds())
    return Compared(
        case_id=who.case_id,
        customer=who.customer,
        planned_nth=planned[0] if planned else None,
        nth=made[0] if made else None,
        planned_at=plan.begins_at if plan else None,
        began_at=visit.began_at if visit else None,
        late_s=late_s,
        planned_dwell_s=round((plan.departs_at - plan.begins_at).total_seconds()) if plan else None,
        dwell_s=dwell_s,
        verdict=visit.verdict if visit else None,
    )
