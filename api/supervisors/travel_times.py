"""How well planned travel times foretold what agents' rides took."""

from datetime import date, timedelta
from uuid import UUID

from api.deps import AllocationManager, Now, Read
from api.routing import Router
from api.schemas import Answer, Day
from core.errors import InvalidField
from core.said import say
from routing.speeds.accuracy.report import report
from routing.speeds.accuracy.store import kept_legs

router = Router(prefix="/v1", tags=["supervisors: travel times"])

DAYS = 28
MOST_DAYS = 366


class AccuracyAnswer(Answer):
    """The median absolute error, and the bias of the whole (negative: planned too short)."""

    error_pct: float
    bias_pct: float


class AccuracyLineAnswer(Answer):
    """Some legs: how many, how fast they were ridden, and how well they were foretold by default
    speeds (`before`) and by what earlier days had taught (`after`)."""

    name: str
    legs: int
    kmh: float
    before: AccuracyAnswer
    after: AccuracyAnswer


class TravelTimesReportAnswer(Answer):
    """Legs of the caller's branches: how many were ridden, how many foretold both ways (`judged`),
    and how well: on the `whole` (null when none was), by hour and by road class."""

    since: date
    until: date
    legs: int
    judged: int
    whole: AccuracyLineAnswer | None
    by_hour: list[AccuracyLineAnswer]
    by_class: list[AccuracyLineAnswer]


@router.get("/travel-times/report")
async def get_travel_times_report(
    caller: AllocationManager,
    session: Read,
    now: Now,
    since: Day | None = None,
    until: Day | None = None,
    branch_id: UUID | None = None,
) -> TravelTimesReportAnswer:
    """Planned against actual travel time, before and after learning: of the last 28 days, or of
    other days. No day is judged by what it taught itself."""
    last = until or now.date()
    first = since or last - timedelta(DAYS)
    if first > last:
        raise InvalidField("since", say("a day up to {last}", last=last))
    if (last - first).days > MOST_DAYS:
        raise InvalidField(
            "since",
            say("a day at most {most_days} days before {last}", most_days=MOST_DAYS, last=last),
        )
    legs = await kept_legs(session, first, last, branch_id=branch_id)
    return TravelTimesReportAnswer.model_validate(report(first, last, legs))
