"""The waiting room before sign-in: few strangers are let in at once, and a crowd waits outside.

Called in first is whoever comes from the network that has tried least often lately, and among
those the newest: a person who comes for the first time passes everybody who has been guessing, and
finds nobody before them who was there first and will not be served in time anyhow. Who is not
called in within `MOST_WAIT_S` is sent away, not all at the same moment; and so is whoever stands
last when the room is full.
Waiting costs nothing but a connection, so a crowd is slowed down and takes nothing from others.
"""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_address

from identity.errors import SignInCrowd, TooManySignIns

MOST_WAIT_S = 5.0
MOST_TRIES = 20
"""Who has tried more often lately stands no further behind."""

FORGOTTEN_AFTER_S = 30.0
"""A try is no longer counted after so long, one after the other."""

CROWD = 20
"""More who wait are no longer people who happen to come at the same time."""

Turn = asyncio.Future[bool]
"""True when called in, False when sent away because the room was full."""


def network_of(address: str) -> str:
    """Whom an address belongs to: an IPv6 customer has 2^64 of them, so those count as one."""
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return address


class TriesLately:
    """How often each network has tried lately, as far as this process has seen."""

    MOST_KEPT = 50_000

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._forgotten_at_s: OrderedDict[str, float] = OrderedDict()

    def add(self, network: str) -> int:
        """Count one more; how many there were before it, at most `MOST_TRIES`."""
        now_s = self._clock_s()
        until_s = max(self._forgotten_at_s.get(network, now_s), now_s)
        tries = -int(-(until_s - now_s) // FORGOTTEN_AFTER_S)
        self._forgotten_at_s[network] = min(
            until_s + FORGOTTEN_AFTER_S, now_s + (MOST_TRIES + 1) * FORGOTTEN_AFTER_S
        )
        self._forgotten_at_s.move_to_end(network)
        if len(self._forgotten_at_s) > self.MOST_KEPT:
            self._forgotten_at_s.popitem(last=False)  # who has been quiet for longest
        return min(tries, MOST_TRIES)


class WaitingRoom:
    """Lets `at_once` strangers in, and keeps at most `most_waiting` others waiting."""

    def __init__(
        self, at_once: int, *, most_waiting: int = 2_000, most_wait_s: float = MOST_WAIT_S
    ) -> None:
        self._free = at_once
        self._most_waiting = most_waiting
        self._most_wait_s = most_wait_s
        self._tries = TriesLately()
        # By tries lately; each row in the order in which they came.
        self._rows: list[OrderedDict[Turn, None]] = [OrderedDict() for _ in range(MOST_TRIES + 1)]
        self._waiting = 0

    @asynccontextmanager
    async def place(self, network: str) -> AsyncIterator[None]:
        """Waits, then holds a place until the block ends. Raises `SignInCrowd`."""
        await self._enter(self._tries.add(network))
        try:
            yield
        finally:
            self._leave()

    async def turn_away(self, network: str, retry_after_s: int) -> None:
        """Raises `TooManySignIns`; while there is a crowd not at once, which slows it down."""
        self._tries.add(network)
        if self._waiting < self._most_waiting:
            self._waiting += 1
            try:
                await asyncio.sleep(self._patience_s() if self._waiting > CROWD else 0)
            finally:
                self._waiting -= 1
        raise TooManySignIns(retry_after_s)

    async def _enter(self, tries: int) -> None:
        if self._free:
            self._free -= 1
            return
        if self._waiting >= self._most_waiting and not self._make_room(tries):
            raise SignInCrowd(retry_after_s=5)
        row = self._rows[tries]
        turn: Turn = asyncio.get_running_loop().create_future()
        row[turn] = None
        self._waiting += 1
        try:
            await asyncio.wait({turn}, timeout=self._patience_s())
        except asyncio.CancelledError:
            if not self._withdraw(row, turn) and turn.result():
                self._leave()  # whose turn had come passes it on
            raise
        if self._withdraw(row, turn) or not turn.result():
            raise SignInCrowd(retry_after_s=5)

    def _patience_s(self) -> float:
        """A crowd that came at once does not leave, and come again, at once."""
        return self._most_wait_s * random.uniform(0.5, 1)  # noqa: S311 no secret

    def _withdraw(self, row: OrderedDict[Turn, None], turn: Turn) -> bool:
        """Whether they still waited, and from now on no longer do."""
        if turn not in row:
            return False
        del row[turn]
        self._waiting -= 1
        return True

    def _make_room(self, tries: int) -> bool:
        """Send the last away, if somebody stands behind whoever has tried so often."""
        for row in reversed(self._rows[tries + 1 :]):
            if row:
                turn, _ = row.popitem(last=False)
                self._waiting -= 1
                turn.set_result(False)
                return True
        return False

    def _leave(self) -> None:
        for row in self._rows:
            if row:
                turn, _ = row.popitem(last=True)
                self._waiting -= 1
                turn.set_result(True)
                return
        self._free += 1
