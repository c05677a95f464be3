"""Sign in with a user name and a password, for a bearer token."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.session import Session
from identity.bearers import store
from identity.errors import AccountLocked, NotSignedIn, WrongCredentials
from identity.principal import Principal
from identity.secret import hash_secret, new_secret, password_fits

TOKEN_LIFE = timedelta(hours=16)
"""A long working day; the next morning starts with a sign-in."""

TRIES = 5
LOCK = timedelta(minutes=15)
"""OWASP's authentication cheat sheet: slow guessing down without locking people out for a day."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh token (shown once, stored hashed), whose it is and until when."""

    token: str
    principal: Principal
    expires_at: datetime


async def check_password(
    session: Session, username: str, password: str, now: datetime
) -> SignedIn | None:
    """A token for the right password; None for a wrong one, which is counted.

    Wrong passwords are no error here, so that the caller commits the count before refusing.
    Raises `AccountLocked` after `TRIES` wrong ones in a row, for `LOCK`.
    """
    record = await store.sign_in_record(session, username)
    if record and record.locked_until and record.locked_until > now:
        raise AccountLocked(record.locked_until)
    fits = password_fits(password, record.password_hash if record else None)
    if record is None:
        return None
    if not fits or not record.is_active:
        failed = record.failed_sign_ins + 1
        locked_until = now + LOCK if failed >= TRIES else None
        await store.note_sign_in(session, record.staff_id, failed % TRIES, locked_until)
        return None
    await store.note_sign_in(session, record.staff_id, 0, None)
    token = new_secret("rt")
    expires_at = now + TOKEN_LIFE
    await store.add_token(
        session,
        token_hash=hash_secret(token),
        staff_id=record.staff_id,
        issued_at=now,
        expires_at=expires_at,
    )
    who = await authenticate(session, token, now)
    return SignedIn(token, who, expires_at)


async def authenticate(session: Session, token: str, now: datetime) -> Principal:
    """Who bears this token. Raises `NotSignedIn` when it is unknown, expired or revoked."""
    found = await store.principal(session, hash_secret(token), now)
    if found is None:
        raise NotSignedIn
    return found


def accepted(signed_in: SignedIn | None) -> SignedIn:
    """The sign-in, or `WrongCredentials`."""
    if signed_in is None:
        raise WrongCredentials
    return signed_in
