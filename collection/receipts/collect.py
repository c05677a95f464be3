"""Take money from a customer: receipt, ledger, till and demands, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from collection.custody import store as custody
from collection.custody.errors import (
    DayClosed,
    LeaseNotFound,
    LeaseNumberTaken,
    NoTill,
    OverCashLimit,
)
from collection.custody.leases import store as leases
from collection.custody.leases.lease import Lease, fill
from collection.custody.ledger import receipt_entry
from collection.custody.till import Blocked, Till
from collection.errors import CaseNotFound
from collection.portfolio.waterfall import OpenDemand, Waterfall
from collection.receipts import store
from collection.receipts.check_part import check_part
from collection.receipts.check_payer_cash import check_payer_cash
from collection.receipts.codes.try_code import try_code
from collection.receipts.loan_card import LoanCard
from collection.receipts.mode import checked_mode
from collection.receipts.paper.meet_paper import Original, meet_paper
from collection.receipts.pay_account import pay_account
from collection.receipts.place import NoFix, place_of
from collection.receipts.receipt import (
    Number,
    Receipt,
    allocations_of,
    demanded_by,
    flags_of,
    outstanding_after,
)
from collection.receipts.tender import Tender, checked_tender
from core.clock import local_day
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from core.fix import Fix
from core.money import Money
from core.said import say
from data.live import announce
from data.session import Question, Session, ask_together
from identity.policies.policy import Policies

LIMIT_BREACH = "limit_breach"
"""Flags cash that was taken offline, or on paper, beyond its lease or the till's limit."""


@dataclass(frozen=True, slots=True)
class Offline:
    """That a receipt was taken offline, under which lease, and its provisional number there."""

    lease_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What the phone sends: its own id for the fact, and the fix that it shows with it. `flags` say
    what is odd about how it came in; `leaf` is the number of a book's leaf, where it was written
    down there and comes in later."""

    id: UUID
    case_id: UUID
    amount: Money
    mode: str
    mode_reference: str | None
    taken_at: datetime
    fix: Fix | None
    body_hash: bytes
    offline: Offline | None = None
    mode_details: Mapping[str, str] = field(default_factory=dict)
    loan_card: LoanCard | None = None
    one_time_code: str | None = None
    tender: Tender | None = None
    amount_words: str | None = None
    flags: tuple[str, ...] = ()
    leaf: str | None = None
    why_no_fix: NoFix | None = None

    @property
    def is_fact(self) -> bool:
        """Whether the customer has a receipt already, so that nothing of it can be refused."""
        return self.offline is not None or self.leaf is not None


@dataclass(frozen=True, slots=True)
class Collected:
    """A receipt, and what had fallen due when it was taken; None of one that was there before.
    `policies` are its branch's."""

    receipt: Receipt
    demanded: Money | None = None
    policies: Policies | None = None


async def collect(
    session: Session, agent_id: UUID, report: ReceiptReport, now: datetime
) -> Collected:
    """Take down a receipt; what it pays is the account's demands, oldest first.

    The late original of one that the desk entered from paper is matched to that, and books nothing.
    What is over goes to the account's advance, or to suspense, as its product has it. An odd place
    is flagged, never refused, and so is cash that was taken offline beyond the lease: it is in the
    agent's hands. The same report again gets the same answer. Raises `IdReused`, `CaseNotFound`,
    `InvalidField`, `ModeNotTakenHere`, `NoTill`, `LeaseNotFound`, `LeaseNumberTaken`,
    `PaperReceiptDiffers`, `DayClosed` for what is said to have been taken online on a former day
    that is closed, `PartNotTaken` for what would leave a demand paid in part where its product
    takes none, `OverCashLimit` or
    `TooMuchCashOfPayer` for cash online beyond a limit.

    Locks in this order, as everything that moves money does: till, payer, series, account, demands
    by id.
    """
    # 1. One fact at a time for this agent's money; a repeat is answered from what was stored.
    till, (is_known, case) = await ask_together(
        session,
        custody.locking_till(agent_id),
        store.first_look(report.id, report.case_id, now),
    )
    if till is None:
        raise NoTill(str(agent_id))
    known = await store.receipt(session, report.id) if is_known else None
    if known:
        if known.body_hash != report.body_hash:
            raise IdReused("receipt", str(report.id))
        return Collected(known.receipt)
    if report.offline:
        entered = await meet_paper(session, _original(report, report.offline), now)
        if entered:
            return Collected(entered)
    # 2. Refuse what cannot be true.
    if case is None:
        raise CaseNotFound(str(report.case_id))
    mode = checked_mode(report.mode, report.mode_reference, report.mode_details, case.country)
    _check(report, case, now)
    if report.tender:
        counted = checked_tender(report.tender, report.amount, is_cash=mode.is_cash)
        report = replace(report, tender=counted)
    lease = await _lease_of(session, agent_id, report.offline) if report.offline else None
    numbering = store.next_number(agent_id, case.account_id)
    owing = store.locking_open_demands(case.account_id)
    odd: tuple[str, ...] = ()
    # 3. Cash fills the till, as far as its limit; offline, the lease that its phone holds. Number
    #    it and see what it pays.
    if mode.is_cash:
        about_it = await _of_cash(session, agent_id, report, case, now)
        filling, of_till = await _into_till(session, till, report, lease)
        after, number, demands = await ask_together(session, filling, numbering, owing)
        if after is None:
            raise OverCashLimit(till.headroom, till.limit, report.amount, till.blocked_for)
        till, odd = after, (*of_till, *about_it)
    else:
        number, demands = await ask_together(session, numbering, owing)
    paid = case.terms.spread(report.amount.amount_minor, demands, local_day(now, case.zone))
    if not report.is_fact:
        check_part(paid, demands, case)
    taken = _receipt(report, case, number, demands, paid, till, odd, lease, now)
    # 4. Keep it, in the journal too, and put the money where it belongs.
    await store.add_receipt(
        session,
        case,
        taken,
        report.body_hash,
        agent_id=agent_id,
        fix=report.fix,
        lease_id=lease.id if lease else None,
        lease_number=report.offline.number if report.offline else None,
    )
    entry = receipt_entry(taken.id, mode.debit, agent_id, taken.amount, taken.suspense)
    came_at = taken.taken_at if mode.is_cash else None
    await custody.write_entry(session, till.branch_id, entry, now, came_at=came_at)
    await pay_account(session, case, demands, taken, now)
    # 5. Tell the map.
    announce(
        session,
        case.branch_id,
        "stop",
        {"agent_id": str(agent_id), "case_id": str(report.case_id), "status": "met"},
    )
    due_by = local_day(taken.taken_at, case.zone)
    return Collected(taken, demanded_by(due_by, demands, case.currency), case.policies)


