"""Root causes: what they are about, and the steps in which they are worked on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.money import Money


class State(StrEnum):
    """How far the work on a cause has come; it only goes forward."""

    OPEN = "open"
    IN_ACTION = "in_action"
    CLOSED = "closed"


class Gap(StrEnum):
    """How what was paid differs from what was due."""

    NONE_PAID = "none_paid"
    SHORT = "short"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Step:
    """What was done about a cause, or what came of it; when and by whom."""

    words: str
    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class RootCause:
    """Why less, or more, was paid than was demanded."""

    id: UUID
    case_id: UUID
    receipt_id: UUID | None
    disposition_id: UUID | None
    meeting_id: UUID | None
    customer: str
    agent_id: UUID | None
    agent: str | None
    group: str
    cause: str
    code: str
    note: str
    demanded: Money
    paid: Money
    opened_at: datetime
    opened_by: UUID
    action: Step | None
    closing: Step | None

    @property
    def state(self) -> State:
        """How far the work on it has come."""
        return state_of(is_acted_on=self.action is not None, is_closed=self.closing is not None)

    @property
    def gap(self) -> Gap:
        """How what was paid differs."""
        return gap_of(self.demanded.amount_minor, self.paid.amount_minor)


def state_of(*, is_acted_on: bool, is_closed: bool) -> State:
    """How far the work on a cause has come."""
    if is_closed:
        return State.CLOSED
    return State.IN_ACTION if is_acted_on else State.OPEN


def gap_of(demanded_minor: int, paid_minor: int) -> Gap:
    """How two amounts that differ do; for two that do not, there is no cause."""
    if paid_minor == 0:
        return Gap.NONE_PAID
    return Gap.SHORT if paid_minor < demanded_minor else Gap.OVER
