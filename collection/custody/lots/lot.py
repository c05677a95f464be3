"""Parts of receipts' cash as values."""

from dataclasses import dataclass
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a receipt's cash is in something: a deposit, a handover."""

    receipt_id: UUID
    amount: Money