def _original(report: ReceiptReport, offline: Offline) -> Original:
    return Original(
        report.id, report.case_id, report.amount, report.body_hash, offline.lease_id, offline.number
    )


def _check(report: ReceiptReport, case: store.CaseToPay, now: datetime) -> None:
    if report.amount.currency != case.currency:
        raise InvalidField(
            "amount.currency", say("{currency}, the account's currency", currency=case.currency)
        )
    if report.amount.amount_minor <= 0:
        raise InvalidField("amount.amount_minor", say("more than 0"))
    if not is_plausible(report.taken_at, now):
        raise InvalidField("taken_at", EXPECTED)
    taken_on = local_day(report.taken_at, case.zone)
    is_former = not report.is_fact and taken_on < local_day(now, case.zone)
    if is_former and case.closed_to and taken_on <= case.closed_to:
        raise DayClosed(case.closed_to)


async def _lease_of(session: Session, agent_id: UUID, offline: Offline) -> Lease:
    if offline.number < 1:
        raise InvalidField("offline.number", say("1 or more"))
    known = await leases.lease(session, offline.lease_id)
    if known is None or known.agent_id != agent_id:
        raise LeaseNotFound(str(offline.lease_id))
    if await leases.number_is_taken(session, offline.lease_id, offline.number):
        raise LeaseNumberTaken(str(offline.lease_id), offline.number)
    return known.lease


async def _of_cash(
    session: Session, agent_id: UUID, report: ReceiptReport, case: store.CaseToPay, now: datetime
) -> tuple[str, ...]:
    """The flags of cash for its payer and for the customer's one-time code."""
    odd = await check_payer_cash(
        session, case, report.amount, report.taken_at, is_fact=report.is_fact
    )
    if not case.policies.cash_code:
        return odd
    flag = await try_code(
        session, case.branch_id, report.case_id, agent_id, report.id, report.one_time_code,
        report.taken_at, now, is_offline=report.is_fact,
    )  # fmt: skip
    return (*odd, flag)


async def _into_till(
    session: Session, till: Till, report: ReceiptReport, lease: Lease | None
) -> tuple[Question[Till | None], tuple[str, ...]]:
    """What fills the till, none where it has no room, and the flags of how it does. What is a fact
    is never refused."""
    amount = report.amount
    if amount.currency != till.currency:
        raise InvalidField(
            "amount.currency",
            say("{currency} for cash, the till's currency", currency=till.currency),
        )
    minor = amount.amount_minor
    if not report.is_fact:
        return custody.moving_cash(till.agent_id, minor), ()
    freed, is_breach = 0, not till.has_room_for(amount)
    if lease:
        filled = fill(lease, amount)
        freed = filled.from_reserve.amount_minor
        is_breach = filled.over or not till.has_room_for(amount - filled.from_reserve)
        await leases.use(session, lease.id, filled.from_lease.amount_minor)
    moving = custody.moving_cash(
        till.agent_id, minor, reserved_minor=-freed, is_fact=True,
        block=Blocked.LIMIT_BREACH if is_breach else None,
    )  # fmt: skip
    return moving, (LIMIT_BREACH,) if is_breach else ()


def _receipt(
    report: ReceiptReport,
    case: store.CaseToPay,
    number: Number,
    demands: Sequence[OpenDemand],
    paid: Waterfall,
    till: Till,
    odd: Sequence[str],
    lease: Lease | None,
    now: datetime,
) -> Receipt:
    place = place_of(report.fix, report.taken_at, case.door, report.why_no_fix)
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
        flags=(
            *flags_of(demands, paid, takes_parts=case.terms.partial_payments),
            *place.flags,
            *odd,
            *report.flags,
            *(report.loan_card.flags if report.loan_card else ()),
        ),
        allocations=allocations_of(paid, demands, case.currency),
        advance=Money(paid.advance_minor, case.currency),
        suspense=Money(paid.suspense_minor, case.currency),
        outstanding=outstanding_after(report.amount, paid, demands),
        headroom=till.headroom,
        provisional_number=(
            lease.number_text(report.offline.number) if lease and report.offline else report.leaf
        ),
        mode_details=report.mode_details,
        loan_card=report.loan_card,
        tender=report.tender,
        amount_words=report.amount_words,
    )
