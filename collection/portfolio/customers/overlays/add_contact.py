"""Add a number, an e-mail or a house address to a customer; the source's stay as they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.errors import CustomerNotFound
from collection.field_notes.disposition import Person
from collection.portfolio.customers.overlays import store
from collection.portfolio.customers.overlays.contact_value import ContactKind, contact_value
from collection.portfolio.customers.overlays.errors import (
    AddressKnown,
    ContactKnown,
    ContactNotFound,
    OwnContact,
)
from data.session import Session


@dataclass(frozen=True, slots=True)
class NewContact:
    """A number or an e-mail address, and whose it is."""

    kind: ContactKind
    value: str
    relation: Person
    person_name: str | None


async def add_contact(
    session: Session, customer_id: UUID, new: NewContact, by: UUID, now: datetime
) -> UUID:
    """Add a contact; its id. Raises `CustomerNotFound`, `InvalidField` or `ContactKnown`."""
    customer = await store.customer(session, customer_id)
    if customer is None:
        raise CustomerNotFound(str(customer_id))
    value = contact_value(new.kind, new.value, customer.country)
    contact_id = await store.add_contact(
        session, branch_id=customer.branch_id, customer_id=customer_id, kind=new.kind.value,
        value=value, relation=new.relation.value, person_name=new.person_name, source="desk",
        added_at=now, added_by=by,
    )  # fmt: skip
    if contact_id is None:
        raise ContactKnown(value)
    return contact_id


async def verify_contact(session: Session, contact_id: UUID, by: UUID, now: datetime) -> None:
    """Say that a contact is right, as another person than who added it.

    Raises `ContactNotFound` or `OwnContact`.
    """
    known = await store.standing_contact(session, contact_id)
    if known is None:
        raise ContactNotFound(str(contact_id))
    if known.added_by == by:
        raise OwnContact(str(contact_id))
    await store.verify_contact(session, contact_id, by, now)


async def end_contact(
    session: Session, contact_id: UUID, because: str, by: UUID, now: datetime
) -> None:
    """Say that an added contact is none any more. Raises `ContactNotFound`."""
    if not await store.end_contact(session, contact_id, because, by, now):
        raise ContactNotFound(str(contact_id))


async def add_address(
    session: Session, customer_id: UUID, line: str, locality: str | None, pincode: str | None
) -> UUID:
    """Add where a customer can be found, too; its id.

    Raises `CustomerNotFound` or `AddressKnown`.
    """
    customer = await store.customer(session, customer_id)
    if customer is None:
        raise CustomerNotFound(str(customer_id))
    address_id = await store.add_address(
        session, branch_id=customer.branch_id, customer_id=customer_id, line=line,
        locality=locality, pincode=pincode,
    )  # fmt: skip
    if address_id is None:
        raise AddressKnown(line)
    return address_id
