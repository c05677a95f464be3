"""Confirmations of balances as values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A payer to be asked: what the books state, and what the payer told (None: not asked yet).

    `agent_id` is who took the payer's last cash, and is not the one who asks; `asker` is the
    name of whoever did, None to those who do not see them.
    """

    id: UUID
    branch_id: UUID
    case_id: UUID
    customer: str
    agent_id: UUID
    agent: str
    stated: Money
    drawn_at: datetime
    told: Money | None
    note: str | None
    answered_at: datetime | None
    answered_by: UUID | None
    asker: str | None

    @property
    def agrees(self) -> bool | None:
        """Whether payer and books say the same; None while the payer has not been asked."""
        return None if self.told is None else self.told == self.stated
