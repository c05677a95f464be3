"""The installation's own key pair: made when it is first needed, and the same ever after."""

from datetime import datetime

from data.session import Session
from map_ui.push import store
from map_ui.push.vapid import new_private_key


async def server_key(session: Session, now: datetime) -> bytes:
    """The private key, for a session that sees everything. Two who ask at once get the same."""
    key = await store.private_key(session)
    if key is None:
        await store.keep_private_key(session, new_private_key(), now)
        key = await store.private_key(session)
    assert key is not None
    return key
