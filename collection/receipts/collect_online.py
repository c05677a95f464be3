"""Take down money that a customer paid online: a receipt without anybody who took it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.custody.ledger import LedgerAccount, receipt_entry
from collection.portfolio.store import lock_account
from collection.receipts import store
from collection.receipts.mode import MODES
from collection.receipts.pay_accounts import pay_accounts, payment_of
from collection.receipts.receipt import Receipt, allocations_of, flags_of, outstanding_after
from collection.receipts.taking.store import Row, add_receipts
from core.clock import local_day
from core.ids import new_id
from core.money import Money
from data.live import announce
from data.session import Session


@dataclass(frozen=True, slots=True)
class OnlineReport:
    """What came in through a gateway, in the account's currency; `flags` say what is odd."""

    payment_id: UUID
    branch_id: UUID
    case_id: UUID
    amount: Money
    mode: str
    reference: str
    flags: tuple[str, ...]


async def collect_online(session: Session, report: OnlineReport, now: datetime) -> Receipt:
    """Take down a receipt in the branch's own series; the money is with the gateway, in clearing,
    until the bank's statement shows it. The payment must be locked, so that it is taken once.
    """
    await store.lock_branch_series(session, report.branch_id)
    case = await store.case_to_pay(session, report.case_id, now)
    assert case is not None, "a payment's case is there"
    number = await store.next_branch_number(session, report.branch_id)
    await lock_account(session, case.account_id)
    demands = await store.lock_open_demands(session, case.account_id)
    paid = case.terms.spread(report.amount.amount_minor, demands, local_day(now, case.zone))
    known = report.mode in MODES and MODES[report.mode].debit is LedgerAccount.PSP_CLEARING
    taken = Receipt(
        id=new_id(),
        number=number,
        case_id=report.case_id,
        amount=report.amount,
        mode=report.mode if known else "transfer",
        mode_reference=report.reference,
        taken_at=now,
        received_at=now,
        distance_m=None,
        flags=(*report.flags, *flags_of(demands, paid, takes_parts=case.terms.partial_payments)),
        allocations=allocations_of(paid, demands, case.currency),
        advance=Money(paid.advance_minor, case.currency),
        suspense=Money(paid.suspense_minor, case.currency),
        outstanding=outstanding_after(report.amount, paid, demands),
        headroom=None,
    )
    digest = hashlib.sha256(report.payment_id.bytes).digest()
    row = Row(taken, case.branch_id, case.account_id, digest, online_payment_id=report.payment_id)
    await add_receipts(session, [row])
    entry = receipt_entry(
        taken.id, LedgerAccount.PSP_CLEARING, report.branch_id, taken.amount, taken.suspense
    )
    await custody.write_entry(session, report.branch_id, entry, now)
    await pay_accounts(session, [(case, payment_of(case, demands, taken, now))])
    announce(session, case.branch_id, "figures", {"case_id": str(report.case_id)})
    return taken
