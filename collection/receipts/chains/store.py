"""SQL of chains of receipts; the database makes them as receipts are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class Break:
    """The first receipt of a series that does not continue the one before it."""

    branch_id: UUID
    series_id: UUID
    prefix: str
    number: int

    @property
    def text(self) -> str:
        """Its number as it is printed."""
        return f"{self.prefix}-{self.number:06d}"


async def breaks(session: Session) -> Sequence[Break]:
    """The series in scope whose chain is broken, and where; reads every receipt of them."""
    return [Break(*r) for r in await rows(session, "SELECT * FROM receipt_chain_breaks()")]
