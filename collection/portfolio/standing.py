"""Where an account stands: how late it is and how much of it is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from collection.portfolio.dpd import Section, days_past_due
from collection.portfolio.products.terms import Terms
from core.money import Money


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What is still to be paid of a demand; 0 once it is settled."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """Days past due with their bucket and section, and what has fallen due and is not paid."""

    dpd: int
    bucket: str
    section: Section
    overdue: Money


def standing_after(
    demands: Iterable[Unpaid], known_dpd: int, as_of: date, currency: str, terms: Terms
) -> Standing:
    """The standing of an account once a payment has left these demands, open ones before it.

    While the oldest demand is open, the lender's own count of days (`known_dpd`) may be higher
    than what the demands show; once it is settled, only they count.
    """
    ordered = sorted(demands, key=lambda demand: demand.due_on)
    left = [demand for demand in ordered if demand.amount.amount_minor]
    dpd = days_past_due(left[0].due_on if left else None, as_of, terms.dpd_basis)
    if left and left[0] is ordered[0]:
        dpd = max(dpd, known_dpd)
    overdue = sum(d.amount.amount_minor for d in left if d.due_on <= as_of)
    return Standing(dpd, *terms.bucket_and_section(dpd, as_of), Money(overdue, currency))
