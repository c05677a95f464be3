"""The installation's key for addresses that need no sign-in: made once, the same ever after."""

from datetime import datetime

from data.session import Session
from identity.links import store
from identity.secret import new_key


async def link_key(session: Session, now: datetime) -> bytes:
    """The key, for a session that sees everything. Two who ask at once get the same."""
    known = await store.key(session)
    if known is None:
        await store.keep_key(session, new_key(), now)
        known = await store.key(session)
    assert known is not None
    return known
