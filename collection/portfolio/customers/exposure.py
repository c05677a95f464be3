"""What a customer owes over all accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from collection.portfolio.customers.account_case import AccountCase
from core.money import Money


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer owes in one currency."""

    principal_outstanding: Money
    outstanding: Money
    overdue: Money


def exposure_of(accounts: Sequence[AccountCase]) -> Sequence[Exposure]:
    """The sums of all accounts, one for each currency; nothing is ever converted."""
    currencies = sorted({account.overdue.currency for account in accounts})
    return [_sum([a for a in accounts if a.overdue.currency == each], each) for each in currencies]


def _sum(accounts: Sequence[AccountCase], currency: str) -> Exposure:
    return Exposure(
        Money(sum(a.principal_outstanding.amount_minor for a in accounts), currency),
        Money(sum(a.outstanding.amount_minor for a in accounts), currency),
        Money(sum(a.overdue.amount_minor for a in accounts), currency),
    )
