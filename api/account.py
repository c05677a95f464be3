"""Everybody's own account: where they are signed in, and their second factor."""

from typing import Annotated
from uuid import UUID

import segno
from fastapi import Request, Response
from pydantic import Field

from api.deps import AnyStaff, Db, Now, Recording, token_of
from api.routing import Router
from api.schemas import Answer, Body, Instant
from core.errors import InvalidField
from core.said import say
from data.session import EVERYTHING
from identity.bearers import store
from identity.errors import SessionNotFound
from identity.second_factor import store as factors
from identity.second_factor.turn_on import begin, confirm, turn_off_with_code
from identity.secret import hash_secret
from map_ui.texts.language import LANGUAGES

router = Router(prefix="/v1/me", tags=["sign-in"])


class SessionAnswer(Answer):
    """A sign-in that still holds; `is_this` for the one that asks."""

    id: UUID
    issued_at: Instant
    expires_at: Instant
    address: str | None
    client: str | None
    is_this: bool


class SessionsAnswer(Answer):
    """Sign-ins that still hold, the newest first."""

    items: list[SessionAnswer]


class SecondFactorAnswer(Answer):
    """Whether a code is asked for at sign-in."""

    is_on: bool


class SecretAnswer(Answer):
    """What an authenticator app needs, shown this once: the secret, the same as a link, and as an
    SVG element with a QR code of that."""

    secret: str
    link: str
    qr_code: str


class LanguageBody(Body):
    """A language of the office's pages by its code; null for the browser's own."""

    language: str | None


class LanguageAnswer(Answer):
    """The language that the caller has chosen, null without a choice, and those there are."""

    language: str | None
    languages: dict[str, str]


class CodeBody(Body):
    """A code of the authenticator app, or where it says so a recovery code."""

    code: Annotated[str, Field(min_length=6, max_length=50, pattern=r"^[^\x00]*$")]


class RecoveryCodesAnswer(Answer):
    """Codes that serve once each when the app is lost, shown this once."""

    recovery_codes: list[str]


@router.get("/sessions")
async def get_sessions(
    request: Request, caller: AnyStaff, database: Db, now: Now
) -> SessionsAnswer:
    """Where the caller is signed in."""
    this = hash_secret(token_of(request))
    async with database.transaction(EVERYTHING, read_only=True) as session:
        found = await store.sessions_of(session, caller.id, now, this)
    return SessionsAnswer(items=[SessionAnswer.model_validate(each) for each in found])


@router.delete("/sessions/{id}", status_code=204)
async def delete_session(
    id: UUID,  # noqa: A002
    caller: AnyStaff,
    database: Db,
    now: Now,
    record: Recording,
) -> Response:
    """Sign the caller out there."""
    async with database.transaction(EVERYTHING) as session:
        if not await store.end_sessions(session, caller.id, now, only=id):
            raise SessionNotFound(str(id))
        await record(session)
    return Response(status_code=204)


@router.get("/language")
async def get_language(caller: AnyStaff) -> LanguageAnswer:
    """In which language the caller reads the office's pages, and the names of all there are."""
    return LanguageAnswer(language=caller.language, languages=LANGUAGES)


@router.put("/language")
async def put_language(
    body: LanguageBody, caller: AnyStaff, database: Db, record: Recording
) -> LanguageAnswer:
    """Choose the language of the office's pages, or with null leave it to the browser."""
    if body.language is not None and body.language not in LANGUAGES:
        raise InvalidField(
            "language", say("one of {languages}, or null", languages=", ".join(LANGUAGES))
        )
    async with database.transaction(EVERYTHING) as session:
        await store.set_language(session, caller.id, body.language)
        await record(session)
    return LanguageAnswer(language=body.language, languages=LANGUAGES)


@router.get("/second-factor")
async def get_second_factor(caller: AnyStaff, database: Db) -> SecondFactorAnswer:
    """Whether the caller is asked for a code at sign-in."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return SecondFactorAnswer(is_on=await factors.is_on(session, caller.id))


@router.post("/second-factor")
async def post_second_factor(caller: AnyStaff, database: Db, record: Recording) -> SecretAnswer:
    """Begin with an authenticator app: its secret, which counts once it is confirmed."""
    async with database.transaction(EVERYTHING) as session:
        begun = await begin(session, caller.id, caller.branch_id)
        await record(session)
    drawn = segno.make_qr(begun.link, error="l").svg_inline(scale=4, light="#fff")
    return SecretAnswer(secret=begun.secret, link=begun.link, qr_code=drawn)


@router.post("/second-factor/confirm")
async def post_confirm(
    body: CodeBody, caller: AnyStaff, database: Db, now: Now, record: Recording
) -> RecoveryCodesAnswer:
    """Turn the second factor on, with the code that the app shows now."""
    async with database.transaction(EVERYTHING) as session:
        codes = await confirm(session, caller.id, body.code, now)
        await record(session)
    return RecoveryCodesAnswer(recovery_codes=codes)


@router.delete("/second-factor", status_code=204)
async def delete_second_factor(
    body: CodeBody, caller: AnyStaff, database: Db, now: Now, record: Recording
) -> Response:
    """Turn the second factor off, with a code of the app or a recovery code. Wrong ones are counted
    as at sign-in."""
    async with database.transaction(EVERYTHING) as session:
        wrong = await turn_off_with_code(session, caller.id, body.code, now)
        if wrong is None:
            await record(session)
    if wrong is not None:
        raise wrong
    return Response(status_code=204)
