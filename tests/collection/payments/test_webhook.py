"""Who may tell us of payments, and what follows from what they tell."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from collection.payments.errors import EventUnreadable, LinkNotOpen, NotFromGateway, NotThisAmount
from collection.payments.events.event import FAILED, PAID, GatewayEvent, outcome_of, read_event
from collection.payments.gateways.webhook import checked_id, secret_of, signature
from collection.payments.links.link import PaymentLink, State
from core.money import Money

SECRET = bytes(range(32))
WALL = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
BODY = b'{"type": "payment.paid"}'
ID = UUID("01a21d3f-b7f1-77fe-9103-3ddf1dc748d6")


def headers(
    *, body: bytes = BODY, secret: bytes = SECRET, late_s: int = 0, event_id: str = "evt_1"
) -> dict[str, str]:
    stamp = int(WALL.timestamp()) - late_s
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(secret, event_id, stamp, body),
    }


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of https://github.com/standard-webhooks/standard-webhooks, libraries' own tests.
    secret = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("late_s", [0, 299, -299])
def test_what_the_gateway_signed_lately_is_taken(late_s: int) -> None:
    assert checked_id([SECRET], headers(late_s=late_s), BODY, WALL) == "evt_1"


def test_either_of_two_secrets_will_do_while_one_takes_over() -> None:
    old = SECRET[::-1]
    assert checked_id([SECRET, old], headers(secret=old), BODY, WALL) == "evt_1"
    given = headers()
    given["webhook-signature"] = f"v1,AAAA {given['webhook-signature']}"
    assert checked_id([SECRET], given, BODY, WALL) == "evt_1"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"webhook-id": "evt_2"}, "signature"),
        ({"webhook-id": ""}, "Send webhook-id"),
        ({"webhook-timestamp": "soon"}, "seconds since"),
        ({"webhook-timestamp": str(int(WALL.timestamp()) - 301)}, "five minutes"),
        ({"webhook-timestamp": str(int(WALL.timestamp()) + 301)}, "five minutes"),
        ({"webhook-timestamp": str(int(WALL.timestamp()) - 1)}, "signature"),
        ({"webhook-signature": "v1,AAAA"}, "signature"),
        ({"webhook-signature": "é"}, "signature"),
        ({"webhook-signature": ""}, "Send webhook-id"),
    ],
)
def test_what_it_did_not_sign_or_long_ago_is_refused(changed: dict[str, str], said: str) -> None:
    with pytest.raises(NotFromGateway, match=said):
        checked_id([SECRET], headers() | changed, BODY, WALL)
    with pytest.raises(NotFromGateway, match="signature"):
        checked_id([SECRET], headers(), BODY + b" ", WALL)
    with pytest.raises(NotFromGateway, match="signature"):
        checked_id([], headers(), BODY, WALL)


@pytest.mark.parametrize("written", ["whsec_", "whsec_AAAA", "whsec_%%%", b64encode(b"x").decode()])
def test_a_secret_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        secret_of(written)


def told(**changed: Any) -> bytes:
    about = {
        "payment_id": str(ID), "amount_minor": 500, "currency": "CLP", "mode": "card",
        "reference": "A1B2C3",
    } | changed  # fmt: skip
    return json.dumps({"type": PAID, "data": about}).encode()


def test_an_event_is_read_with_all_that_it_tells() -> None:
    event = read_event("evt_1", told())
    assert (event.payment_id, event.amount, event.mode, event.reference) == (
        ID, Money(500, "CLP"), "card", "A1B2C3",
    )  # fmt: skip
    other = read_event("evt_2", b'{"type": "payout.made", "data": {}}')
    assert (other.kind, other.payment_id) == ("payout.made", None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"nonsense", "body"), (b"[]", "type"), (b'{"type": 7}', "type"),
        (b'{"type": "payment.paid"}', "data"), (told(payment_id="7"), "data.payment_id"),
        (told(amount_minor=0), "data.amount_minor"), (told(amount_minor=1.5), "data.amount_minor"),
        (told(amount_minor=True), "data.amount_minor"), (told(currency="clp"), "data.currency"),
        (told(reference=""), "data.reference"), (told(reference=None), "data.reference"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_used_is_refused_by_name(body: bytes, field: str) -> None:
    with pytest.raises(EventUnreadable) as refused:
        read_event("evt_1", body)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "state", "outcome"),
    [
        (PAID, "started", "paid"),
        (PAID, "failed", "paid"),  # out of order: what came in counts
        (PAID, "paid", "paid_already"),
        (FAILED, "started", "failed"),
        (FAILED, "failed", "ignored"),
        (FAILED, "paid", "ignored"),
        ("payout.made", "started", "ignored"),
    ],
)
def test_events_in_any_order_leave_what_came_in(kind: str, state: str, outcome: str) -> None:
    amount = Money(500, "CLP") if kind == PAID else None
    event = GatewayEvent("evt_1", kind, ID, amount, "card", "A1", {})
    assert outcome_of(event, Money(500, "CLP"), state) == outcome


def test_a_payment_that_we_do_not_know_or_of_another_currency_pays_nothing() -> None:
    event = GatewayEvent("evt_1", PAID, ID, Money(500, "USD"), "card", "A1", {})
    assert outcome_of(event, None, "") == "unknown_payment"
    assert outcome_of(event, Money(500, "CLP"), "started") == "other_currency"


def a_link(*, paid: int = 0, is_part: bool = False, is_withdrawn: bool = False) -> PaymentLink:
    return PaymentLink(
        ID, ID, ID, Money(1000, "CLP"), is_part, WALL, ID, WALL + timedelta(hours=1),
        WALL if is_withdrawn else None, Money(paid, "CLP"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("link", "amount", "is_allowed"),
    [
        (a_link(), 1000, True),
        (a_link(), 999, False),
        (a_link(), 1001, False),
        (a_link(is_part=True), 1, True),
        (a_link(is_part=True), 0, False),
        (a_link(is_part=True, paid=400), 600, True),
        (a_link(is_part=True, paid=400), 601, False),
    ],
)
def test_a_link_is_paid_exactly_or_in_parts(
    link: PaymentLink, amount: int, is_allowed: bool
) -> None:
    if is_allowed:
        link.check_payment(Money(amount, "CLP"), WALL)
        return
    with pytest.raises(NotThisAmount):
        link.check_payment(Money(amount, "CLP"), WALL)


def test_a_link_ends_when_it_is_paid_withdrawn_or_its_time_is_over() -> None:
    assert a_link().state(WALL) is State.OPEN
    assert a_link().state(WALL + timedelta(hours=1)) is State.EXPIRED
    assert a_link(is_withdrawn=True).state(WALL) is State.WITHDRAWN
    assert a_link(paid=1200).state(WALL) is State.PAID
    for over in (a_link(paid=1000), a_link(is_withdrawn=True)):
        with pytest.raises(LinkNotOpen):
            over.check_payment(Money(1000, "CLP"), WALL)
    with pytest.raises(NotThisAmount, match="CLP"):
        a_link().check_payment(Money(1000, "USD"), WALL)
