"""Receive a device's message: find out whose it is, sort it, have it stored."""

from datetime import datetime, timedelta

from core.fix import Fix
from core.geometry import LatLon
from data.live import LiveBus
from data.session import EVERYTHING, Database, DatabaseError
from tracking import store
from tracking.carriers import Carriers
from tracking.device import Device
from tracking.errors import PingsNotStored
from tracking.health.notes import HealthNotes
from tracking.health.panic import call_from_device
from tracking.ingest import PingWriter
from tracking.live_positions import LivePositions
from tracking.message import Decoded
from tracking.parcel import DROPPED, ItemAnswer, pack
from tracking.ping import Ping
from tracking.plausible import OLDEST

LOOK_BACK = timedelta(hours=1)
"""Most messages hold nothing older, so one question about their device answers all."""


class Reception:
    """What a process needs to receive pings. Nothing in it has to be started or stopped."""

    def __init__(self, database: Database, live: LiveBus) -> None:
        self._database = database
        self.carriers = Carriers(database)
        self.notes = HealthNotes(database)
        self.writer = PingWriter(database, LivePositions(live).tell)

    async def device(self, key: str, now: datetime) -> Device:
        """The device with this key. Raises `UnknownDevice`, or `PingsNotStored`."""
        return await self.carriers.device(key, now - LOOK_BACK)

    async def receive(
        self, key: str, message: Decoded, protocol: str, now: datetime
    ) -> tuple[ItemAnswer, ...]:
        """What became of each part of a message, once that is committed.

        A ping belongs to whoever carried the device when it was taken. Raises `UnknownDevice`,
        `QueueFull`, or `PingsNotStored`: then nothing is known to be stored.
        """
        # 1. Who carried the device, as far back as the oldest ping that can be used.
        taken = [item.captured_at for item in message.items if type(item) is Ping]
        since = now - LOOK_BACK
        if taken and (oldest := min(taken)) < since:
            since = max(oldest, now - OLDEST)
        device = await self.carriers.device(key, since)
        # 2. Sort it. Nobody's ping is dropped for good, so a sign-on of this moment must be known.
        parcel = pack(device, message.items, protocol, now)
        if DROPPED in parcel.answers:
            device = await self.carriers.device(key, since, fresh=True)
            parcel = pack(device, message.items, protocol, now)
        # 3. Have it stored, and whoever calls for help heard, before the phone may forget it.
        await self.writer.write(parcel)
        if message.signal is not None and message.signal.panic:
            await self._call_for_help(device, message, now)
        self.notes.take(device, message, now)
        return parcel.answers

    async def _call_for_help(self, device: Device, message: Decoded, now: datetime) -> None:
        pings = [item for item in message.items if isinstance(item, Ping)]
        newest = max(pings, key=lambda ping: ping.captured_at, default=None)
        signal = message.signal
        assert signal is not None
        called_at = newest.captured_at if newest else signal.sent_at or now
        fix = None
        if newest is not None:
            fix = Fix(LatLon(newest.lat, newest.lon), newest.accuracy_m, newest.captured_at)
        try:
            async with self._database.transaction(EVERYTHING) as session:
                agent_id = await store.carrier(session, device.id, called_at)
                if agent_id is not None:
                    await call_from_device(session, device.id, agent_id, called_at, fix, now)
        except DatabaseError as error:
            raise PingsNotStored from error
