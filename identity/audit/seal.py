"""Seal what the audit trail has gathered: one more batch on each branch's chain."""

from datetime import datetime

from data.session import Session
from identity.audit import store

MOST_AT_ONCE = 20_000


async def seal(session: Session, now: datetime) -> int:
    """Seal up to `MOST_AT_ONCE` of the oldest events; how many. 0 when another worker is at it."""
    if not await store.lock_chains(session):
        return 0
    return await store.seal(session, now, MOST_AT_ONCE)
