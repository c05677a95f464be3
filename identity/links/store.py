"""SQL of the installation's key for addresses that need no sign-in."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from data.session import Session, rows
from data.tables.platform import ServerKey

PURPOSE = "links"


async def key(session: Session) -> bytes | None:
    """The key, for a session that sees everything."""
    found = await rows(
        session, "SELECT private_key FROM server_key WHERE purpose = :purpose", purpose=PURPOSE
    )
    return bytes(found[0].private_key) if found else None


async def keep_key(session: Session, made: bytes, now: datetime) -> None:
    """Keep a key, unless there is one."""
    await session.execute(
        insert(ServerKey)
        .values(purpose=PURPOSE, private_key=made, created_at=now)
        .on_conflict_do_nothing()
    )
