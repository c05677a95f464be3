"""Who people are at the organization's identity provider, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from api.deps import Admin, Db, Now, Read, Recording
from api.routing import Router
from api.schemas import Answer, Body, Instant
from data.session import EVERYTHING
from identity.bearers.store import branch_of_person
from identity.errors import NotAtProvider
from identity.openings.open_account import Way, open_person
from identity.providers import store

router = Router(prefix="/v1/staff/{id}/provider-account", tags=["admin: people"])


class ProviderAccountBody(Body):
    """A person's e-mail address at the provider, which must have verified it, and whether nothing
    else signs them in: no password and no passkey."""

    email: Annotated[str, Field(max_length=320, pattern=r"^[^\s@\x00]+@[^\s@\x00]+$")]
    is_only: bool = False


class ProviderAccountAnswer(Answer):
    """Who a person is at the provider. From `tied_at` on, their first sign-in there, it is the
    provider's own name for them that counts and no longer the address."""

    email: str
    is_only: bool
    tied_at: Instant | None
    last_used_at: Instant | None


@router.get("")
async def get_provider_account(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    database: Db,
) -> ProviderAccountAnswer:
    """Who a person is at the provider."""
    await branch_of_person(session, id)
    async with database.transaction(EVERYTHING, read_only=True) as everything:
        found = await store.of(everything, id)
    if found is None:
        raise NotAtProvider(str(id))
    return ProviderAccountAnswer.model_validate(found)


@router.put("", status_code=204)
async def put_provider_account(
    id: UUID,  # noqa: A002
    body: ProviderAccountBody,
    caller: Admin,
    session: Read,
    database: Db,
    now: Now,
    record: Recording,
) -> Response:
    """Let a person sign in with the provider. Who they are and what they may do stays as it is."""
    branch_id = await branch_of_person(session, id)
    async with database.transaction(EVERYTHING) as everything:
        if id != caller.id:
            await open_person(everything, id, Way.PROVIDER_ACCOUNT, caller, now)
        await store.put(everything, id, branch_id, body.email.lower(), is_only=body.is_only)
        await record(everything)
    return Response(status_code=204)


@router.delete("", status_code=204)
async def delete_provider_account(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    database: Db,
    record: Recording,
) -> Response:
    """From now on a person signs in with their password alone; sign-ins that hold go on."""
    await branch_of_person(session, id)
    async with database.transaction(EVERYTHING) as everything:
        if not await store.drop(everything, id):
            raise NotAtProvider(str(id))
        await record(everything)
    return Response(status_code=204)
