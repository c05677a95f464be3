"""The live hub: one reader of the bus in a process, for everybody who watches the map there."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import structlog

from core.clock import Clock
from data.live import Change, LiveBus
from data.session import Database
from map_ui.audience import RESET, Audience, Event

log = structlog.get_logger()

BATCH_EVERY_S = 0.1
MOST_TOLD_PER_S = 2_000
MOST_BYTES_PER_S = 100e6
LONGEST_REST_S = 2.0
"""Batches, and bytes in all, sent to readers in a second: where many hundreds watch, batches are
larger and fewer, so that telling them leaves room for the phones. Nobody waits longer than two
seconds for it."""

READ_AT_ONCE = 5000
TRY_AGAIN_S = 1.0


class LiveHub:
    """Fans the bus out to all who watch. It reads while somebody does."""

    def __init__(self, database: Database, live: LiveBus, clock: Clock) -> None:
        self._database = database
        self._live = live
        self._clock = clock
        self._audiences: dict[frozenset[UUID], Audience] = {}
        self._cursor = "0-0"
        self._catching_up: dict[tuple[frozenset[UUID], str, str], asyncio.Task[Event | None]] = {}
        self._joining = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def events(
        self, branch_ids: tuple[UUID, ...], last_event_id: str
    ) -> AsyncGenerator[Event]:
        """What happens in these branches after `last_event_id`, a batch every 100 ms at most.

        Ends with `RESET` when that id is too old or unknown, or when the reader is too slow: then
        the snapshot has to be loaded again. A `SIGN_OF_LIFE` comes after 15 quiet seconds.
        """
        if not last_event_id or not await self._live.reaches_back_to(last_event_id):
            yield RESET
            return
        queue: asyncio.Queue[Event] = asyncio.Queue()
        audience = await self._join(frozenset(branch_ids), queue)
        try:
            missed = await self._missed(audience, last_event_id)
            if missed:
                yield missed
            while True:
                event = await queue.get()
                yield event
                if event is RESET:
                    return
        finally:
            self._leave(audience, queue)

    async def _join(self, branch_ids: frozenset[UUID], queue: "asyncio.Queue[Event]") -> Audience:
        async with self._joining:
            if self._reading is None:
                self._cursor = await self._live.last_id()
            audience = self._audiences.get(branch_ids)
            if audience is None:
                audience = Audience(branch_ids)
                await audience.load(self._database, self._clock.now(), _now_s())
                self._audiences[branch_ids] = audience
            audience.join(queue)
            if self._reading is None:
                self._reading = asyncio.create_task(self._read_on())
            return audience

    def _leave(self, audience: Audience, queue: "asyncio.Queue[Event]") -> None:
        audience.queues.discard(queue)
        if not audience.queues and self._audiences.get(audience.branch_ids) is audience:
            del self._audiences[audience.branch_ids]

    async def _missed(self, audience: Audience, last_event_id: str) -> Event | None:
        """What came after `last_event_id`; later changes reach the queue by themselves. Those who
        come back at once with the same id share one answer."""
        question = (audience.branch_ids, last_event_id, self._cursor)
        asked = self._catching_up.get(question)
        if asked is None:
            asked = asyncio.create_task(self._catch_up(audience, last_event_id, self._cursor))
            self._catching_up[question] = asked
        return await asyncio.shield(asked)

    async def _catch_up(self, audience: Audience, last_event_id: str, until: str) -> Event | None:
        end, after, changes = _order(until), last_event_id, list[Change]()
        while _order(after) < end:
            found = await self._live.read(after, block_ms=1, count=READ_AT_ONCE)
            if not found:
                break
            changes += (change for entry_id, change in found if _order(entry_id) <= end)
            after = found[-1][0]
        if not changes:
            return None
        now = self._clock.now()
        return await audience.missed(self._database, now, changes, last_event_id, until)

    async def _read_on(self) -> None:
        try:
            while self._audiences:
                try:
                    await self._round()
                except Exception as error:
                    log.warning("live.interrupted", exc_info=error)
                    for audience in self._audiences.values():
                        audience.reset()
                    self._audiences.clear()
                    await asyncio.sleep(TRY_AGAIN_S)
        finally:
            self._reading = None

    async def _round(self) -> None:
        """Read what came, have each audience told, and rest until the next batch is due."""
        began_s = _now_s()
        found = await self._live.read(
            self._cursor, block_ms=int(BATCH_EVERY_S * 1000), count=READ_AT_ONCE
        )
        self._catching_up.clear()
        for entry_id, change in found:
            self._cursor = entry_id
            for audience in self._audiences.values():
                audience.gather(change)
        sent_bytes = 0
        for audience in list(self._audiences.values()):
            size = await audience.tell(self._database, self._clock.now(), _now_s(), self._cursor)
            sent_bytes += size * len(audience.queues)
            await audience.keep_awake(_now_s())
        readers = sum(len(audience.queues) for audience in self._audiences.values())
        rest_s = max(BATCH_EVERY_S, readers / MOST_TOLD_PER_S, sent_bytes / MOST_BYTES_PER_S)
        await asyncio.sleep(max(0.0, began_s + min(rest_s, LONGEST_REST_S) - _now_s()))


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _order(event_id: str) -> tuple[int, int]:
    """Stream ids as numbers, which is how they are ordered."""
    milliseconds, _, number = event_id.partition("-")
    return int(milliseconds), int(number)
