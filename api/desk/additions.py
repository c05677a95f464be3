"""What the desk adds to a customer beside the source: contacts, addresses, words on numbers,
records that are seen as one."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api import numbers
from api.deps import Desk, Now, Read, Supervisor, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, Text
from collection.errors import CustomerNotFound
from collection.field_notes.disposition import Person
from collection.portfolio.customers.overlays import store
from collection.portfolio.customers.overlays.add_contact import (
    NewContact,
    add_address,
    add_contact,
    end_contact,
    verify_contact,
)
from collection.portfolio.customers.overlays.contact_value import ContactKind, Exclusion
from collection.portfolio.customers.overlays.merge_customers import merge_customers, undo_merge
from collection.portfolio.customers.overlays.tag_number import lift_tag, tag_number

router = Router(prefix="/v1", tags=["desk: customers"])

Number = Annotated[str, Field(min_length=3, max_length=40, pattern=r"^[^\x00]*$")]


class IdAnswer(Answer):
    """The id of what was added."""

    id: UUID


class ContactBody(Body):
    """A number as it is dialed in the branch's country or with its country code, or an e-mail
    address; and whose it is."""

    kind: ContactKind
    value: Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^\x00]*$")]
    relation: Person = Person.CUSTOMER
    person_name: Text | None = None


class AddressBody(Body):
    """Where the customer can be found, too."""

    line: Text
    locality: Text | None = None
    pincode: Annotated[str, Field(min_length=2, max_length=20)] | None = None


class ReasonBody(Body):
    """Why."""

    reason: Text


class NumberTagBody(Body):
    """Why a number is not to be used, through a last day or until it is lifted."""

    value: Number
    word: Exclusion
    reason: Text
    until: Day | None = None


class NumberTagAnswer(Answer):
    """A word on a number, as long as it stood."""

    id: UUID
    value: numbers.Number
    word: Exclusion
    reason: str
    until: date | None
    set_at: Instant
    set_by: UUID
    lifted_at: Instant | None
    lifted_by: UUID | None


class MergeBody(Body):
    """The record that is seen as part of this one from now on."""

    merged_id: UUID
    reason: Text


@router.post("/customers/{id}/contacts", status_code=201)
async def post_contact(
    id: UUID,  # noqa: A002
    body: ContactBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> IdAnswer:
    """Add a number or an e-mail address. The source's own stay as they are."""
    new = NewContact(body.kind, body.value, body.relation, body.person_name)
    return IdAnswer(id=await add_contact(session, id, new, caller.id, now))


@router.post("/contacts/{id}/verify", status_code=204)
async def post_verify(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Tx,
    now: Now,
) -> None:
    """Say that an added contact is right. Another person than who added it does."""
    await verify_contact(session, id, caller.id, now)


@router.post("/contacts/{id}/end", status_code=204)
async def post_end(
    id: UUID,  # noqa: A002
    body: ReasonBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> None:
    """Say that an added contact is none any more, and why. That it was one is kept."""
    await end_contact(session, id, body.reason, caller.id, now)


@router.post("/customers/{id}/addresses", status_code=201)
async def post_address(
    id: UUID,  # noqa: A002
    body: AddressBody,
    caller: Desk,
    session: Tx,
) -> IdAnswer:
    """Add where a customer can be found, too."""
    return IdAnswer(id=await add_address(session, id, body.line, body.locality, body.pincode))


@router.get("/customers/{id}/number-tags")
async def get_number_tags(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Read,
) -> list[NumberTagAnswer]:
    """All words on a customer's numbers, those of the past as well, the newest first."""
    if await store.customer(session, id) is None:
        raise CustomerNotFound(str(id))
    return [NumberTagAnswer.model_validate(tag) for tag in await store.tags(session, id)]


@router.post("/customers/{id}/number-tags", status_code=201)
async def post_number_tag(
    id: UUID,  # noqa: A002
    body: NumberTagBody,
    caller: Desk,
    session: Tx,
    now: Now,
) -> IdAnswer:
    """Keep a number from being used: it changed hands, is wrong, or is not to be used."""
    tag_id = await tag_number(
        session, id, body.value, body.word, body.reason, body.until, caller.id, now
    )
    return IdAnswer(id=tag_id)


@router.post("/number-tags/{id}/lift", status_code=204)
async def post_lift(
    id: UUID,  # noqa: A002
    caller: Desk,
    session: Tx,
    now: Now,
) -> None:
    """Let a number be used again."""
    await lift_tag(session, id, caller.id, now)


@router.post("/customers/{id}/merge", status_code=204)
async def post_merge(
    id: UUID,  # noqa: A002
    body: MergeBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """See another record of the same person as part of this one. Nothing moves."""
    await merge_customers(session, id, body.merged_id, body.reason, caller.id, now)


@router.post("/customers/{id}/unmerge", status_code=204)
async def post_unmerge(
    id: UUID,  # noqa: A002
    body: ReasonBody,
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> None:
    """Have a record that was merged into another be its own again."""
    await undo_merge(session, id, body.reason, caller.id, now)
