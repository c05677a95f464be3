"""SQL that all of privacy shares."""

from uuid import UUID

from collection.errors import CustomerNotFound
from data.session import Session, rows


async def branch_of(session: Session, customer_id: UUID) -> UUID:
    """The branch of a customer in scope. Raises `CustomerNotFound`."""
    found = await rows(session, "SELECT branch_id FROM customer WHERE id = :id", id=customer_id)
    if not found:
        raise CustomerNotFound(str(customer_id))
    branch_id: UUID = found[0].branch_id
    return branch_id
