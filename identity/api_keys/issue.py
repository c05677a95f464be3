"""Issue keys to other programs, put new ones in their place, and end them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session
from identity import store as people
from identity.api_keys import store
from identity.errors import ApiKeyNotFound
from identity.openings.open_account import Way, check_may_open, open_accounts
from identity.permission import Area, Permission, acting, check_composed
from identity.principal import Principal
from identity.role import Role
from identity.secret import NO_PASSWORD, hash_secret, new_secret


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, shown this once."""

    id: UUID
    key: str


async def issue(
    session: Session,
    branch_code: str,
    name: str,
    permissions: Collection[Permission],
    expires_at: datetime,
    issuer: Principal,
    now: datetime,
) -> NewKey:
    """A key for a program that works for a branch. It may do no more than who issues it.

    Raises `BranchNotFound` or `InvalidField`.
    """
    check_composed(permissions)
    if not set(permissions) <= issuer.permissions - acting(Area.FIELD):
        raise InvalidField("permissions", say("some of your own"))
    if expires_at <= now:
        raise InvalidField("expires_at", say("later than now"))
    branch = await people.branch_by_code(session, branch_code)
    staff_id = new_id()
    await people.add_staff(
        session, id=staff_id, branch_id=branch.id, role=Role.INTEGRATION.value, full_name=name,
        phone=None, username=f"integration.{staff_id}", password_hash=NO_PASSWORD,
    )  # fmt: skip
    return await _add(
        session, store.Key(staff_id, branch.id, name, tuple(permissions), expires_at), issuer, now
    )  # fmt: skip


async def rotate(
    session: Session,
    key_id: UUID,
    expires_at: datetime,
    issuer: Principal,
    now: datetime,
    *,
    overlap: timedelta = timedelta(),
) -> NewKey:
    """A new key in place of one, which opens nothing once the overlap is over: from now on without
    one, and never longer than it would have anyway. A key is replaced once.

    Raises `ApiKeyNotFound`, `MaySeeMore` or `InvalidField`.
    """
    if expires_at <= now:
        raise InvalidField("expires_at", say("later than now"))
    old = await store.lock_in_use(session, key_id, now)
    if old is None:
        raise ApiKeyNotFound(str(key_id))
    check_may_open(issuer, old.permissions)
    await store.end(session, key_id, min(now + overlap, old.expires_at))
    return await _add(
        session, store.Key(old.staff_id, old.branch_id, old.name, old.permissions, expires_at),
        issuer, now,
    )  # fmt: skip


async def end(session: Session, key_id: UUID, now: datetime) -> datetime:
    """End a key: since when. The second time changes nothing. Raises `ApiKeyNotFound`."""
    ended_at = await store.end(session, key_id, now)
    if ended_at is None:
        raise ApiKeyNotFound(str(key_id))
    return ended_at


async def _add(session: Session, its: store.Key, issuer: Principal, now: datetime) -> NewKey:
    key_id, secret = new_id(), new_secret("rk")
    await store.add(session, key_id, its, hash_secret(secret), issuer.id, now)
    await open_accounts(session, [its.staff_id], Way.API_KEY, issuer, now)
    return NewKey(key_id, secret)
