"""Reversals of receipts as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.money import Money


class State(StrEnum):
    """Where a reversal stands. Nothing moves until another person approves it."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Reversal:
    """That a receipt be undone.

    `taken_by` is the name of who took it, an agent or (without `agent_id`) somebody at the branch;
    `asker` that of who wants it undone.
    `from_hand` is the cash that left the agent's till again; what had gone on before waits to be
    refunded. Both are nothing until it is approved.
    """

    id: UUID
    receipt_id: UUID
    number: str
    customer: str
    agent_id: UUID | None
    taken_by: str
    amount: Money
    reason: str
    asked_by: UUID
    asker: str
    asked_at: datetime
    state: State
    settled_at: datetime | None
    settled_by: UUID | None
    from_hand: Money
