"""The installation's own keys, sealed: each made when it is first needed, the same ever after."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.session import Session
from data.tables.platform import ServerKey


async def server_key(
    session: Session, purpose: str, make: Callable[[], bytes], now: datetime
) -> bytes:
    """The key for a purpose, for a session that sees everything. Two who ask at once get the same.

    Raises `DamagedBox` where the key file is not the one that it was sealed with.
    """
    key = await _kept(session, purpose)
    if key is None:
        await session.execute(
            insert(ServerKey)
            .values(purpose=purpose, private_key=b64encode(make()).decode(), created_at=now)
            .on_conflict_do_nothing(index_elements=["purpose"])
        )
        key = await _kept(session, purpose)
    assert key is not None
    return key


async def _kept(session: Session, purpose: str) -> bytes | None:
    found = select(ServerKey.private_key).where(ServerKey.purpose == purpose)
    text = (await session.execute(found)).scalar_one_or_none()
    return b64decode(text) if text else None
