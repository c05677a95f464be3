"""Which number a case's customer is called at."""

from datetime import date
from uuid import UUID

from collection.errors import CaseNotFound
from collection.portfolio.customers import store
from collection.portfolio.customers.overlays.contact_value import ContactKind
from collection.portfolio.customers.overlays.errors import ContactNotFound, NumberNotToBeUsed
from data.session import Session


async def number_to_call(
    session: Session, case_id: UUID, contact_id: UUID | None, day: date
) -> str:
    """The number of an added contact, or without one the source's own, as it is dialed.

    Raises `CaseNotFound`, `ContactNotFound`, or `NumberNotToBeUsed` for one that is not to be used.
    """
    customer_id = await store.customer_of_case(session, case_id)
    if customer_id is None:
        raise CaseNotFound(str(case_id))
    ids = [record.id for record in await store.records(session, customer_id)]
    for contact in await store.contacts(session, ids, day):
        if contact.id == contact_id and contact.kind == ContactKind.PHONE:
            if contact.excluded:
                raise NumberNotToBeUsed(tuple(contact.excluded))
            return "".join(c for c in contact.value if c in "+0123456789")
    raise ContactNotFound(str(contact_id or "the customer's own number"))
