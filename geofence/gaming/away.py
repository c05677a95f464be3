"""Receipts that were taken far from the customer whom they are for."""

from dataclasses import dataclass
from uuid import UUID

LEAST_M = 500.0
"""Nearer, the customer may have been met in the street, at the shop or at the corner."""

UNKNOWN_M = 100.0
COARSEST_M = 200.0


@dataclass(frozen=True, slots=True)
class ReceiptClaim:
    """A receipt with its fix: how far that is from the door, as far as the fence trusts it.

    `visited` tells whether pings show the agent at that customer's place on the day at all.
    """

    id: UUID
    number: str
    at_s: float
    distance_m: float
    accuracy_m: float | None
    radius_m: float
    visited: bool


def beyond_m(receipt: ReceiptClaim) -> float | None:
    """How far beyond the fence and the fix's error a receipt was taken; None when that is not far.

    The error counts twice, for phones are optimists; a fix that is known to no better than 200 m
    says nothing.
    """
    accuracy_m = receipt.accuracy_m or UNKNOWN_M
    beyond = receipt.distance_m - receipt.radius_m - 2 * accuracy_m
    return beyond if accuracy_m <= COARSEST_M and beyond >= LEAST_M else None
