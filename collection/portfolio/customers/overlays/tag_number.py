"""Keep a number from being used, with a reason, for a time or until somebody lifts it."""

from datetime import date, datetime
from uuid import UUID

from collection.errors import CustomerNotFound
from collection.portfolio.customers.overlays import store
from collection.portfolio.customers.overlays.contact_value import (
    ContactKind,
    Exclusion,
    contact_value,
)
from collection.portfolio.customers.overlays.errors import NumberTagged, NumberTagNotFound
from core.errors import InvalidField
from core.said import say
from data.session import Session


async def tag_number(
    session: Session,
    customer_id: UUID,
    number: str,
    word: Exclusion,
    reason: str,
    until: date | None,
    by: UUID,
    now: datetime,
) -> UUID:
    """Put a word on a customer's number, the source's or an added one; its id.

    Raises `CustomerNotFound`, `InvalidField` or `NumberTagged`.
    """
    customer = await store.customer(session, customer_id)
    if customer is None:
        raise CustomerNotFound(str(customer_id))
    if until is not None and until < now.date():
        raise InvalidField(
            "until", say("{date} or later, or nothing: until it is lifted", date=now.date())
        )
    # The source's number may be in any form, and is never put into another.
    is_source = number == customer.phone
    value = number if is_source else contact_value(ContactKind.PHONE, number, customer.country)
    await store.lift_past_tags(session, customer_id, value, now.date())
    tag_id = await store.add_tag(
        session, branch_id=customer.branch_id, customer_id=customer_id, value=value,
        word=word.value, reason=reason, until=until, set_at=now, set_by=by,
    )  # fmt: skip
    if tag_id is None:
        raise NumberTagged(value, word.value)
    return tag_id


async def lift_tag(session: Session, tag_id: UUID, by: UUID, now: datetime) -> None:
    """Take a word from a number; that it stood is kept. Raises `NumberTagNotFound`."""
    if not await store.lift_tag(session, tag_id, by, now):
        raise NumberTagNotFound(str(tag_id))
