"""Change one's own password."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.session import Database, Session
from identity.bearers.store import end_sessions
from identity.passwords import store
from identity.passwords.password import check_password
from identity.passwords.prove import prove
from identity.throttle.guard import SignInGuard


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What somebody has shown the old password for: the new one's hash."""

    staff_id: UUID
    password_hash: str


async def choose(
    database: Database,
    guard: SignInGuard,
    staff_id: UUID,
    old: str,
    new: str,
    address: str,
    now: datetime,
) -> NewPassword:
    """A new password, once the old one was shown.

    Raises `WrongPassword`, `AccountLocked`, `TooManySignIns` or `InvalidField`.
    """
    person, claim = await prove(database, guard, staff_id, old, address, now)
    check_password(new, (person.username, person.full_name), "new_password")
    return NewPassword(staff_id, await guard.hashed(claim, new))


async def change(session: Session, chosen: NewPassword, this: bytes, now: datetime) -> int:
    """Put a new password in the old one's place, and end the person's other sign-ins than `this`
    (a token's hash): how many."""
    await store.set_password(session, chosen.staff_id, chosen.password_hash)
    await store.drop_code(session, chosen.staff_id)
    return await end_sessions(session, chosen.staff_id, now, but=this)
