"""Store pings: what many requests queued, in one transaction; answered when it has committed."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date

import msgspec
import structlog

from data.session import EVERYTHING, Database
from tracking import store
from tracking.errors import PingsNotStored, QueueFull, RefusedByDatabase
from tracking.parcel import Parcel
from tracking.ping import Unusable
from tracking.ping_columns import PingRow, columns
from tracking.store import MovedAgent

log = structlog.get_logger()

MOST_QUEUED = 50_000
"""Rows that may wait: about a second's work. A sender who comes then is told to come again."""

MOST_AT_ONCE = 10_000
"""Rows of one transaction: larger ones store no faster and keep senders waiting."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    parcel: Parcel
    stored: "asyncio.Future[None]"


class PingWriter:
    """The one writer of a process. It runs while there is something to write."""

    def __init__(
        self,
        database: Database,
        on_moved: Callable[[Sequence[MovedAgent]], None] | None = None,
        *,
        most_queued: int = MOST_QUEUED,
    ) -> None:
        """`on_moved` is told after each commit whose live positions have moved forward."""
        self._database = database
        self._on_moved = on_moved
        self._most_queued = most_queued
        self._queue: deque[_Waiting] = deque()
        self._queued_rows = 0
        self._writing: asyncio.Task[None] | None = None
        self._days: set[date] = set()

    async def write(self, parcel: Parcel) -> None:
        """Returns once the parcel is committed, together with others that came at the time.

        A ping that the database refuses goes to quarantine and leaves its neighbours alone.
        Raises `QueueFull`, or `PingsNotStored` when nothing of the parcel is known to be stored.
        """
        if not len(parcel):
            return
        if self._queued_rows + len(parcel) > self._most_queued:
            raise QueueFull
        stored = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(parcel, stored))
        self._queued_rows += len(parcel)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await stored

    async def _write_all(self) -> None:
        try:
            while self._queue:
                taken = self._take()
                try:
                    await self._store([waiting.parcel for waiting in taken])
                except Exception as error:
                    log.warning("pings.not_stored", parcels=len(taken), exc_info=error)
                    _settle(taken, PingsNotStored())
                else:
                    _settle(taken, None)
        finally:
            self._writing = None

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        size = 0
        while self._queue and (not taken or size + len(self._queue[0].parcel) <= MOST_AT_ONCE):
            waiting = self._queue.popleft()
            size += len(waiting.parcel)
            taken.append(waiting)
        self._queued_rows -= size
        return taken

    async def _store(self, parcels: Sequence[Parcel]) -> None:
        rows = [PingRow(p.device.id, p.received_at, ping) for p in parcels for ping in p.pings]
        await self._ensure_partitions(rows)
        try:
            moved = await self._commit(rows, parcels)
        except RefusedByDatabase:
            # The days are asked for again: a partition may have been dropped meanwhile.
            self._days.clear()
            await self._ensure_partitions(rows)
            await self._commit((), parcels)
            moved = await self._store_around_the_culprit(rows)
        if moved and self._on_moved:
            self._on_moved(moved)

    async def _ensure_partitions(self, rows: Sequence[PingRow]) -> None:
        days = {row.carried.ping.captured_at.astimezone(UTC).date() for row in rows} - self._days
        for day in sorted(days):
            # By itself: making a partition locks the whole table, if only for a moment.
            async with self._database.transaction(EVERYTHING) as session:
                await store.ensure_partition(session, day)
            self._days.add(day)

    async def _commit(self, rows: Sequence[PingRow], parcels: Sequence[Parcel]) -> list[MovedAgent]:
        async with self._database.transaction(EVERYTHING) as session:
            moved = await store.add_pings(session, columns(rows)) if rows else []
            for parcel in parcels:
                if parcel.unusable:
                    await store.quarantine(
                        session,
                        parcel.device.branch_id,
                        parcel.device.id,
                        parcel.protocol,
                        parcel.unusable,
                        parcel.received_at,
                    )
        return moved

    async def _store_around_the_culprit(self, rows: Sequence[PingRow]) -> list[MovedAgent]:
        """Halve what was refused until the refused ping stands alone, and quarantine that."""
        try:
            return await self._commit(rows, ())
        except RefusedByDatabase as refused:
            if len(rows) == 1:
                await self._quarantine(rows[0], refused.reason)
                return []
        middle = len(rows) // 2
        former = await self._store_around_the_culprit(rows[:middle])
        return former + await self._store_around_the_culprit(rows[middle:])

    async def _quarantine(self, row: PingRow, reason: str) -> None:
        part = Unusable(reason, msgspec.json.encode(row.carried.ping))
        branch_id = row.carried.carriage.branch_id
        async with self._database.transaction(EVERYTHING) as session:
            await store.quarantine(
                session, branch_id, row.device_id, "refused", (part,), row.received_at
            )


def _settle(taken: Sequence[_Waiting], error: Exception | None) -> None:
    for waiting in taken:
        if waiting.stored.done():
            continue
        if error is None:
            waiting.stored.set_result(None)
        else:
            waiting.stored.set_exception(error)
