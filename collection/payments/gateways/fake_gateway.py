"""A gateway of our own for demonstrations and tests: its page is ours, and no money moves."""

import hashlib
import hmac
import json
from datetime import datetime
from uuid import UUID

from collection.payments.gateways.gateway import Checkout, CheckoutPage
from collection.payments.gateways.webhook import signature
from core.money import Money


class FakeGateway:
    """Sends customers to ``/pay/checkout/…``, and signs what it tells as a real one does."""

    name = "fake"

    def __init__(self, key: bytes) -> None:
        self.secret = hmac.new(key, b"roundsman fake gateway", hashlib.sha256).digest()

    async def checkout(self, wanted: Checkout) -> CheckoutPage:
        """The page on which to pretend to pay."""
        return CheckoutPage(f"/pay/checkout/{wanted.payment_id}", f"fake-{wanted.payment_id}")

    def event(
        self, payment_id: UUID, amount: Money, kind: str, event_id: str, wall: datetime
    ) -> tuple[dict[str, str], bytes]:
        """The headers and the body by which it tells of a payment."""
        body = json.dumps(
            {
                "type": kind,
                "data": {
                    "payment_id": str(payment_id),
                    "amount_minor": amount.amount_minor,
                    "currency": amount.currency,
                    "mode": "card",
                    "reference": f"{payment_id.int % 10**12:012d}",
                },
            }
        ).encode()
        stamp = int(wall.timestamp())
        headers = {
            "webhook-id": event_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(self.secret, event_id, stamp, body),
        }
        return headers, body
