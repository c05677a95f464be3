"""Turn a second factor on, in two steps, and off again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity.bearers.store import sign_in_record_of
from identity.errors import PersonNotFound, SecondFactorIsOn, SecondFactorNotBegun
from identity.openings.open_account import Way, open_person
from identity.principal import Principal
from identity.second_factor import store
from identity.second_factor.one_time_code import setup_link, step_of
from identity.second_factor.show import Shown, show_code
from identity.secret import hash_secret, new_recovery_codes, new_totp_secret
from identity.throttle.tries import count_try, take_back_try

ISSUER = "Roundsman"


@dataclass(frozen=True, slots=True)
class Begun:
    """What an authenticator app needs, shown this once: a secret, and the same as a link."""

    secret: str
    link: str


async def begin(session: Session, staff_id: UUID, branch_id: UUID) -> Begun:
    """A new secret, which counts once a code of it was shown. Raises `SecondFactorIsOn`."""
    known = await store.factor(session, staff_id)
    if known and known.is_on:
        raise SecondFactorIsOn
    secret = new_totp_secret()
    await store.set_secret(session, staff_id, branch_id, secret)
    return Begun(secret, setup_link(secret, await store.username(session, staff_id), ISSUER))


async def confirm(session: Session, staff_id: UUID, code: str, now: datetime) -> list[str]:
    """Turn it on with the app's first code: recovery codes, shown this once and stored hashed.

    Raises `SecondFactorNotBegun`, `SecondFactorIsOn` or `InvalidField`.
    """
    known = await store.factor(session, staff_id)
    if known is None:
        raise SecondFactorNotBegun
    if known.is_on:
        raise SecondFactorIsOn
    step = step_of(known.secret, code, known.last_step, now)
    if step is None:
        raise InvalidField("code", say("the six digits that the app shows now"))
    codes = new_recovery_codes()
    await store.turn_on(session, staff_id, step, now)
    await store.set_recovery_codes(session, staff_id, [hash_secret(each) for each in codes])
    return codes


async def turn_off_with_code(
    session: Session, staff_id: UUID, code: str, now: datetime
) -> InvalidField | None:
    """Turn it off for who shows a code, or answer what is wrong, to be raised once that is counted:
    whoever has somebody's open session cannot try all codes there are. They count as at sign-in.

    Raises `PersonNotFound` or `AccountLocked`.
    """
    record = await sign_in_record_of(session, staff_id, lock=True)
    if record is None:
        raise PersonNotFound(str(staff_id))
    await count_try(session, record, now)
    if await show_code(session, staff_id, code, now) is Shown.WRONG:
        return InvalidField("code", say("a code of the app, or a recovery code, that was not used"))
    await take_back_try(session, record, now)
    await store.remove(session, staff_id)
    return None


async def turn_off(session: Session, staff_id: UUID) -> None:
    """Forget secret and recovery codes; nothing happens when there are none."""
    await store.remove(session, staff_id)


async def turn_off_for(session: Session, staff_id: UUID, by: Principal, now: datetime) -> None:
    """The same for somebody who has lost them, which is noted. Raises `PersonNotFound` or
    `MaySeeMore`."""
    if staff_id != by.id and await store.is_on(session, staff_id):
        await open_person(session, staff_id, Way.SECOND_FACTOR_OFF, by, now)
    await turn_off(session, staff_id)
