"""Put receipts' money to their accounts: demands, advance, how late each is; have the customers
told."""

from collections.abc import Sequence
from datetime import datetime

from collection.portfolio.standing import Unpaid, standing_after
from collection.portfolio.waterfall import OpenDemand
from collection.receipts.receipt import Receipt
from collection.receipts.store import CaseToPay
from collection.receipts.taking.store import Payment, pay_down
from core.clock import local_day
from core.money import Money
from data.queue import enqueue_each
from data.session import Session


def payment_of(
    case: CaseToPay, demands: Sequence[OpenDemand], taken: Receipt, now: datetime
) -> Payment:
    """What a receipt does to the account of a case that had these open demands before it."""
    paid = {part.demand_id: part.amount.amount_minor for part in taken.allocations}
    left = (
        Unpaid(d.counts_from, Money(d.unpaid_minor - paid.get(d.id, 0), case.currency))
        for d in demands
    )
    today = local_day(now, case.zone)
    standing = standing_after(left, case.dpd, today, case.currency, case.terms)
    return Payment(case.account_id, taken, standing, today)


async def pay_accounts(session: Session, payments: Sequence[tuple[CaseToPay, Payment]]) -> None:
    """Pay down accounts, locked with their open demands, at the end of the transaction. Several
    payments of one account come in the order in which they were taken."""
    await pay_down(session, [payment for _, payment in payments])
    told = [p.receipt.id for case, p in payments if case.policies.receipt_message != "off"]
    if told:
        ids = [{"receipt_id": str(id_)} for id_ in told]
        await enqueue_each(session, "messages.receipt", ids, lane="messages")
