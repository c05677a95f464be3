"""What a phone, or the desk for it, says of money that was taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from collection.receipts.loan_card import LoanCard
from collection.receipts.place import NoFix
from collection.receipts.tender import Tender
from core.fix import Fix
from core.money import Money


@dataclass(frozen=True, slots=True)
class Offline:
    """That a receipt was taken offline, under which lease, and its provisional number there."""

    lease_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class ReceiptReport:
    """What the phone sends: its own id for the fact, and the fix that it shows with it. `flags` say
    what is odd about how it came in; `leaf` is the number of a book's leaf, where it was written
    down there and comes in later."""

    id: UUID
    case_id: UUID
    amount: Money
    mode: str
    mode_reference: str | None
    taken_at: datetime
    fix: Fix | None
    body_hash: bytes
    offline: Offline | None = None
    mode_details: Mapping[str, str] = field(default_factory=dict)
    loan_card: LoanCard | None = None
    one_time_code: str | None = None
    tender: Tender | None = None
    amount_words: str | None = None
    flags: tuple[str, ...] = ()
    leaf: str | None = None
    why_no_fix: NoFix | None = None

    @property
    def is_fact(self) -> bool:
        """Whether the customer has a receipt already, so that nothing of it can be refused."""
        return self.offline is not None or self.leaf is not None
