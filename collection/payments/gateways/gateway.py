"""What a payment gateway is to us."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class Checkout:
    """A payment to be made. `return_url` is where the customer comes back to.

    The same `payment_id` again is the same payment.
    """

    payment_id: UUID
    amount: Money
    about: str
    return_url: str


@dataclass(frozen=True, slots=True)
class CheckoutPage:
    """Where the customer pays, and the gateway's own name for the payment."""

    url: str
    gateway_ref: str


class Gateway(Protocol):
    """Where customers pay."""

    name: str

    async def checkout(self, wanted: Checkout) -> CheckoutPage:
        """A page on which the customer can pay. Raises `GatewayAway`."""
