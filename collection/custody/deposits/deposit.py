"""Deposits as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.custody.denominations import Denomination
from collection.custody.lots.lot import Part
from core.money import Money


class Target(StrEnum):
    """Where cash is handed over."""

    BRANCH = "branch"
    BANK = "bank"


class Refresh(StrEnum):
    """When a deposit frees the agent's limit (the policy `limit_refresh_on`)."""

    POSTED = "posted"
    ACKNOWLEDGED = "acknowledged"
    RECONCILED = "reconciled"


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit as it was posted.

    `left_in_hand` is what stayed with the agent, `covers` the receipts whose cash this is.
    `frees_at_once` tells whether the limit had that room again at once.
    """

    id: UUID
    amount: Money
    denominations: tuple[Denomination, ...]
    target: Target
    slip_no: str | None
    deposited_at: datetime
    posted_at: datetime
    left_in_hand: Money
    covers: tuple[Part, ...]
    frees_at_once: bool


def frees_at_once(
    refresh: Refresh, target: Target, amount: Money, in_transit: Money, cap: Money
) -> bool:
    """Whether a deposit gives its room back when it is posted, or only once it is proven.

    Nobody counts cash that was paid in at a bank: with ``acknowledged`` its slip is enough, with
    ``reconciled`` only the bank's statement. And whatever the policy, no more than `cap` may be on
    its way unproven: else a slip that is false would free the limit for ever.
    """
    if cap < in_transit + amount:
        return False
    if refresh is Refresh.ACKNOWLEDGED:
        return target is Target.BANK
    return refresh is Refresh.POSTED
