"""Whether a payment may leave a demand paid in part."""

from collections.abc import Sequence

from collection.portfolio.waterfall import OpenDemand, Waterfall, part_paid
from collection.receipts.errors import PartNotTaken
from collection.receipts.store import CaseToPay
from core.money import Money


def check_part(paid: Waterfall, demands: Sequence[OpenDemand], case: CaseToPay) -> None:
    """Raises `PartNotTaken` where it would, and the account's product takes none."""
    part = None if case.terms.partial_payments else part_paid(paid.shares, demands)
    if part is None:
        return
    reached = {share.demand_id for share in paid.shares}
    due_minor = sum(demand.unpaid_minor for demand in demands if demand.id in reached)
    raise PartNotTaken("amount.amount_minor", Money(due_minor, case.currency), part.due_on)
