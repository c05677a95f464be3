"""Who carries which device: asked for every message, so kept in the process for some seconds."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from math import inf
from uuid import UUID

from data.session import EVERYTHING, Database
from identity.errors import UnknownDevice
from identity.secret import hash_secret
from tracking import store
from tracking.device import Device
from tracking.errors import PingsNotStored

KEPT_S = 60.0
"""What was announced is forgotten at once. Where announcements get lost on their way (some
connection poolers swallow them), a sign-on or a revoked key is seen after this at the latest."""

UNHEARD_S = 4.0
"""The same while no announcement can be heard."""

FRESH_S = 0.5
MOST_KEPT = 50_000
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database said of a key (None: no such device), and when by the loop's clock."""

    device: Device | None
    asked_at_s: float


class Carriers:
    """A process's devices by key. Questions that come at the same time share one query, and what
    is known is asked again before it is too old, so that senders hardly ever wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._announced = database.carriages
        self._is_told = False
        self._key_of: dict[UUID, bytes] = {}
        self._forgotten = 0
        self._known: dict[bytes, _Known] = {}
        self._asked: dict[bytes, tuple[datetime, asyncio.Future[Device | None]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def device(self, key: str, since: datetime, *, fresh: bool = False) -> Device:
        """The device with this key, with who carried it from `since` on.

        `fresh` asks the database again unless it was asked within the last half second. Raises
        `UnknownDevice`, or `PingsNotStored` when the database cannot be asked.
        """
        if not self._is_told:
            self._is_told = True
            self._announced.tell(self._forget)
        key_hash = hash_secret(key)
        known = self._known.get(key_hash)
        if known is None or (known.device is not None and known.device.known_from > since):
            device = await self._ask(key_hash, since)
        else:
            kept_s = KEPT_S if known.device and self._announced.is_hearing else UNHEARD_S
            age_s = asyncio.get_running_loop().time() - known.asked_at_s
            if age_s > (FRESH_S if fresh else kept_s):
                device = await self._ask(key_hash, since)
            else:
                device = known.device
                if age_s > kept_s / 2:
                    self._wanted(key_hash, since)
        if device is None:
            raise UnknownDevice
        return device

    def _forget(self, announced: str) -> None:
        """Forget the devices announced (ids with commas between), or all when none is named."""
        self._forgotten += 1
        if not announced:
            self._forget_all()
            return
        for device in announced.split(","):
            key_hash = self._key_of.pop(UUID(device), None)
            if key_hash is not None:
                self._known.pop(key_hash, None)

    def _forget_all(self) -> None:
        self._known.clear()
        self._key_of.clear()

    async def _ask(self, key_hash: bytes, since: datetime) -> Device | None:
        # Shielded: one asker who goes away must not take the answer from the others.
        return await asyncio.shield(self._wanted(key_hash, since))

    def _wanted(self, key_hash: bytes, since: datetime) -> "asyncio.Future[Device | None]":
        earliest, future = self._asked.get(key_hash, (since, None))
        if future is None:
            future = asyncio.get_running_loop().create_future()
        self._asked[key_hash] = (min(earliest, since), future)
        if self._asking is None:
            self._asking = asyncio.create_task(self._answer_all())
        return future

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
        since, forgotten = min(earliest for earliest, _ in asked.values()), self._forgotten
        try:
            async with self._database.transaction(EVERYTHING, read_only=True) as session:
                found = await store.devices_by_key(session, list(asked), since)
        except Exception:
            for _, future in asked.values():
                _refuse(future, PingsNotStored())
            return
        if forgotten != self._forgotten:
            now_s = -inf  # something was announced that this answer may not know of yet
        if len(self._known) + len(asked) > MOST_KEPT:
            self._forget_all()
        for key_hash, (_, future) in asked.items():
            device = found.get(key_hash)
            self._known[key_hash] = _Known(device, now_s)
            if device is not None:
                self._key_of[device.id] = key_hash
            if not future.done():
                future.set_result(device)


def _refuse(future: "asyncio.Future[Device | None]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # an asker may have gone; that is no unseen error
