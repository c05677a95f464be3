"""A turnstile: few pass at once, and a crowd from one place does not keep others out."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from identity.errors import SignInCrowd


class Turnstile:
    """Lets `at_once` pass. Of those who wait goes one from each lane in turn.

    More than `most_waiting` in all, or `most_in_lane` in one lane, are sent away.
    """

    def __init__(self, at_once: int, *, most_waiting: int = 400, most_in_lane: int = 40) -> None:
        self._free = at_once
        self._most_waiting = most_waiting
        self._most_in_lane = most_in_lane
        self._lanes: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, lane: str) -> AsyncIterator[None]:
        """Waits, then holds a place until the block ends. Raises `SignInCrowd`."""
        await self._enter(lane)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, lane: str) -> None:
        if self._free:
            self._free -= 1
            return
        line = self._lanes.get(lane, deque())
        if self._waiting >= self._most_waiting or len(line) >= self._most_in_lane:
            raise SignInCrowd(retry_after_s=5)
        self._lanes[lane] = line
        self._waiting += 1
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # Whose turn had come passes it on; who still waited is skipped when it comes.
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        self._free += 1
        while self._free and (turn := self._next()):
            if not turn.done():
                self._free -= 1
                turn.set_result(None)

    def _next(self) -> "asyncio.Future[None] | None":
        if not self._lanes:
            return None
        lane, line = self._lanes.popitem(last=False)
        self._waiting -= 1
        turn = line.popleft()
        if line:
            self._lanes[lane] = line  # behind all others
        return turn
