"""Passkeys: one's own, and signing in with one."""

from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from api.deps import AnyStaff, Db, Now, Recording, address_of
from api.passwords import Password
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from api.sign_in import SignInAnswer, signed_in
from core.settings import settings
from data.limits import Limits
from data.session import EVERYTHING
from identity.passkeys import store
from identity.passkeys.add_key import add_key, begin, take_away
from identity.passkeys.passkey import Site
from identity.passkeys.sign_in import begin as begin_sign_in
from identity.passkeys.sign_in import sign_in_with_key
from identity.passwords.prove import prove
from identity.sign_in import Whence

router = Router(prefix="/v1", tags=["sign-in"])

Credential = Annotated[
    dict[str, Any], Field(description="what the browser answered, as JSON (WebAuthn, toJSON)")
]


class OptionsAnswer(Answer):
    """What the browser is to be asked: `publicKey` of WebAuthn, as JSON."""

    public_key: dict[str, Any]


class PasswordBody(Body):
    """The caller's password, once more."""

    password: Password


class NewKeyBody(Body):
    """A key that the browser has had made, and what its owner calls it."""

    name: Text
    credential: Credential


class KeyBody(Body):
    """A key that the browser shows."""

    credential: Credential


class PasskeyAnswer(Answer):
    """A passkey of the caller's."""

    id: UUID
    name: str
    added_at: Instant
    last_used_at: Instant | None


class PasskeysAnswer(Answer):
    """The caller's passkeys, the newest first."""

    items: list[PasskeyAnswer]


class KeyIdAnswer(Answer):
    """The id of the key that was added."""

    id: UUID


async def _site(request: Request) -> Site:
    parts = urlsplit(settings().public_url or str(request.base_url))
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


async def _counts(request: Request) -> Limits:
    limits: Limits = request.app.state.request_limits.counts
    return limits


TheSite = Annotated[Site, Depends(_site)]
Counts = Annotated[Limits, Depends(_counts)]


@router.get("/me/passkeys")
async def get_passkeys(caller: AnyStaff, database: Db) -> PasskeysAnswer:
    """The caller's passkeys."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        found = await store.keys_of(session, caller.id)
    return PasskeysAnswer(items=[PasskeyAnswer.model_validate(each) for each in found])


@router.post("/me/passkeys/begin")
async def post_begin(
    body: PasswordBody,
    request: Request,
    caller: AnyStaff,
    database: Db,
    site: TheSite,
    counts: Counts,
    now: Now,
) -> OptionsAnswer:
    """Begin to add a passkey, with the password: what to ask the browser for."""
    guard = request.app.state.sign_in_guard
    await prove(database, guard, caller.id, body.password, address_of(request), now)
    return OptionsAnswer(public_key=await begin(database, counts, site, caller.id))


@router.post("/me/passkeys", status_code=201)
async def post_passkey(
    body: NewKeyBody,
    caller: AnyStaff,
    database: Db,
    site: TheSite,
    counts: Counts,
    now: Now,
    record: Recording,
) -> KeyIdAnswer:
    """Add the passkey that the browser has had made. It opens the account by itself from now on,
    without password and code."""
    owner = (caller.id, caller.branch_id)
    async with database.transaction(EVERYTHING) as session:
        key_id = await add_key(session, counts, site, owner, body.name, body.credential, now)
        await record(session)
    return KeyIdAnswer(id=key_id)


@router.delete("/me/passkeys/{id}", status_code=204)
async def delete_passkey(
    id: UUID,  # noqa: A002
    caller: AnyStaff,
    database: Db,
    record: Recording,
) -> Response:
    """Take a passkey away; sign-ins that were made with it go on."""
    async with database.transaction(EVERYTHING) as session:
        await take_away(session, caller.id, id)
        await record(session)
    return Response(status_code=204)


@router.post("/sign-in/passkey/begin")
async def post_sign_in_begin(site: TheSite, counts: Counts) -> OptionsAnswer:
    """Begin to sign in with a passkey: what to ask the browser for. Open to everybody."""
    return OptionsAnswer(public_key=await begin_sign_in(counts, site))


@router.post("/sign-in/passkey")
async def post_sign_in_passkey(
    body: KeyBody,
    request: Request,
    response: Response,
    database: Db,
    site: TheSite,
    counts: Counts,
    now: Now,
) -> SignInAnswer:
    """Sign in with a passkey; otherwise as `POST /v1/sign-in`. Open to everybody."""
    whence = Whence(address_of(request), request.headers.get("User-Agent"))
    done = await sign_in_with_key(database, counts, site, body.credential, whence, now)
    return signed_in(done, response)
