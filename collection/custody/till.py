"""Tills: how much cash an agent holds, and how much more he may take."""

from dataclasses import dataclass
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class Till:
    """An agent's cash custody. `reserved` is promised to receipts that are not in yet."""

    agent_id: UUID
    branch_id: UUID
    in_hand: Money
    reserved: Money
    limit: Money

    @property
    def currency(self) -> str:
        """The one currency that the till holds."""
        return self.limit.currency

    @property
    def headroom(self) -> Money:
        """How much more cash may be taken."""
        return self.limit - self.in_hand - self.reserved
