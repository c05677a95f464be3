"""Show a code at sign-in."""

from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from data.session import Session
from identity.second_factor import store
from identity.second_factor.one_time_code import step_of
from identity.secret import hash_secret


class Shown(Enum):
    """How it went with the second factor."""

    NOT_ASKED = auto()
    RIGHT = auto()
    MISSING = auto()
    WRONG = auto()


async def show_code(session: Session, staff_id: UUID, code: str | None, now: datetime) -> Shown:
    """Whether a code is right, or none is needed. A right one is used up."""
    known = await store.factor(session, staff_id)
    if known is None or not known.is_on:
        return Shown.NOT_ASKED
    if code is None:
        return Shown.MISSING
    plain = "".join(code.split()).lower()
    step = step_of(known.secret, plain, known.last_step, now)
    if step is not None:
        await store.use_step(session, staff_id, step)
        return Shown.RIGHT
    if await store.use_recovery_code(session, staff_id, hash_secret(plain), now):
        return Shown.RIGHT
    return Shown.WRONG
