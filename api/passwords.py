"""Passwords: one's own, and a lost one."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from api.deps import Admin, AnyStaff, Db, Now, Read, Recording, address_of, token_of
from api.routing import Router
from api.schemas import Answer, Body, Instant
from data.session import EVERYTHING
from identity.bearers.store import check_person
from identity.passwords.change import change, choose
from identity.passwords.reset import Claimed, claim, hand_out_code
from identity.secret import hash_secret

router = Router(prefix="/v1", tags=["sign-in"])

Password = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]


class PasswordBody(Body):
    """A new password, and the one that it replaces."""

    old_password: Password
    new_password: Password


class EndedAnswer(Answer):
    """How many other sign-ins were ended."""

    ended: int


class CodeAnswer(Answer):
    """A code to hand to the person, shown this once."""

    code: str
    expires_at: Instant


class ResetBody(Body):
    """A new password, and the code that it may be set with."""

    username: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    code: Annotated[str, Field(min_length=12, max_length=50, pattern=r"^[^\x00]*$")]
    password: Password


@router.put("/me/password")
async def put_password(
    body: PasswordBody,
    request: Request,
    caller: AnyStaff,
    database: Db,
    now: Now,
    record: Recording,
) -> EndedAnswer:
    """Change the caller's password; where else they are signed in, that ends.

    Ten characters or more of any kind, and none that is guessed first. Wrong old passwords are
    counted as at sign-in.
    """
    chosen = await choose(
        database, request.app.state.sign_in_guard, caller.id, body.old_password,
        body.new_password, address_of(request), now,
    )  # fmt: skip
    async with database.transaction(EVERYTHING) as session:
        ended = await change(session, chosen, hash_secret(token_of(request)), now)
        await record(session)
    return EndedAnswer(ended=ended)


@router.post("/staff/{id}/password-code")
async def post_password_code(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    database: Db,
    now: Now,
    record: Recording,
) -> CodeAnswer:
    """A code for somebody who has lost their password, good for a day and once: make sure that it
    is they. The old password and all their sign-ins end at once; their second factor stays on."""
    await check_person(session, id)
    async with database.transaction(EVERYTHING) as everything:
        handed = await hand_out_code(everything, id, caller, now)
        await record(everything)
    return CodeAnswer.model_validate(handed)


@router.post("/password-reset", status_code=204)
async def post_password_reset(
    body: ResetBody, request: Request, database: Db, now: Now
) -> Response:
    """Set a new password with a code of an administrator's. Open to everybody; wrong codes are
    counted as wrong passwords are."""
    claimed = Claimed(
        body.username, body.code, body.password, address_of(request),
        request.headers.get("User-Agent"),
    )  # fmt: skip
    await claim(database, request.app.state.sign_in_guard, claimed, now)
    return Response(status_code=204)
