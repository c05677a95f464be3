"""Who may be offered to pay arrears in parts, and in which parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import InvalidField
from core.money import Money
from core.said import say

MOST_INSTALLMENTS = 60
BROKEN_DAYS = 365
"""For so long a broken promise or plan counts against a customer."""


@dataclass(frozen=True, slots=True)
class Payer:
    """How an account has been paid so far.

    `paid_dues` are the dues that were paid in full, `broken` the promises and plans that were
    broken in the last `BROKEN_DAYS`.
    """

    product_type: str
    dpd: int
    overdue: Money
    paid_dues: int
    broken: int


@dataclass(frozen=True, slots=True)
class ArrearsRule:
    """A segment of customers, and what they may be offered.

    It fits accounts of these `product_types` (any without one) that are `dpd_from` to `dpd_to` days
    past due, with at least so many dues paid, at most so much broken, and at most so much overdue.
    They pay in 2 to `installments_most` parts, one each `every` days or months, the first within
    `first_within_days`; a part that is unpaid for more than `grace_days` breaks the plan.

    Raises `InvalidField`.
    """

    name: str
    installments_most: int
    every: int = 1
    unit: Literal["day", "month"] = "month"
    first_within_days: int = 31
    grace_days: int = 5
    product_types: tuple[str, ...] = ()
    dpd_from: int = 1
    dpd_to: int = 90
    paid_dues_least: int = 0
    broken_most: int = 0
    overdue_most_minor: int | None = None

    def __post_init__(self) -> None:
        if not 2 <= self.installments_most <= MOST_INSTALLMENTS:
            raise InvalidField("installments_most", say("2 to {most}", most=MOST_INSTALLMENTS))
        if not 1 <= self.every <= 366:
            raise InvalidField("every", say("1 to 366"))
        if not 1 <= self.first_within_days <= 366:
            raise InvalidField("first_within_days", say("1 to 366"))
        if not 0 <= self.dpd_from <= self.dpd_to:
            raise InvalidField("dpd_to", say("{first} or more", first=self.dpd_from))

    def misses(self, payer: Payer) -> str | None:
        """What keeps the rule from fitting; None where it fits."""
        most = self.overdue_most_minor
        if self.product_types and payer.product_type not in self.product_types:
            return say("another product type, {product_type}", product_type=payer.product_type)
        if not self.dpd_from <= payer.dpd <= self.dpd_to:
            return say(
                "{dpd} days past due, not {first} to {last}",
                dpd=payer.dpd,
                first=self.dpd_from,
                last=self.dpd_to,
            )
        if payer.paid_dues < self.paid_dues_least:
            return say(
                "{paid} dues were paid so far, fewer than {least}",
                paid=payer.paid_dues,
                least=self.paid_dues_least,
            )
        if payer.broken > self.broken_most:
            return say(
                "{broken} promises or plans were broken in {days} days, more than {most}",
                broken=payer.broken,
                days=BROKEN_DAYS,
                most=self.broken_most,
            )
        if most is not None and payer.overdue.amount_minor > most:
            return say(
                "more than {most} is overdue",
                most=Money(most, payer.overdue.currency),
            )
        return None


def rule_for(rules: Sequence[ArrearsRule], payer: Payer) -> ArrearsRule | None:
    """The first rule that fits; None where nothing is overdue or none does."""
    if payer.overdue.amount_minor <= 0:
        return None
    return next((rule for rule in rules if rule.misses(payer) is None), None)


def why_none(rules: Sequence[ArrearsRule], payer: Payer) -> tuple[str, ...]:
    """Why `rule_for` finds none, rule by rule."""
    if payer.overdue.amount_minor <= 0:
        return (say("nothing is overdue"),)
    if not rules:
        return (say("the branch has no rule for plans"),)
    return tuple(
        say("{rule}: {misses}", rule=rule.name, misses=misses)
        for rule in rules
        if (misses := rule.misses(payer)) is not None
    )
