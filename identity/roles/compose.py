"""Compose a role of permissions."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.errors import IdReused
from data.session import Session
from identity.permission import Permission, check_composed
from identity.roles import store


async def compose(
    session: Session,
    name: str,
    permissions: Collection[Permission],
    composed_by: UUID,
    now: datetime,
) -> None:
    """Add a role. It stays as it is, so that nobody's rights change without a decision on them.

    The same again changes nothing. Raises `InvalidField`, or `IdReused` for another of this name.
    """
    check_composed(permissions)
    known = await store.composed(session, name)
    if known is None:
        await store.add(session, name, sorted(permissions), composed_by, now)
    elif known != frozenset(permissions):
        raise IdReused("role", name)
