"""Deposits as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.custody.denominations import Denomination
from core.money import Money


class Target(StrEnum):
    """Where cash is handed over."""

    BRANCH = "branch"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit as it was posted. `left_in_hand` is what stayed with the agent."""

    id: UUID
    amount: Money
    denominations: tuple[Denomination, ...]
    target: Target
    slip_no: str | None
    deposited_at: datetime
    posted_at: datetime
    left_in_hand: Money
