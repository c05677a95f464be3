"""The installation's key for addresses that need no sign-in."""

from datetime import datetime

from data.server_keys import server_key
from data.session import Session
from identity.secret import new_key


async def link_key(session: Session, now: datetime) -> bytes:
    """The key, for a session that sees everything."""
    return await server_key(session, "links", new_key, now)
