"""Tills: how much cash an agent holds, and how much more may be taken."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.money import Money


class Blocked(StrEnum):
    """Why an agent takes no more cash until some is handed over."""

    LIMIT_BREACH = "limit_breach"
    AGED_CASH = "aged_cash"


@dataclass(frozen=True, slots=True)
class Till:
    """An agent's cash custody.

    `reserved` is promised to receipts that are not in yet, `pending` was handed over and frees the
    limit once it is proven; `in_transit` is all that was handed over and is not proven yet.
    """

    agent_id: UUID
    branch_id: UUID
    in_hand: Money
    reserved: Money
    pending: Money
    in_transit: Money
    limit: Money
    blocked_for: Blocked | None = None

    @property
    def currency(self) -> str:
        """The one currency that the till holds."""
        return self.limit.currency

    @property
    def headroom(self) -> Money:
        """How much more cash may be taken: nothing while the till is blocked or over its limit."""
        nothing = Money(0, self.currency)
        room = self.limit - self.in_hand - self.reserved - self.pending
        return nothing if self.blocked_for or room < nothing else room

    def has_room_for(self, amount: Money) -> bool:
        """Whether this much more would be within the limit, blocked or not."""
        return amount <= self.limit - self.in_hand - self.reserved - self.pending


@dataclass(frozen=True, slots=True)
class Move:
    """By how much what an agent's till holds changes; negative is less.

    `is_fact` is for what has happened and cannot be refused: it may go above the limit, never
    below nothing. `block` has the agent take no more cash; what is handed over ends that, once
    the till is within its limit.
    """

    agent_id: UUID
    in_hand_minor: int = 0
    reserved_minor: int = 0
    pending_minor: int = 0
    in_transit_minor: int = 0
    is_fact: bool = False
    block: Blocked | None = None
