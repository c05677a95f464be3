"""Sign in with a user name, a password, and where it is on a code, for a bearer token."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.errors import DomainError
from core.ids import new_id
from data.session import EVERYTHING, Database, Session
from identity.audit import store as audit
from identity.audit.event import AuditEvent, Kind, plain_text
from identity.bearers import store
from identity.bearers.store import SignInRecord
from identity.errors import (
    ProviderOnly,
    SecondFactorNeeded,
    WrongCode,
    WrongCredentials,
)
from identity.principal import Principal, Role
from identity.second_factor.show import Shown, show_code
from identity.secret import hash_secret, is_outdated, new_secret
from identity.throttle.guard import SignInGuard
from identity.throttle.tries import count_try, take_back_try

TOKEN_LIFE = timedelta(hours=16)
"""A long working day; the next morning starts with a sign-in."""


@dataclass(frozen=True, slots=True)
class Whence:
    """From where somebody signs in; `client` is what their browser calls itself, `proof_key` the
    thumbprint of the key that their token is to be bound to."""

    address: str = ""
    client: str | None = None
    proof_key: bytes | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Attempt(Whence):
    """What somebody signs in with, and from where."""

    username: str = ""
    password: str = ""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh token (shown once, stored hashed), whose it is and until when."""

    token: str
    principal: Principal
    expires_at: datetime


async def sign_in(
    database: Database, guard: SignInGuard, attempt: Attempt, now: datetime
) -> SignedIn:
    """A token for the right password and code.

    Raises `WrongCredentials`, `SecondFactorNeeded`, `WrongCode`, `AccountLocked` or
    `TooManySignIns`.
    """
    async with guard.turn(attempt.username, attempt.address) as claim:
        # 1. Count the try before it is known to be right: many at once get no more tries than few.
        async with database.transaction(EVERYTHING) as session:
            record = await _begin(session, attempt.username, now, is_known=claim.is_known)
        # 2. Look at the password, without a connection in hand.
        fits = await guard.fits(claim, attempt.password, record.password_hash if record else None)
        renewed = None
        if fits and record is not None and is_outdated(record.password_hash):
            renewed = await guard.hashed(claim, attempt.password)
        # 3. Keep how it went. A refusal is told once that has committed.
        async with database.transaction(EVERYTHING) as session:
            outcome = await _settle(
                session, record, attempt, now, fits=fits, is_known=claim.is_known
            )
            if renewed and record and isinstance(outcome, SignedIn):
                await store.renew_hash(session, record, renewed)
        if not isinstance(outcome, SecondFactorNeeded):
            await guard.note(claim, right=isinstance(outcome, SignedIn))
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


async def _begin(
    session: Session, username: str, now: datetime, *, is_known: bool
) -> SignInRecord | None:
    record = await store.sign_in_record(session, username)
    if record is None or not record.is_active or is_known:
        return record
    await count_try(session, record, now)
    return record


async def _settle(
    session: Session,
    record: SignInRecord | None,
    attempt: Attempt,
    now: datetime,
    *,
    fits: bool,
    is_known: bool,
) -> SignedIn | DomainError:
    if record is None:
        return WrongCredentials()
    if not fits or not record.is_active or record.role == Role.INTEGRATION:
        await _on_audit(session, record, attempt, Kind.REFUSED, now)
        return WrongCredentials()
    if record.provider_only:  # told to who knows the password, and to nobody else
        await _on_audit(session, record, attempt, Kind.REFUSED, now)
        return ProviderOnly()
    match await show_code(session, record.staff_id, attempt.code, now):
        case Shown.MISSING:
            if not is_known:  # the password was right: this was no guess
                await take_back_try(session, record, now)
            return SecondFactorNeeded()
        case Shown.WRONG:
            await _on_audit(session, record, attempt, Kind.REFUSED, now)
            return WrongCode()
    if not is_known:
        await store.note_sign_in(session, record.staff_id, 0, None)
    return await open_session(session, record, attempt, "sign-in", now)


async def open_session(
    session: Session, record: SignInRecord, whence: Whence, action: str, now: datetime
) -> SignedIn:
    """Sign somebody in who has shown who they are; it is on the audit trail as `action`."""
    await _on_audit(session, record, whence, Kind.CHANGE, now, action)
    token = new_secret("rt")
    expires_at = now + TOKEN_LIFE
    await store.add_token(
        session,
        token_hash=hash_secret(token),
        staff_id=record.staff_id,
        issued_at=now,
        expires_at=expires_at,
        address=whence.address or None,
        client=plain_text(whence.client),
        proof_key=whence.proof_key,
    )
    principal = await store.principal(session, hash_secret(token), now)
    assert principal is not None
    return SignedIn(token, principal, expires_at)


async def _on_audit(
    session: Session,
    record: SignInRecord,
    whence: Whence,
    kind: Kind,
    now: datetime,
    action: str = "sign-in",
) -> None:
    event = AuditEvent(
        id=new_id(), branch_id=record.branch_id, at=now, kind=kind, actor_id=record.staff_id,
        actor_role=record.role, address=whence.address or None, device_id=None,
        client=plain_text(whence.client), action=action, subjects={}, reason=None,
    )  # fmt: skip
    await audit.add(session, [event])
