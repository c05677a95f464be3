"""Plans by which arrears are paid in parts, and what they take over and give back, as values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from collection.portfolio.arrears.rules.rule import ArrearsRule
from collection.portfolio.waterfall import Head, OpenDemand
from core.errors import InvalidField
from core.money import Money
from core.said import say

OFFER_DAYS = 7
"""For so long after its day an offer can be accepted."""


class State(StrEnum):
    """Where a plan stands. `lapsed` is an offer that nobody accepted in time or that another took
    the place of; `ended` an accepted one that a person took back."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    KEPT = "kept"
    BROKEN = "broken"
    ENDED = "ended"


class Heads(NamedTuple):
    """Amounts by head, in minor units of one currency."""

    principal: int = 0
    interest: int = 0
    charges: int = 0
    penal: int = 0

    def plus(self, other: "Heads") -> "Heads":
        """Both together."""
        return Heads(*(mine + its for mine, its in zip(self, other, strict=True)))


class Moved(NamedTuple):
    """What moves from or to a demand."""

    demand_id: UUID
    heads: Heads


@dataclass(frozen=True, slots=True)
class ArrearsPlan:
    """That what is overdue on an account is paid in parts: one each `every` days or months from
    `first_on` on, as equal as whole minor units allow. `heads` are the overdue amounts."""

    id: UUID
    case_id: UUID
    rule: str
    currency: str
    heads: Heads
    installments: int
    every: int
    unit: Literal["day", "month"]
    first_on: date
    grace_days: int
    offered_at: datetime
    valid_until: date
    state: State = State.OFFERED
    accepted_at: datetime | None = None
    settled_at: datetime | None = None
    reason: str | None = None

    @property
    def total(self) -> Money:
        """All that it demands."""
        return Money(sum(self.heads), self.currency)


def check_parts(rule: ArrearsRule, installments: int, first_on: date, today: date) -> None:
    """Raises `InvalidField` unless a rule allows so many parts from that day on."""
    if not 2 <= installments <= rule.installments_most:
        raise InvalidField("installments", say("2 to {most}", most=rule.installments_most))
    latest = today + timedelta(days=rule.first_within_days)
    if not today < first_on <= latest:
        raise InvalidField(
            "first_on",
            say("a date after {today} and no later than {latest}", today=today, latest=latest),
        )


def overdue_of(demands: Iterable[OpenDemand], day: date) -> list[OpenDemand]:
    """Those that have fallen due by a day."""
    return [demand for demand in demands if demand.counts_from <= day]


def left_of(demand: OpenDemand, head_order: Sequence[Head]) -> Heads:
    """What is unpaid of a demand, by head."""
    return Heads(**demand.left_by_head(head_order))


def sum_of(heads: Iterable[Heads]) -> Heads:
    """All of these together."""
    total = Heads()
    for each in heads:
        total = total.plus(each)
    return total


def cut(heads: Heads, installments: int, head_order: Sequence[Head]) -> tuple[Heads, ...]:
    """Arrears in equal parts that add up to them, to the unit; the first parts take the heads that
    are first in `head_order`, as payments do."""
    total, left = sum(heads), heads
    parts = []
    for no in range(1, installments + 1):
        # What all parts so far come to, less what those before do: nothing is lost.
        wanted = total * no // installments - total * (no - 1) // installments
        part = Heads()
        for head in head_order:
            taken = min(wanted, getattr(left, head))
            part = part._replace(**{head: taken})
            wanted -= taken
        left = Heads(*(mine - its for mine, its in zip(left, part, strict=True)))
        parts.append(part)
    return tuple(parts)


def given_back(unpaid: Sequence[Moved], taken: Sequence[tuple[date, Moved]]) -> tuple[Moved, ...]:
    """Where what is `unpaid` of a plan's installments goes back to: to the demands that it was
    `taken` from, with their days, the newest first, so that what was paid has paid the oldest."""
    left = sum_of(each.heads for each in unpaid)
    back = []
    for _, (demand_id, heads) in sorted(
        taken, key=lambda each: (each[0], each[1][0]), reverse=True
    ):
        its = Heads(*(min(was, wanted) for was, wanted in zip(heads, left, strict=True)))
        left = Heads(*(wanted - now for wanted, now in zip(left, its, strict=True)))
        if any(its):
            back.append(Moved(demand_id, its))
    return tuple(back)
