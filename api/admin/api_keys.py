"""Keys of other programs."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.cursor import Limit
from api.deps import Admin, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Instant, Moment, Text
from identity.api_keys import store
from identity.api_keys.issue import end, issue, rotate
from identity.permission import Permission

router = Router(prefix="/v1/api-keys", tags=["admin: keys"])


class ExpiryBody(Body):
    """Until when a key opens anything."""

    expires_at: Moment


class RotateBody(ExpiryBody):
    """Until when the new key opens anything, and for how long the old one still does."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 0


class ApiKeyBody(ExpiryBody):
    """A key for a program that works for a branch and those below it."""

    branch_code: str
    name: Text
    permissions: Annotated[set[Permission], Field(max_length=50)]


class NewApiKeyAnswer(Answer):
    """A key, shown this once; it goes where a person's token goes."""

    id: UUID
    key: str


class ApiKeyLine(Answer):
    """A key, without what it opens with."""

    id: UUID
    branch: str
    name: str
    permissions: list[Permission]
    issued_by: UUID
    issued_by_name: str | None
    issued_at: Instant
    expires_at: Instant
    ended_at: Instant | None
    last_used_at: Instant | None
    last_used_from: str | None


class ApiKeysAnswer(Answer):
    """The newest keys, those that have ended too."""

    items: list[ApiKeyLine]


class EndedKeyAnswer(Answer):
    """Since when a key opens nothing."""

    id: UUID
    ended_at: Instant


@router.get("")
async def get_api_keys(caller: Admin, session: Read, limit: Limit = 200) -> ApiKeysAnswer:
    """The keys of the caller's branches; when and from where each was used last, to the minute."""
    found = await store.listed(session, limit=limit)
    return ApiKeysAnswer(items=[ApiKeyLine.model_validate(each) for each in found])


@router.post("", status_code=201)
async def post_api_key(body: ApiKeyBody, caller: Admin, session: Tx, now: Now) -> NewApiKeyAnswer:
    """Issue a key. It may do no more than who issues it."""
    made = await issue(
        session, body.branch_code, body.name, body.permissions, body.expires_at, caller, now
    )
    return NewApiKeyAnswer.model_validate(made)


@router.post("/{id}/rotate", status_code=201)
async def post_rotate(
    id: UUID,  # noqa: A002
    body: RotateBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> NewApiKeyAnswer:
    """Put a new key in the place of one, which opens nothing any more once the overlap is over: at
    once without one. A key is replaced once."""
    made = await rotate(
        session, id, body.expires_at, caller, now, overlap=timedelta(hours=body.overlap_hours)
    )
    return NewApiKeyAnswer.model_validate(made)


@router.post("/{id}/end")
async def post_end(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> EndedKeyAnswer:
    """End a key, at once."""
    return EndedKeyAnswer(id=id, ended_at=await end(session, id, now))
