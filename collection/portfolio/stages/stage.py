"""The stages of a case, the changes that are allowed, and the four ways in which it closes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.portfolio.errors import StageNotReachable
from core.errors import InvalidField
from core.money import Money
from core.said import say


class Stage(StrEnum):
    """Where a case stands in its life."""

    PRE_DUE = "pre_due"
    DUE = "due"
    REMINDER = "reminder"
    MULTI_CHANNEL = "multi_channel"
    RISK_WATCH = "risk_watch"
    FIELD = "field"
    LEGAL = "legal"
    CLOSED = "closed"


class Closure(StrEnum):
    """How a case closes. One that is reinstated is back in its cycle: the next miss opens it."""

    PAID_IN_FULL = "paid_in_full"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True)
class StageChange:
    """A case that went from one stage to another; without `changed_by` the product moved it."""

    id: UUID
    case_id: UUID
    from_stage: Stage
    to_stage: Stage
    closure: Closure | None
    reason: str
    changed_at: datetime
    changed_by: UUID | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, what its account owes, and the stages that it may go to."""

    stage: Stage
    closure: Closure | None
    overdue: Money
    outstanding: Money
    reachable: tuple[Stage, ...]


def check_change(standing: Standing, to_stage: Stage, closure: Closure | None) -> None:
    """Raises `StageNotReachable` unless the change is allowed, and `InvalidField` unless it closes
    in a way that is true: paid in full owes nothing, reinstated has nothing overdue."""
    if to_stage not in standing.reachable or (
        standing.stage is Stage.CLOSED
        and standing.closure not in (Closure.PAID_IN_FULL, Closure.REINSTATED)
    ):
        raise StageNotReachable(
            standing.stage.value, to_stage.value, tuple(s.value for s in standing.reachable)
        )
    if (to_stage is Stage.CLOSED) != (closure is not None):
        expected = (
            say("one of {closures}", closures=", ".join(Closure))
            if closure is None
            else say("nothing unless it closes")
        )
        raise InvalidField("closure", expected)
    if closure is Closure.PAID_IN_FULL and standing.outstanding.amount_minor > 0:
        raise InvalidField("closure", say("not paid_in_full: something is unpaid"))
    if closure is Closure.REINSTATED and standing.overdue.amount_minor > 0:
        raise InvalidField("closure", say("not reinstated: something is overdue"))
