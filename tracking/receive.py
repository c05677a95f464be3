"""Receive a device's message: find out whose it is, sort it, have it stored."""

from datetime import datetime, timedelta

from data.live import LiveBus
from data.session import Database
from tracking.carriers import Carriers
from tracking.device import Device
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
        self.carriers = Carriers(database)
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
        # 3. Have it stored.
        await self.writer.write(parcel)
        return parcel.answers
