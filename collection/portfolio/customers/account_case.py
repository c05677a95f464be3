"""An account with the work on it."""

from dataclasses import dataclass
from uuid import UUID

from core.money import Money


@dataclass(frozen=True, slots=True)
class AccountCase:
    """An account with the work on it."""

    account_id: UUID
    case_id: UUID | None
    customer_id: UUID
    source_ref: str
    product_code: str
    principal_outstanding: Money
    outstanding: Money
    overdue: Money
    stage: str | None
    closure: str | None
    bucket: str | None
    dpd: int | None
    agent: str | None
