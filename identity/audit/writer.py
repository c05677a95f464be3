"""Record what was read: events of many requests in one transaction, before any is answered."""

import asyncio
from collections import deque

import structlog

from data.session import EVERYTHING, Database
from identity.audit import store
from identity.audit.event import AuditEvent
from identity.errors import AuditAway

log = structlog.get_logger()

MOST_QUEUED = 20_000
MOST_AT_ONCE = 2_000


class AuditWriter:
    """The one writer of a process for events that have no transaction of their own.

    It runs while there is something to write. Events that come while it commits go together next.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: deque[tuple[AuditEvent, asyncio.Future[None]]] = deque()
        self._writing: asyncio.Task[None] | None = None

    async def write(self, event: AuditEvent) -> None:
        """Returns once the event is committed. Raises `AuditAway` when it is not known to be."""
        if len(self._queue) >= MOST_QUEUED:
            raise AuditAway
        stored = asyncio.get_running_loop().create_future()
        self._queue.append((event, stored))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await stored

    async def _write_all(self) -> None:
        try:
            while self._queue:
                taken = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
                error: Exception | None = None
                try:
                    async with self._database.transaction(EVERYTHING) as session:
                        await store.add(session, [event for event, _ in taken])
                except Exception as failed:
                    log.error("audit.not_recorded", events=len(taken), exc_info=failed)
                    error = AuditAway()
                for _, stored in taken:
                    if stored.done():  # whoever waited for it has gone
                        continue
                    if error:
                        stored.set_exception(error)
                    else:
                        stored.set_result(None)
        finally:
            self._writing = None
