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
from identity.people import store
from identity.people.keep_out import let_in, suspend
from identity.people.person import State, Wanted
from identity.permission import Permission
from identity.principal import Role

router = Router(prefix="/v1/staff", tags=["admin: people"])


class PersonAnswer(Answer):
    """A person's account. `locked_until` is set after too many wrong passwords, `suspended_at` by
    an administrator; `seen_at` is when they signed in last."""

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


class PersonDetailAnswer(PersonAnswer):
    """The same, with what the person may do."""

    permissions: list[Permission]


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
) -> Wanted:
    """Which people a query asks for."""
    return Wanted(q or None, role or None, branch or None, state)


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
    """One person, with what they may do."""
    found = await store.person(session, id, now)
    if found is None:
        raise PersonNotFound(str(id))
    told = PersonAnswer.model_validate(found).model_dump()
    return PersonDetailAnswer(**told, permissions=sorted(found.permissions))


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
