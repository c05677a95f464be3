"""What the database announces when something commits (NOTIFY), heard on one more connection."""

import asyncio
from collections.abc import Callable

import psycopg
import structlog

log = structlog.get_logger()

TRY_AGAIN_S = 1.0

PROBE_S = 5
"""A listener says nothing by itself; a line that does not answer three probes is dead."""


class Listener:
    """Hears one channel from when it is first asked to until it is closed."""

    def __init__(self, url: str, role: str, channel: str) -> None:
        self._url, self._role, self._channel = url, role, channel
        self._told: list[Callable[[str], None]] = []
        self._listening: asyncio.Task[None] | None = None
        self.command = f"LISTEN {channel}".encode()
        """What has a connection hear the channel, too."""
        self.is_hearing = False
        """Whether whatever commits now is going to be heard."""

    def tell(self, told: Callable[[str], None]) -> None:
        """Have `told` called with what is announced, after it has committed.

        It is called with nothing ("") whenever announcements may have been missed: at the
        beginning and after an interruption. Returns at once.
        """
        self._told.append(told)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            try:
                async with await self._connected() as connection:
                    await connection.execute(self.command)
                    self.is_hearing = True
                    self.announce("")
                    async for announcement in connection.notifies():
                        self.announce(announcement.payload)
            except psycopg.Error as error:
                log.warning("listener.interrupted", channel=self._channel, error=str(error))
            finally:
                self.is_hearing = False
            await asyncio.sleep(TRY_AGAIN_S)

    def announce(self, announcement: str) -> None:
        """Tell all of what was announced."""
        for told in self._told:
            told(announcement)

    async def _connected(self) -> psycopg.AsyncConnection[object]:
        connecting = asyncio.create_task(self._connect())
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # A connection that is cut off half made would be left open.
            await asyncio.wait([connecting])
            if connecting.exception() is None:
                await connecting.result().close()
            raise

    async def _connect(self) -> psycopg.AsyncConnection[object]:
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            options=f"-c role={self._role}",
            keepalives_idle=PROBE_S,
            keepalives_interval=PROBE_S,
            keepalives_count=3,
        )

    async def close(self) -> None:
        """Stop listening."""
        task, self._listening = self._listening, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
