"""Record what was read: events of many requests in one transaction, before any is answered."""

from collections.abc import Sequence

import structlog

from core.gathered import Gathered
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
        self._writing = Gathered(self._write_all, MOST_AT_ONCE)

    async def write(self, event: AuditEvent) -> None:
        """Returns once the event is committed. Raises `AuditAway` when it is not known to be."""
        if len(self._writing) >= MOST_QUEUED:
            raise AuditAway
        await self._writing.ask(event)

    async def _write_all(self, events: Sequence[AuditEvent]) -> Sequence[None]:
        try:
            async with self._database.transaction(EVERYTHING) as session:
                await store.add(session, events)
        except Exception as failed:
            log.error("audit.not_recorded", events=len(events), exc_info=failed)
            raise AuditAway from failed
        return [None] * len(events)
