"""Take money from a customer: receipt, ledger, till and demands, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.custody.errors import NoTill, OverCashLimit
from collection.custody.ledger import receipt_entry
from collection.custody.lots.store import add_lot
from collection.custody.till import Till
from collection.errors import CaseNotFound
from collection.portfolio.standing import Standing, Unpaid, standing_after
from collection.portfolio.store import lock_account, set_standing
from collection.portfolio.waterfall import OpenDemand, Waterfall, allocate
from collection.receipts import store
from collection.receipts.mode import checked_mode
from collection.receipts.place import place_of
from collection.receipts.receipt import Number, Receipt, allocations_of, unpaid_minor
from core.clock import local_day
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from core.fix import Fix
from core.money import Money
from data.live import announce
from data.session import Session


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What the phone sends: its own id for the fact, and the fix that it shows with it."""

    id: UUID
    case_id: UUID
    amount: Money
    mode: str
    mode_reference: str | None
    taken_at: datetime
    fix: Fix | None
    body_hash: bytes


async def collect(
    session: Session, agent_id: UUID, report: ReceiptReport, now: datetime
) -> Receipt:
    """Take down a receipt; what it pays is the account's demands, oldest first.

    What is over goes to the account's advance. An odd place is flagged, never refused. The same
    report again gets the same answer. Raises `IdReused`, `CaseNotFound`, `InvalidField`,
    `ModeNotTakenHere`, `NoTill`, or `OverCashLimit` for cash beyond the till's limit.

    Locks in this order, as everything that moves money does: till, series, account, demands by id.
    """
    # 1. One fact at a time for this agent's money; a repeat is answered from what was stored.
    till = await custody.lock_till(session, agent_id)
    if till is None:
        raise NoTill(str(agent_id))
    known = await store.receipt(session, report.id)
    if known:
        if known.body_hash != report.body_hash:
            raise IdReused("receipt", str(report.id))
        return known.receipt
    # 2. Refuse what cannot be true.
    case = await store.case_to_pay(session, report.case_id)
    if case is None:
        raise CaseNotFound(str(report.case_id))
    mode = checked_mode(report.mode, report.mode_reference, case.country)
    _check(report, case, now)
    # 3. Cash fills the till, as far as its limit.
    if mode.is_cash:
        till = await _into_till(session, till, report.amount)
    # 4. Number it and see what it pays.
    number = await store.next_number(session, agent_id)
    await lock_account(session, case.account_id)
    demands = await store.lock_open_demands(session, case.account_id)
    paid = allocate(report.amount.amount_minor, demands)
    taken = _receipt(report, case, number, demands, paid, till, now)
    # 5. Keep it, in the journal too, and put the money where it belongs.
    if not await store.add_receipt(session, agent_id, case, taken, report.fix, report.body_hash):
        raise IdReused("receipt", str(report.id))
    entry = receipt_entry(taken.id, mode.debit, agent_id, taken.amount)
    await custody.write_entry(session, till.branch_id, entry, now)
    if mode.is_cash:
        minor = taken.amount.amount_minor
        await add_lot(session, till.branch_id, agent_id, taken.id, minor, taken.taken_at)
    await store.pay_down(session, case.account_id, taken)
    await set_standing(
        session, case.account_id, _standing(demands, taken, case, now), local_day(now, case.zone)
    )
    # 6. Tell the map.
    announce(
        session,
        case.branch_id,
        "stop",
        {"agent_id": str(agent_id), "case_id": str(report.case_id), "status": "met"},
    )
    return taken


def _check(report: ReceiptReport, case: store.CaseToPay, now: datetime) -> None:
    if report.amount.currency != case.currency:
        raise InvalidField("amount.currency", f"{case.currency}, the account's currency")
    if report.amount.amount_minor <= 0:
        raise InvalidField("amount.amount_minor", "more than 0")
    if not is_plausible(report.taken_at, now):
        raise InvalidField("taken_at", EXPECTED)


async def _into_till(session: Session, till: Till, amount: Money) -> Till:
    if amount.currency != till.currency:
        raise InvalidField("amount.currency", f"{till.currency} for cash, the till's currency")
    after = await custody.move_cash(session, till.agent_id, amount.amount_minor)
    if after is None:
        raise OverCashLimit(till.headroom, till.limit, amount)
    return after


def _receipt(
    report: ReceiptReport,
    case: store.CaseToPay,
    number: Number,
    demands: Sequence[OpenDemand],
    paid: Waterfall,
    till: Till,
    now: datetime,
) -> Receipt:
    place = place_of(report.fix, report.taken_at, case.door)
    due_minor = sum(unpaid_minor(demand) for demand in demands)
    outstanding_minor = due_minor - (report.amount.amount_minor - paid.advance_minor)
    return Receipt(
        id=report.id,
        number=number,
        case_id=report.case_id,
        amount=report.amount,
        mode=report.mode,
        mode_reference=report.mode_reference,
        taken_at=report.taken_at,
        received_at=now,
        distance_m=place.distance_m,
        flags=place.flags,
        allocations=allocations_of(paid, demands, case.currency),
        advance=Money(paid.advance_minor, case.currency),
        outstanding=Money(outstanding_minor, case.currency),
        headroom=till.headroom,
    )


def _standing(
    demands: Sequence[OpenDemand], taken: Receipt, case: store.CaseToPay, now: datetime
) -> Standing:
    paid = {part.demand_id: part.amount.amount_minor for part in taken.allocations}
    left = (
        Unpaid(d.due_on, Money(unpaid_minor(d) - paid.get(d.id, 0), case.currency)) for d in demands
    )
    return standing_after(left, case.dpd, local_day(now, case.zone), case.currency)
