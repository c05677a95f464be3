"""What becomes of a report, decided on what is locked for it: a receipt, or a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from collection.custody.errors import DayClosed, OverCashLimit
from collection.custody.leases.lease import Lease, fill
from collection.custody.ledger import Entry, receipt_entry
from collection.custody.till import Blocked, Move, Till
from collection.portfolio.waterfall import OpenDemand, Waterfall
from collection.receipts.check_part import check_part
from collection.receipts.mode import Mode, checked_mode
from collection.receipts.pay_accounts import payment_of
from collection.receipts.place import place_of
from collection.receipts.receipt import (
    Number,
    Receipt,
    allocations_of,
    demanded_by,
    flags_of,
    outstanding_after,
)
from collection.receipts.report import ReceiptReport
from collection.receipts.store import CaseToPay
from collection.receipts.taking.store import Payment
from collection.receipts.tender import checked_tender
from core.clock import local_day
from core.device_time import EXPECTED, is_plausible
from core.errors import InvalidField
from core.money import Money
from core.said import say

LIMIT_BREACH = "limit_breach"
"""Flags cash that was taken offline, or on paper, beyond its lease or the till's limit."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a receipt is decided on, locked until the end: the agent's till, the next number of the
    series, and the account's open demands, by id."""

    till: Till
    number: Number
    demands: Sequence[OpenDemand]


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt that was decided, and all that it changes: the till (None when it is no cash), the
    journal, and how late its account is. `held` is what the next one is decided on."""

    report: ReceiptReport
    case: CaseToPay
    receipt: Receipt
    demanded: Money
    move: Move | None
    entry: Entry
    payment: Payment
    lease: Lease | None
    held: Held

    @property
    def agent_id(self) -> UUID:
        """Who took it."""
        return self.held.till.agent_id


def checked(report: ReceiptReport, case: CaseToPay, now: datetime) -> tuple[ReceiptReport, Mode]:
    """A report, its notes and coins in order, and its mode, if it can be true.

    Raises `InvalidField`, `ModeNotTakenHere` or `DayClosed`.
    """
    mode = checked_mode(report.mode, report.mode_reference, report.mode_details, case.country)
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
    if report.tender:
        counted = checked_tender(report.tender, report.amount, is_cash=mode.is_cash)
        report = replace(report, tender=counted)
    return report, mode


def take(
    report: ReceiptReport,
    mode: Mode,
    case: CaseToPay,
    held: Held,
    now: datetime,
    *,
    lease: Lease | None = None,
    odd: Sequence[str] = (),
) -> Taken:
    """The receipt of a report that was `checked`: cash fills the till, as far as its limit, or the
    lease that the phone holds; the money pays the account's demands.

    `odd` is what is odd about cash for other reasons. Raises `InvalidField`, `OverCashLimit` or
    `PartNotTaken`.
    """
    till, move = held.till, None
    if mode.is_cash:
        move, of_till = _filling(report, till, lease)
        till, odd = _filled(till, move), (*of_till, *odd)
    today = local_day(now, case.zone)
    paid = case.terms.spread(report.amount.amount_minor, held.demands, today)
    if not report.is_fact:
        check_part(paid, held.demands, case)
    receipt = _receipt(report, case, held, paid, till.headroom, odd, lease, now)
    left = open_after(held.demands, receipt)
    return Taken(
        report=report,
        case=case,
        receipt=receipt,
        demanded=demanded_by(local_day(receipt.taken_at, case.zone), held.demands, case.currency),
        move=move,
        entry=receipt_entry(
            receipt.id, mode.debit, till.agent_id, receipt.amount, receipt.suspense
        ),
        payment=payment_of(case, held.demands, receipt, now),
        lease=lease,
        held=Held(till, replace(held.number, number=held.number.number + 1), left),
    )


def open_after(demands: Sequence[OpenDemand], receipt: Receipt) -> tuple[OpenDemand, ...]:
    """The demands that a receipt leaves open, in their order."""
    paid = {part.demand_id: part.amount.amount_minor for part in receipt.allocations}
    after = (
        replace(d, paid_minor=d.paid_minor + paid[d.id]) if d.id in paid else d for d in demands
    )
    return tuple(d for d in after if d.unpaid_minor)


def _filling(
    report: ReceiptReport, till: Till, lease: Lease | None
) -> tuple[Move, tuple[str, ...]]:
    """How cash fills the till, and the flags of it. What is a fact is never refused."""
    amount = report.amount
    if amount.currency != till.currency:
        raise InvalidField(
            "amount.currency",
            say("{currency} for cash, the till's currency", currency=till.currency),
        )
    minor = amount.amount_minor
    if not report.is_fact:
        if amount > till.headroom:
            raise OverCashLimit(till.headroom, till.limit, amount, till.blocked_for)
        return Move(till.agent_id, minor), ()
    freed, is_breach = 0, not till.has_room_for(amount)
    if lease:
        filled = fill(lease, amount)
        freed = filled.from_reserve.amount_minor
        is_breach = filled.over or not till.has_room_for(amount - filled.from_reserve)
    move = Move(
        till.agent_id, minor, reserved_minor=-freed, is_fact=True,
        block=Blocked.LIMIT_BREACH if is_breach else None,
    )  # fmt: skip
    return move, (LIMIT_BREACH,) if is_breach else ()


def _filled(till: Till, move: Move) -> Till:
    return replace(
        till,
        in_hand=till.in_hand + Money(move.in_hand_minor, till.currency),
        reserved=till.reserved + Money(move.reserved_minor, till.currency),
        blocked_for=move.block or till.blocked_for,
    )


def _receipt(
    report: ReceiptReport,
    case: CaseToPay,
    held: Held,
    paid: Waterfall,
    headroom: Money,
    odd: Sequence[str],
    lease: Lease | None,
    now: datetime,
) -> Receipt:
    place = place_of(report.fix, report.taken_at, case.door, report.why_no_fix)
    return Receipt(
        id=report.id,
        number=held.number,
        case_id=report.case_id,
        amount=report.amount,
        mode=report.mode,
        mode_reference=report.mode_reference,
        taken_at=report.taken_at,
        received_at=now,
        distance_m=place.distance_m,
        flags=(
            *flags_of(held.demands, paid, takes_parts=case.terms.partial_payments),
            *place.flags,
            *odd,
            *report.flags,
            *(report.loan_card.flags if report.loan_card else ()),
        ),
        allocations=allocations_of(paid, held.demands, case.currency),
        advance=Money(paid.advance_minor, case.currency),
        suspense=Money(paid.suspense_minor, case.currency),
        outstanding=outstanding_after(report.amount, paid, held.demands),
        headroom=headroom,
        provisional_number=(
            lease.number_text(report.offline.number) if lease and report.offline else report.leaf
        ),
        mode_details=report.mode_details,
        loan_card=report.loan_card,
        tender=report.tender,
        amount_words=report.amount_words,
    )
