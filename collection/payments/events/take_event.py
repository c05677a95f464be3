"""Apply what a gateway tells of a payment: once, in whatever order it comes."""

from datetime import datetime

from collection.payments import store
from collection.payments.events.event import (
    AMOUNT_DIFFERS,
    LINK_OVER,
    GatewayEvent,
    Outcome,
    outcome_of,
    read_event,
)
from collection.receipts.collect_online import OnlineReport, collect_online
from data.alerts import raise_alert
from data.session import Session


async def take_event(
    session: Session, gateway: str, event_id: str, body: bytes, now: datetime
) -> Outcome:
    """What came of an event, for a session that sees everything.

    The same event again, or at the same time, gets the same answer and changes nothing. Money that
    came in is a receipt whatever else is odd: another amount than was begun, or a link that has
    ended, is flagged and told to the branch. Raises `EventUnreadable`.
    """
    event = read_event(event_id, body)
    before = await store.claim_event(session, gateway, event.id, event.kind, event.body, now)
    if before is not None:
        return Outcome(before)
    payment = None
    if event.payment_id:
        # Locked first and read then: what another event has just done must be seen.
        await store.lock_payment(session, event.payment_id)
        payment = await store.payment(session, event.payment_id, gateway)
    outcome = outcome_of(
        event, payment.amount if payment else None, payment.state if payment else ""
    )
    if payment:
        await _act(session, outcome, payment, event, now)
    known_id = payment.id if payment else None
    await store.note_outcome(session, gateway, event.id, known_id, outcome.value)
    return outcome


async def _act(
    session: Session, outcome: Outcome, payment: store.Payment, event: GatewayEvent, now: datetime
) -> None:
    match outcome:
        case Outcome.PAID:
            await _receive(session, payment, event, now)
        case Outcome.FAILED:
            await store.settle(session, payment.id, "failed", now)
        case Outcome.PAID_ALREADY if event.reference != payment.receipt_reference:
            told = f"{event.amount} came in again, with the reference {event.reference}"
            await _alert(session, payment, "The gateway says twice that it was paid", told, now)
        case Outcome.OTHER_CURRENCY:
            told = f"{event.amount} came in where {payment.amount} was begun; there is no receipt"
            await _alert(session, payment, "A payment came in another currency", told, now)


async def _receive(
    session: Session, payment: store.Payment, event: GatewayEvent, now: datetime
) -> None:
    assert event.amount is not None
    assert event.mode is not None
    assert event.reference is not None
    odd = {
        AMOUNT_DIFFERS: event.amount != payment.amount,
        LINK_OVER: now >= payment.link_ends_at,
    }
    flags = tuple(flag for flag, holds in odd.items() if holds)
    report = OnlineReport(
        payment.id, payment.branch_id, payment.case_id, event.amount, event.mode, event.reference,
        flags,
    )  # fmt: skip
    receipt = await collect_online(session, report, now)
    await store.settle(session, payment.id, "paid", now)
    if AMOUNT_DIFFERS in flags:
        told = f"{event.amount} came in where {payment.amount} was begun: {receipt.number.text}"
        await _alert(session, payment, "A payment online is of another amount", told, now)


async def _alert(
    session: Session, payment: store.Payment, title: str, detail: str, now: datetime
) -> None:
    await raise_alert(
        session, payment.branch_id, "online_payment", payment.id, title, detail, now,
        case_id=payment.case_id,
    )  # fmt: skip
