"""Cash that has been in somebody's hands for a while."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps an agent's cash by night, and where."""

    name: str
    place: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AgedCash:
    """An agent's cash: since when the oldest of it is there, and for how many banking hours.

    `limit_h` is what the branch's policy allows, 0 for any. `keeper` is who has it by night.
    """

    branch_id: UUID
    agent_id: UUID
    agent: str
    amount: Money
    oldest_at: datetime
    banking_h: float
    limit_h: int
    keeper: Keeper | None

    @property
    def is_overdue(self) -> bool:
        """Whether no more may be taken until it is handed over."""
        return bool(self.limit_h) and self.banking_h > self.limit_h
