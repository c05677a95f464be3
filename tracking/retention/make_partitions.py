"""Make the partitions of the days ahead, so that the ingest finds them."""

from collections.abc import Sequence
from datetime import date, datetime

from data.session import EVERYTHING, Database
from tracking.retention import store
from tracking.retention.due import days_ahead
from tracking.store import ensure_partition

PATIENCE_S = 1.0
"""Only what changes the table itself is in the way, and neither pings nor readers wait for us."""


async def make_partitions(database: Database, now: datetime) -> Sequence[date]:
    """Make what is missing of today's and the coming week's partitions; which those were.

    Raises `PingsInUse`; the days before are then made.
    """
    async with database.transaction(EVERYTHING, read_only=True) as session:
        there = set(await store.partition_days(session))
    missing = [day for day in days_ahead(now) if day not in there]
    for day in missing:
        async with (
            database.transaction(EVERYTHING) as session,
            store.patient_for(session, PATIENCE_S),
        ):
            await ensure_partition(session, day)
    return missing
