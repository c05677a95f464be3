"""What this database is for, and the clock that goes with it."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.clock import REAL, Clock
from data.session import EVERYTHING, Database
from data.tables.platform import Installation


async def clock_of(database: Database) -> Clock:
    """The installation's clock: the real one, unless the database holds a demonstration."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        row = (await session.execute(select(Installation))).scalar_one_or_none()
    if row is None or not row.is_demo:
        return REAL
    return Clock(row.clock_wall_origin, row.clock_time_origin, row.clock_rate)


async def is_demo(database: Database) -> bool | None:
    """Whether this database holds a demonstration; None when nothing was set up in it yet."""
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return (await session.execute(select(Installation.is_demo))).scalar_one_or_none()


async def set_demo_clock(database: Database, time: datetime, rate: float) -> Clock:
    """Mark an empty database as a demonstration, or set its clock anew, from now on.

    The database itself refuses to turn a real installation into a demonstration.
    """
    clock = Clock(datetime.now(UTC), time, rate)
    values = {
        "clock_wall_origin": clock.wall_origin,
        "clock_time_origin": clock.time_origin,
        "clock_rate": clock.rate,
    }
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            insert(Installation)
            .values(id=1, is_demo=True, **values)
            .on_conflict_do_update(
                index_elements=["id"], set_=values, where=Installation.is_demo.is_(True)
            )
        )
    return clock
