"""The people there are, and who of them is kept out."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BeforeValidator

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Admin, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from identity.errors import PersonNotFound
from identity.openings.open_account import Way, vouch_for
from identity.openings.store import openings
from identity.people import store
from identity.people.keep_out import let_in, suspend
from identity.people.person import State, Wanted
from identity.permission import Permission
from identity.principal import Role

router = Router(prefix="/v1/staff", tags=["admin: people"])


class PersonAnswer(Answer):
    """A person's account. `locked_until` is set after too many wrong passwords, `suspended_at` by
    an administrator; `seen_at` is when they signed in last. `is_vouched` is false once somebody
    alone has opened the account, until another administrator vouches for the person."""

    id: UUID
    branch_code: str
    branch: str
    role: Role
    composed_role: str | None
    full_name: str
    username: str
    phone: str | None
    state: State
    locked_until: Instant | None
    suspended_at: Instant | None
    seen_at: Instant | None
    is_vouched: bool


class OpeningAnswer(Answer):
    """That one person alone has opened an account: employed them for the office, handed out a code
    for their password, turned off their second factor, or said who they are at the provider. Then
    they count as one where two people are asked for, until somebody else vouches. Names are null
    for people of other branches, `vouched_by` is for who runs the server."""

    how: Way
    opened_by: UUID
    opened_by_name: str | None
    opened_at: Instant
    vouched_at: Instant | None
    vouched_by: UUID | None
    vouched_by_name: str | None


class PersonDetailAnswer(PersonAnswer):
    """The same, with what the person may do, and who has opened their account, the newest first."""

    permissions: list[Permission]
    openings: list[OpeningAnswer]


class PeopleAnswer(Answer):
    """A page of people, by name."""

    items: list[PersonAnswer]
    next_cursor: str | None


class SuspendBody(Body):
    """Why somebody is kept out."""

    reason: Text


class SuspendedAnswer(Answer):
    """Since when somebody is kept out."""

    id: UUID
    suspended_at: Instant


async def wanted_people(
    q: Annotated[
        str | None,
        Query(max_length=80, pattern=r"^[^\x00]*$", description="part of a name or user name"),
    ] = None,
    role: Annotated[
        str | None,
        Query(max_length=50, pattern=r"^[^\x00]*$", description="a role, or a composed one's name"),
    ] = None,
    branch: Annotated[str | None, Query(max_length=20, pattern=r"^[^\x00]*$")] = None,
    state: Annotated[State | None, BeforeValidator(lambda given: given or None)] = None,
    is_vouched: Annotated[bool | None, BeforeValidator(lambda given: given or None)] = None,
) -> Wanted:
    """Which people a query asks for."""
    return Wanted(q or None, role or None, branch or None, state, is_vouched)


@router.get("")
async def get_staff(
    caller: Admin,
    session: Read,
    now: Now,
    wanted: Annotated[Wanted, Depends(wanted_people)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PeopleAnswer:
    """The people of the caller's branches by name, those who left too."""
    after = keys_of(cursor, str)
    found = await store.people(session, wanted, now, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda person: (person.full_name, person.id))
    return PeopleAnswer(items=[PersonAnswer.model_validate(p) for p in page], next_cursor=behind)


@router.get("/{id}")
async def get_person(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    now: Now,
) -> PersonDetailAnswer:
    """One person, with what they may do, and who has opened their account."""
    found = await store.person(session, id, now)
    if found is None:
        raise PersonNotFound(str(id))
    told = PersonAnswer.model_validate(found).model_dump()
    opened = [OpeningAnswer.model_validate(each) for each in await openings(session, id)]
    return PersonDetailAnswer(**told, permissions=sorted(found.permissions), openings=opened)


@router.post("/{id}/suspend")
async def post_suspend(
    id: UUID,  # noqa: A002
    body: SuspendBody,
    request: Request,
    caller: Admin,
    session: Tx,
    now: Now,
) -> SuspendedAnswer:
    """Keep somebody out until they are let in again: all their sign-ins end at once. The reason
    goes on the audit trail."""
    request.state.reason = body.reason
    return SuspendedAnswer(id=id, suspended_at=await suspend(session, id, caller.id, now))


@router.post("/{id}/let-in", status_code=204)
async def post_let_in(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
) -> Response:
    """Let somebody in again who was suspended, or whom wrong passwords have locked out."""
    await let_in(session, id, caller.id)
    return Response(status_code=204)


@router.post("/{id}/vouch", status_code=204)
async def post_vouch(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> Response:
    """Say that somebody is who they are, and that nobody else can use their account: from now on
    they count as a person of their own. Who has opened the account cannot, nor can a program."""
    await vouch_for(session, id, caller, now)
    return Response(status_code=204)
