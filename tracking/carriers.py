"""Who carries which device: asked for every message, so kept in the process for some seconds."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from data.session import EVERYTHING, Database
from identity.errors import UnknownDevice
from identity.secret import hash_secret
from tracking import store
from tracking.device import Device
from tracking.errors import PingsNotStored

KEPT_S = 4.0
"""A sign-on, a sign-off or a revoked key is seen after this at the latest."""

FRESH_S = 0.5
MOST_KEPT = 50_000
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database said of a key (None: no such device), and when by the loop's clock."""

    device: Device | None
    asked_at_s: float


class Carriers:
    """A process's devices by key. Questions that come at the same time share one query."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[bytes, _Known] = {}
        self._asked: dict[bytes, tuple[datetime, asyncio.Future[Device | None]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def device(self, key: str, since: datetime, *, fresh: bool = False) -> Device:
        """The device with this key, with who carried it from `since` on.

        `fresh` asks the database again unless it was asked within the last half second. Raises
        `UnknownDevice`, or `PingsNotStored` when the database cannot be asked.
        """
        key_hash = hash_secret(key)
        known = self._known.get(key_hash)
        age_s = asyncio.get_running_loop().time() - known.asked_at_s if known else 0.0
        if (
            known is None
            or age_s > (FRESH_S if fresh else KEPT_S)
            or (known.device is not None and known.device.known_from > since)
        ):
            device = await self._ask(key_hash, since)
        else:
            device = known.device
        if device is None:
            raise UnknownDevice
        return device

    async def _ask(self, key_hash: bytes, since: datetime) -> Device | None:
        earliest, future = self._asked.get(key_hash, (since, None))
        if future is None:
            future = asyncio.get_running_loop().create_future()
        self._asked[key_hash] = (min(earliest, since), future)
        if self._asking is None:
            self._asking = asyncio.create_task(self._answer_all())
        # Shielded: one asker who goes away must not take the answer from the others.
        return await asyncio.shield(future)

    async def _answer_all(self) -> None:
        try:
            while self._asked:
                now_s = asyncio.get_running_loop().time()
                keys = list(self._asked)[:MOST_AT_ONCE]
                asked = {key: self._asked.pop(key) for key in keys}
                await self._answer(asked, now_s)
        finally:
            self._asking = None

    async def _answer(
        self, asked: dict[bytes, tuple[datetime, asyncio.Future[Device | None]]], now_s: float
    ) -> None:
        since = min(earliest for earliest, _ in asked.values())
        try:
            async with self._database.transaction(EVERYTHING, read_only=True) as session:
                found = await store.devices_by_key(session, list(asked), since)
        except Exception:
            for _, future in asked.values():
                _refuse(future, PingsNotStored())
            return
        if len(self._known) + len(asked) > MOST_KEPT:
            self._known.clear()
        for key_hash, (_, future) in asked.items():
            self._known[key_hash] = _Known(found.get(key_hash), now_s)
            if not future.done():
                future.set_result(found.get(key_hash))


def _refuse(future: "asyncio.Future[Device | None]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # an asker may have gone; that is no unseen error
