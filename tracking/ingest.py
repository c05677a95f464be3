"""Store pings: what many requests queued, in one transaction; answered when it has committed."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
import structlog

from data.session import EVERYTHING, Database
from tracking import store
from tracking.errors import PingsNotStored, QueueFull, RefusedByDatabase
from tracking.parcel import Parcel
from tracking.ping import Unusable
from tracking.ping_columns import Delivery, PingColumns, columns, one_by_one
from tracking.store import MovedAgent

log = structlog.get_logger()

MOST_QUEUED = 50_000
"""Rows that may wait: about a second's work. A sender who comes then is told to come again."""

MOST_PHONES = 50_000
"""Of so many the newest ping is remembered; then it begins anew."""

MOST_AT_ONCE = 5_000
"""Rows of one transaction: larger ones store no faster and keep senders waiting."""


FEW = 8
GATHER_S = 0.002
"""When so few rows wait, the writer gives others this long to join them. A transaction costs the
process as much as a dozen pings; for one ping alone two milliseconds more do not matter."""


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
        self._newest: dict[UUID, datetime] = {}

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
                if self._queued_rows < FEW:
                    await asyncio.sleep(GATHER_S)
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
        deliveries = [Delivery(p.device.id, p.received_at, c) for p in parcels for c in p.carried]
        moved = await self._add(deliveries) if deliveries else []
        if any(parcel.unusable or parcel.beats for parcel in parcels):
            # Last: whoever is told to send again after a failure here repeats only pings.
            async with self._database.transaction(EVERYTHING) as session:
                await store.set_aside(session, parcels)
        if moved and self._on_moved:
            self._on_moved(moved)

    async def _add(self, deliveries: Sequence[Delivery]) -> list[MovedAgent]:
        pings = columns(deliveries)
        await self._ensure_partitions(pings)
        try:
            return await store.add_pings(
                self._database.wire, pings, expect_new=self._seem_new(deliveries)
            )
        except RefusedByDatabase:
            # The days are asked for again: a partition may have been dropped meanwhile.
            self._days.clear()
            await self._ensure_partitions(pings)
            return await self._add_around_the_culprit(one_by_one(deliveries))

    def _seem_new(self, deliveries: Sequence[Delivery]) -> bool:
        """Whether all of these were taken after the newest ping that this process has seen of
        their phone. Such pings were not sent before, but for what another process took."""
        new = True
        if len(self._newest) > MOST_PHONES:
            self._newest.clear()
        for each in deliveries:
            taken = [ping.captured_at for ping in each.carried.pings]
            known, last = self._newest.get(each.device_id), max(taken)
            if known is None or last > known:
                self._newest[each.device_id] = last
            new = new and known is not None and min(taken) > known
        return new

    async def _ensure_partitions(self, pings: PingColumns) -> None:
        for day in sorted(set(pings.days()) - self._days):
            # By itself: making a partition locks the whole table, if only for a moment.
            async with self._database.transaction(EVERYTHING) as session:
                await store.ensure_partition(session, day)
            self._days.add(day)

    async def _add_around_the_culprit(self, deliveries: Sequence[Delivery]) -> list[MovedAgent]:
        """Halve what was refused until the refused ping stands alone, and quarantine that."""
        try:
            return await store.add_pings(self._database.wire, columns(deliveries))
        except RefusedByDatabase as refused:
            if len(deliveries) == 1:
                await self._quarantine(deliveries[0], refused.reason)
                return []
        middle = len(deliveries) // 2
        former = await self._add_around_the_culprit(deliveries[:middle])
        return former + await self._add_around_the_culprit(deliveries[middle:])

    async def _quarantine(self, refused: Delivery, reason: str) -> None:
        part = Unusable(reason, msgspec.json.encode(refused.carried.pings[0]))
        branch_id = refused.carried.carriage.branch_id
        async with self._database.transaction(EVERYTHING) as session:
            await store.quarantine(
                session, branch_id, refused.device_id, "refused", (part,), refused.received_at
            )


def _settle(taken: Sequence[_Waiting], error: Exception | None) -> None:
    for waiting in taken:
        if waiting.stored.done():
            continue
        if error is None:
            waiting.stored.set_result(None)
        else:
            waiting.stored.set_exception(error)
