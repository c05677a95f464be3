"""Take money from somebody who walks in at the branch: the cash lies in its vault at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.custody.denominations import Denomination, counted
from collection.custody.ledger import LedgerAccount, receipt_entry
from collection.errors import CaseNotFound
from collection.portfolio.store import lock_account
from collection.receipts import store
from collection.receipts.check_part import check_part
from collection.receipts.check_payer_cash import check_payer_cash
from collection.receipts.loan_card import LoanCard
from collection.receipts.mode import Mode, checked_mode
from collection.receipts.pay_accounts import pay_accounts, payment_of
from collection.receipts.receipt import Receipt, allocations_of, flags_of, outstanding_after
from collection.receipts.taking.store import Row, add_receipts
from core.clock import local_day
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.live import announce
from data.session import Session


@dataclass(frozen=True, slots=True)
class DeskReport:
    """What a cashier takes down; for cash, which notes and coins stayed once change was given."""

    id: UUID
    case_id: UUID
    amount: Money
    mode: str
    mode_reference: str | None
    denominations: Sequence[Denomination]
    body_hash: bytes
    mode_details: Mapping[str, str] = field(default_factory=dict)
    loan_card: LoanCard | None = None


async def collect_at_desk(
    session: Session, staff_id: UUID, branch_id: UUID, report: DeskReport, now: datetime
) -> Receipt:
    """Take down a receipt in the branch's own series; it pays the oldest demands first.

    `branch_id` is the cashier's, whose vault holds the cash. The same report again gets the same
    answer. Raises `IdReused`, `CaseNotFound`, `InvalidField`, `PartNotTaken`, `TooMuchCashOfPayer`
    or `ModeNotTakenHere`.
    """
    currency = await store.lock_branch_series(session, branch_id)
    known = await store.receipt(session, report.id)
    if known:
        if known.body_hash != report.body_hash:
            raise IdReused("receipt", str(report.id))
        return known.receipt
    case = await store.case_to_pay(session, report.case_id, now)
    if case is None:
        raise CaseNotFound(str(report.case_id))
    mode = checked_mode(report.mode, report.mode_reference, report.mode_details, case.country)
    _check(report, mode, case.currency, currency)
    if mode.is_cash:
        await check_payer_cash(session, case, report.amount, now, is_fact=False)
    number = await store.next_branch_number(session, branch_id)
    await lock_account(session, case.account_id)
    demands = await store.lock_open_demands(session, case.account_id)
    paid = case.terms.spread(report.amount.amount_minor, demands, local_day(now, case.zone))
    check_part(paid, demands, case)
    taken = Receipt(
        id=report.id,
        number=number,
        case_id=report.case_id,
        amount=report.amount,
        mode=report.mode,
        mode_reference=report.mode_reference,
        taken_at=now,
        received_at=now,
        distance_m=None,
        flags=(
            *flags_of(demands, paid, takes_parts=True),
            *(report.loan_card.flags if report.loan_card else ()),
        ),
        allocations=allocations_of(paid, demands, case.currency),
        advance=Money(paid.advance_minor, case.currency),
        suspense=Money(paid.suspense_minor, case.currency),
        outstanding=outstanding_after(report.amount, paid, demands),
        headroom=None,
        mode_details=report.mode_details,
        loan_card=report.loan_card,
    )
    row = Row(taken, case.branch_id, case.account_id, report.body_hash, taken_by=staff_id)
    await add_receipts(session, [row])
    debit = LedgerAccount.BRANCH_VAULT if mode.is_cash else mode.debit
    entry = receipt_entry(taken.id, debit, branch_id, taken.amount, taken.suspense)
    await custody.write_entry(session, branch_id, entry, now)
    await pay_accounts(session, [(case, payment_of(case, demands, taken, now))])
    announce(session, case.branch_id, "figures", {"case_id": str(report.case_id)})
    return taken


def _check(report: DeskReport, mode: Mode, owed: str, held: str) -> None:
    if report.amount.currency != owed:
        raise InvalidField("amount.currency", say("{owed}, the account's currency", owed=owed))
    if not mode.is_cash:
        if mode.debit is LedgerAccount.AGENT_CHEQUE:
            raise InvalidField("mode", say("a mode other than cheque: cheques go to agents only"))
        return
    if held != owed:
        raise InvalidField(
            "amount.currency", say("{held} for cash, the vault's currency", held=held)
        )
    counted(report.denominations, report.amount)
