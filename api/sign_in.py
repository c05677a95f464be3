"""Signing in and out, for people."""

from fastapi import Request, Response
from pydantic import Field

from api.deps import (
    PROOF_HEADER,
    SESSION_COOKIE,
    Caller,
    Db,
    Now,
    address_of,
    asked,
    token_of,
)
from api.routing import Router
from api.schemas import Answer, Body, Instant
from core.settings import settings
from data.session import EVERYTHING
from identity.bearers import store
from identity.bearers.proof import proven
from identity.principal import Role
from identity.secret import hash_secret
from identity.sign_in import Attempt, SignedIn, sign_in

router = Router(prefix="/v1", tags=["sign-in"])


class SignInBody(Body):
    """A user name and its password."""

    username: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    password: str = Field(min_length=1, max_length=1000, pattern=r"^[^\x00]*$")
    code: str | None = Field(
        default=None, min_length=6, max_length=50, pattern=r"^[^\x00]*$",
        description="of the authenticator app, or a recovery code, where a second factor is on",
    )  # fmt: skip


class SignInAnswer(Answer):
    """A bearer token, shown this once."""

    token: str
    role: Role
    name: str
    expires_at: Instant
    is_bound: bool = Field(description="whether each request must show the key of the `DPoP` proof")


class MeAnswer(Answer):
    """Who is asking."""

    id: str
    role: Role
    name: str
    branch_id: str


@router.post("/sign-in")
async def post_sign_in(
    body: SignInBody, request: Request, response: Response, database: Db, now: Now
) -> SignInAnswer:
    """Sign in. Open to everybody; also sets the cookie that the pages use.

    Wrong passwords close an account for a minute and longer, and an address, too: 429 with
    `Retry-After`. `/problems/second-factor-needed` asks for the same again with a `code`. With a
    header `DPoP` (RFC 9449) the token is bound to the key that the proof shows.
    """
    proof = request.headers.get(PROOF_HEADER)
    attempt = Attempt(
        address_of(request), request.headers.get("User-Agent"), body.username, body.password,
        body.code, proof_key=proven(proof, asked(request, now)).key if proof else None,
    )  # fmt: skip
    return signed_in(
        await sign_in(database, request.app.state.sign_in_guard, attempt, now), response
    )


def signed_in(done: SignedIn, response: Response) -> SignInAnswer:
    """The answer to a sign-in, with the cookie that the pages use."""
    keep_cookie(response, done.token)
    return SignInAnswer(
        token=done.token,
        role=done.principal.role,
        name=done.principal.name,
        expires_at=done.expires_at,
        is_bound=done.principal.proof_key is not None,
    )


def keep_cookie(response: Response, token: str) -> None:
    """Have the browser keep the token in the cookie that the pages use."""
    response.set_cookie(
        SESSION_COOKIE, token, httponly=True, samesite="strict", secure=settings().secure_cookies
    )


@router.post("/sign-out", status_code=204)
async def post_sign_out(request: Request, caller: Caller, database: Db, now: Now) -> Response:
    """End the token that this request was made with. Open to everybody who is signed in."""
    async with database.transaction(EVERYTHING) as session:
        await store.revoke_token(session, hash_secret(token_of(request)), now)
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/me")
async def get_me(caller: Caller) -> MeAnswer:
    """Who is asking. Open to everybody who is signed in."""
    return MeAnswer(
        id=str(caller.id), role=caller.role, name=caller.name, branch_id=str(caller.branch_id)
    )
