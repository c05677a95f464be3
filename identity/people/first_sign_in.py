"""Hand out what people sign in with for the first time: a code each, and their phones' keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data.session import Session
from identity.devices.store import set_keys
from identity.openings.open_account import Way, check_may_open, open_accounts
from identity.passwords.store import set_codes
from identity.permission import GRANTS
from identity.principal import Principal, Role
from identity.secret import hash_secret, new_password_code, new_secret

CODE_LIFE = timedelta(days=14)
"""Sheets are printed, sent to branches and handed out; a lost password's code is told at once."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has no password yet, with the phone that is theirs, if any."""

    staff_id: UUID
    branch_id: UUID
    branch: str
    full_name: str
    username: str
    role: str
    device_id: UUID | None
    device: str | None


@dataclass(frozen=True, slots=True)
class Welcome:
    """What one of them is given on paper; shown this once, stored hashed."""

    who: Newcomer
    code: str
    expires_at: datetime
    device_key: str | None


async def hand_out(
    session: Session, newcomers: Sequence[Newcomer], by: Principal, now: datetime
) -> list[Welcome]:
    """A code and a phone's key for each, in place of earlier ones.

    Sees everything, since codes are in nobody's scope; the caller has seen to it that these are
    in theirs, and have no password. Raises `MaySeeMore`.
    """
    for role in {Role(who.role) for who in newcomers} - {Role.AGENT}:
        check_may_open(by, GRANTS[role])
    await open_accounts(session, [who.staff_id for who in newcomers], Way.PASSWORD_CODE, by, now)
    expires_at = now + CODE_LIFE
    handed = [
        Welcome(who, new_password_code(), expires_at, new_secret("rd") if who.device_id else None)
        for who in newcomers
    ]
    await set_codes(
        session,
        {each.who.staff_id: each.who.branch_id for each in handed},
        {each.who.staff_id: hash_secret(each.code) for each in handed},
        issued_by=by.id,
        issued_at=now,
        expires_at=expires_at,
    )
    keys = {
        each.who.device_id: hash_secret(each.device_key)
        for each in handed
        if each.who.device_id and each.device_key
    }
    await set_keys(session, keys, now)
    return handed
