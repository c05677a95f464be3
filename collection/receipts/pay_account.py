"""Put a receipt's money to the account: its demands, its advance, how late it is; have the
customer told."""

from collections.abc import Sequence
from datetime import datetime

from collection.portfolio.standing import Unpaid, standing_after
from collection.portfolio.waterfall import OpenDemand
from collection.receipts import store
from collection.receipts.receipt import Receipt
from core.clock import local_day
from core.money import Money
from data.queue import enqueue
from data.session import Session


async def pay_account(
    session: Session,
    case: store.CaseToPay,
    demands: Sequence[OpenDemand],
    taken: Receipt,
    now: datetime,
) -> None:
    """Pay down the account of a case, locked with its open `demands`, by a receipt."""
    paid = {part.demand_id: part.amount.amount_minor for part in taken.allocations}
    left = (
        Unpaid(d.counts_from, Money(d.unpaid_minor - paid.get(d.id, 0), case.currency))
        for d in demands
    )
    today = local_day(now, case.zone)
    standing = standing_after(left, case.dpd, today, case.currency, case.terms)
    await store.pay_down(session, case.account_id, taken, standing, today)
    if case.policies.receipt_message != "off":
        await enqueue(session, "messages.receipt", lane="messages", receipt_id=str(taken.id))
