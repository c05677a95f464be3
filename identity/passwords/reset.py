"""Replace a lost password: an administrator hands out a code, and its bearer chooses anew."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import DomainError
from core.ids import new_id
from data.session import EVERYTHING, Database, Session
from identity.audit import store as audit
from identity.audit.event import AuditEvent, Kind, plain_text
from identity.bearers.store import end_sessions
from identity.errors import OwnPassword, PersonNotFound, WrongPasswordCode
from identity.openings.open_account import Way, open_person
from identity.passkeys.store import drop as drop_passkeys
from identity.passwords import store
from identity.passwords.password import check_password
from identity.principal import Principal, Role
from identity.second_factor import store as second_factor
from identity.secret import NO_PASSWORD, hash_secret, new_password_code
from identity.throttle.guard import SignInGuard

CODE_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Handed:
    """A code to hand to the person, shown this once and stored hashed."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """What somebody chooses a new password with, and from where."""

    username: str
    code: str
    password: str
    address: str = ""
    client: str | None = None


async def hand_out_code(session: Session, staff_id: UUID, by: Principal, now: datetime) -> Handed:
    """A code for somebody who has lost their password. From now on neither the old one nor a
    passkey or a sign-in of theirs opens anything; an authenticator app stays on. Without one the
    code is all that it takes to be that person, which is noted.

    Sees everything, since codes are in nobody's scope; the caller has seen to it that the person
    is in theirs. Raises `PersonNotFound`, `OwnPassword` or `MaySeeMore`.
    """
    person = await store.person(session, staff_id=staff_id)
    if person is None or not person.is_active or person.role == Role.INTEGRATION:
        raise PersonNotFound(str(staff_id))
    if staff_id == by.id:
        raise OwnPassword
    alone = not await second_factor.is_on(session, staff_id)
    await open_person(session, staff_id, Way.PASSWORD_CODE, by, now, alone=alone)
    code, expires_at = new_password_code(), now + CODE_LIFE
    await store.set_code(
        session, staff_id, branch_id=person.branch_id, code_hash=hash_secret(code), issued_at=now,
        issued_by=by.id, expires_at=expires_at,
    )  # fmt: skip
    await store.set_password(session, staff_id, NO_PASSWORD)
    await drop_passkeys(session, staff_id)
    await end_sessions(session, staff_id, now)
    return Handed(code, expires_at)


async def claim(database: Database, guard: SignInGuard, claimed: Claimed, now: datetime) -> None:
    """Set a new password with a code; it serves once.

    Raises `WrongPasswordCode` (an unknown person, too), `TooManySignIns` or `InvalidField`.
    """
    async with guard.turn(claimed.username, claimed.address) as turn:
        async with database.transaction(EVERYTHING) as session:
            person = await store.person(session, username=claimed.username)
            outcome = await _settle(session, person, claimed, now)
            if outcome is None and person is not None:
                # Hashed within the row's lock, so that of two with the same code one comes first.
                hashed = await guard.hashed(turn, claimed.password)
                await store.set_password(session, person.staff_id, hashed)
                await store.drop_code(session, person.staff_id)
        if isinstance(outcome, WrongPasswordCode):
            await guard.note(turn, right=False)
    if outcome is not None:
        raise outcome


async def _settle(
    session: Session, person: store.Person | None, claimed: Claimed, now: datetime
) -> DomainError | None:
    if person is None or not person.is_active:
        return WrongPasswordCode()
    expected = await store.code_hash(session, person.staff_id, now)
    given = hash_secret(claimed.code.strip().lower())
    fits = expected is not None and secrets.compare_digest(expected, given)
    event = AuditEvent(
        id=new_id(), branch_id=person.branch_id, at=now,
        kind=Kind.CHANGE if fits else Kind.REFUSED, actor_id=person.staff_id,
        actor_role=person.role, address=claimed.address or None, device_id=None,
        client=plain_text(claimed.client), action="password-reset", subjects={}, reason=None,
    )  # fmt: skip
    await audit.add(session, [event])
    if not fits:
        return WrongPasswordCode()
    check_password(claimed.password, (person.username, person.full_name))
    return None
