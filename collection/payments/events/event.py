"""What a gateway tells of a payment, and what follows from it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from collection.payments.errors import EventUnreadable
from core.errors import DomainError
from core.money import Money

PAID, FAILED = "payment.paid", "payment.failed"
AMOUNT_DIFFERS, LINK_OVER = "amount_differs", "link_over"
"""Flags of receipts: other than what was begun; after the link had ended."""


class Outcome(StrEnum):
    """What came of an event."""

    PAID = "paid"
    FAILED = "failed"
    PAID_ALREADY = "paid_already"
    IGNORED = "ignored"
    UNKNOWN_PAYMENT = "unknown_payment"
    OTHER_CURRENCY = "other_currency"


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """An event about a payment. Only what came in has an `amount`, a `mode` and a `reference`.

    `body` is all that was told.
    """

    id: str
    kind: str
    payment_id: UUID | None
    amount: Money | None
    mode: str | None
    reference: str | None
    body: Mapping[str, Any]


def read_event(event_id: str, body: bytes) -> GatewayEvent:
    """An event as a gateway sends it. Raises `EventUnreadable` that names what is missing."""
    try:
        told = json.loads(body)
    except ValueError:
        raise EventUnreadable("body", "a JSON object") from None
    if not isinstance(told, dict) or not isinstance(told.get("type"), str):
        raise EventUnreadable("type", f"a text, such as {PAID}")
    kind, about = told["type"][:100], told.get("data")
    if kind not in (PAID, FAILED):
        return GatewayEvent(event_id, kind, None, None, None, None, told)
    if not isinstance(about, dict):
        raise EventUnreadable("data", "an object")
    try:
        payment_id = UUID(str(about.get("payment_id")))
    except ValueError:
        raise EventUnreadable("data.payment_id", "the id that we gave the payment") from None
    if kind == FAILED:
        return GatewayEvent(event_id, kind, payment_id, None, None, None, told)
    return GatewayEvent(
        event_id, kind, payment_id, _amount(about), str(about.get("mode", ""))[:20],
        _reference(about), told,
    )  # fmt: skip


def _amount(about: Mapping[str, Any]) -> Money:
    minor = about.get("amount_minor")
    if type(minor) is not int or not 0 < minor <= 10**15:
        raise EventUnreadable("data.amount_minor", "what came in, in minor units, a whole number")
    try:
        return Money(minor, str(about.get("currency")))
    except DomainError:
        raise EventUnreadable("data.currency", "three capital letters of ISO 4217") from None


def _reference(about: Mapping[str, Any]) -> str:
    reference = about.get("reference")
    if not isinstance(reference, str) or not 1 <= len(reference) <= 64 or "\0" in reference:
        raise EventUnreadable("data.reference", "the RRN or the like, 1 to 64 characters")
    return reference


def outcome_of(event: GatewayEvent, begun: Money | None, state: str) -> Outcome:
    """What an event does to a payment: `begun` is its amount (None when there is no such payment).

    Events come late, twice and in any order. What came in stays; a failure before or after it
    changes nothing.
    """
    if event.kind not in (PAID, FAILED):
        return Outcome.IGNORED
    if begun is None:
        return Outcome.UNKNOWN_PAYMENT
    if state == "paid":
        return Outcome.PAID_ALREADY if event.kind == PAID else Outcome.IGNORED
    if event.kind == FAILED:
        return Outcome.FAILED if state == "started" else Outcome.IGNORED
    assert event.amount is not None
    return Outcome.PAID if event.amount.currency == begun.currency else Outcome.OTHER_CURRENCY
