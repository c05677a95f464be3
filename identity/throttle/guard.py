"""The guard before sign-in: whose turn it is, and who has guessed too often from where.

Whoever signed in before from the same address is *known* there. They do not wait for strangers,
and what strangers guess elsewhere does not close their account for them. Guesses where somebody is
known are counted apart. An IPv6 network counts as one address.

Strangers come in through a waiting room, before anything is done for them.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from data.limits import Counted, Limit, Limits
from identity.errors import TooManySignIns
from identity.secret import hash_password, password_fits
from identity.throttle.turnstile import Turnstile
from identity.throttle.waiting_room import WaitingRoom, network_of

WRONG_FROM_ADDRESS = Limit("sign-in:address", burst=20, every_s=30)
WRONG_WHERE_KNOWN = Limit("sign-in:known", burst=5, every_s=180)
KNOWN = "sign-in:was-here"
KNOWN_FOR_S = 30 * 24 * 3600
STRANGERS_IN = 2
"""One whose password is hashed, and one for whom the database is asked meanwhile."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, and from where; `is_known` when they were seen there before."""

    username: str
    address: str
    is_known: bool


class SignInGuard:
    """The one guard of a process.

    Hashing a password takes 64 MB and all of a core for a while, so half as many go on at once as
    there are cores, of known people and of strangers each; and those of strangers stand back for
    everything else that the machine does.
    """

    def __init__(self, limits: Limits, at_once: int | None = None) -> None:
        self._limits = limits
        self._room = WaitingRoom(STRANGERS_IN)
        places = at_once or max(1, (os.cpu_count() or 2) // 2)
        self._turnstiles = {is_known: Turnstile(places) for is_known in (True, False)}
        self._threads = {
            True: ThreadPoolExecutor(places, "sign-in"),
            False: ThreadPoolExecutor(places, "sign-in-stranger", initializer=_stand_back),
        }

    @asynccontextmanager
    async def entrance(self, username: str, address: str) -> AsyncIterator[None]:
        """Let somebody in to ask for a `turn`: known people at once, of strangers few at a time.
        Raises `TooManySignIns`."""
        name, network = username.lower(), network_of(address)
        is_known, wait_s = await self._limits.standing(
            KNOWN, (name, network), WRONG_WHERE_KNOWN.of(name, network),
            WRONG_FROM_ADDRESS.of(network),
        )  # fmt: skip
        if wait_s:
            await self._room.turn_away(network, int(wait_s) + 1)
        if is_known:
            yield
            return
        async with self._room.place(network):
            yield

    @asynccontextmanager
    async def turn(self, username: str, address: str) -> AsyncIterator[Claim]:
        """The turn to try a password. Raises `TooManySignIns`."""
        name, network = username.lower(), network_of(address)
        claim = Claim(name, network, await self._limits.remembers(KNOWN, name, network))
        await self._check(claim)
        async with self._turnstiles[claim.is_known].turn(network):
            await self._check(claim)  # what was guessed while it waited counts
            yield claim

    async def _check(self, claim: Claim) -> None:
        wait_s = await self._limits.look(self._counted(claim))
        if wait_s:
            raise TooManySignIns(retry_after_s=int(wait_s) + 1)

    async def fits(self, claim: Claim, password: str, password_hash: str | None) -> bool:
        """Whether the password is right, found out off the event loop. It takes as long when there
        is no such person (None)."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads[claim.is_known], password_fits, password, password_hash
        )

    async def hashed(self, claim: Claim, password: str) -> str:
        """The hash of a new password, made off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads[claim.is_known], hash_password, password
        )

    async def note(self, claim: Claim, *, right: bool) -> None:
        """Keep in mind how a try ended."""
        if right:
            await self._limits.remember(KNOWN, claim.username, claim.address, for_s=KNOWN_FOR_S)
        else:
            await self._limits.take(self._counted(claim))

    def _counted(self, claim: Claim) -> Counted:
        if claim.is_known:
            return WRONG_WHERE_KNOWN.of(claim.username, claim.address)
        return WRONG_FROM_ADDRESS.of(claim.address)


def _stand_back() -> None:
    """Let everything else go first; on Linux a thread has a priority of its own."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 2)
