"""The installation's key pair for web push."""

from datetime import datetime

from data.server_keys import server_key
from data.session import Session
from map_ui.push.vapid import new_private_key


async def push_key(session: Session, now: datetime) -> bytes:
    """The private key, for a session that sees everything."""
    return await server_key(session, "web_push", new_private_key, now)
