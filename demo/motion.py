"""Where a simulated agent is now, and the pings that his phone sends of it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from core.clock import Clock
from core.geometry import LatLon
from demo.ride import Moment, Noise, Ride
from demo.wire import Wire

MOVING_S, STANDING_S = (10.0, 14.0), (14.0, 20.0)
"""How far apart pings are: phones save their batteries while nothing moves."""

GAP_SHARE, GAP_S = 1 / 150, (40.0, 120.0)
OFFLINE_SHARE, OFFLINE_S = 1 / 400, (60.0, 240.0)
"""Now and then a phone sleeps, or is out of coverage and sends all it kept later."""

SEND_EVERY_S = 0.45
"""Real seconds between two batches of one phone, whatever the speed of the clock."""

MOST_AT_ONCE = 500
TWICE_SHARE = 0.02


@dataclass(slots=True)
class Motion:
    """The ride that an agent is on, and when it began; at its end he stands."""

    ride: Ride
    began_at: datetime

    def at(self, instant: datetime) -> Moment:
        """Where he truly is."""
        return self.ride.at((instant - self.began_at).total_seconds())

    def begin(self, ride: Ride, now: datetime) -> datetime:
        """Set off; when he arrives."""
        self.ride, self.began_at = ride, now
        return now + timedelta(seconds=ride.duration_s)


@dataclass(slots=True)
class Phone:
    """A phone in an agent's pocket: takes pings, keeps them while offline, sends them."""

    wire: Wire
    device_key: str
    clock: Clock
    motion: Motion
    rng: np.random.Generator
    noise: Noise
    _kept: list[dict[str, Any]] = field(default_factory=list)
    _battery_pct: float = 97.0
    _last: datetime | None = None
    _offline_until: datetime | None = None

    def fix(self, now: datetime) -> dict[str, Any]:
        """What the phone shows of its position at the door, as a fact carries it."""
        lat_lon, accuracy_m = self._measured(now, self.motion.at(now).position)
        return {
            "lat": round(lat_lon.lat, 6),
            "lon": round(lat_lon.lon, 6),
            "accuracy_m": round(accuracy_m, 1),
            "captured_at": now.isoformat(),
        }

    async def report(self, stopping: asyncio.Event) -> None:
        """Take and send pings until `stopping`, then send what is left. Raises `Unreachable`."""
        due = self.clock.now()
        while not stopping.is_set():
            now = self.clock.now()
            while due <= now:
                due = self._take(due)
            if self._kept and not self._is_offline(now):
                await self._send()
            wait_s = max(SEND_EVERY_S, self.clock.wall_s((due - now).total_seconds()))
            await _pause(stopping, wait_s)
        while self._kept:
            await self._send()

    def _take(self, at: datetime) -> datetime:
        """Take a ping; when the next one is due."""
        moment = self.motion.at(at)
        lat_lon, accuracy_m = self._measured(at, moment.position)
        self._battery_pct = max(4.0, self._battery_pct - 0.02)
        speed_mps = max(0.0, moment.speed_mps + float(self.rng.normal(0, 0.3)))
        ping = {
            "captured_at": at.isoformat(),
            "lat": round(lat_lon.lat, 6),
            "lon": round(lat_lon.lon, 6),
            "accuracy_m": round(accuracy_m, 1),
            "speed_mps": round(speed_mps, 1),
            "altitude_m": round(float(self.rng.normal(28, 4)), 1),
            "battery_pct": round(self._battery_pct),
        }
        if moment.heading_deg is not None:
            ping["heading_deg"] = round((moment.heading_deg + float(self.rng.normal(0, 4))) % 360)
        self._kept.append(ping)
        if self.rng.random() < OFFLINE_SHARE:
            self._offline_until = at + timedelta(seconds=float(self.rng.uniform(*OFFLINE_S)))
        apart_s = GAP_S if self.rng.random() < GAP_SHARE else STANDING_S
        if apart_s is STANDING_S and moment.speed_mps > 0:
            apart_s = MOVING_S
        return at + timedelta(seconds=float(self.rng.uniform(*apart_s)))

    def _measured(self, at: datetime, true: LatLon) -> tuple[LatLon, float]:
        elapsed_s = (at - self._last).total_seconds() if self._last else 3600.0
        self._last = at
        return self.noise.over(true, elapsed_s)

    def _is_offline(self, now: datetime) -> bool:
        return self._offline_until is not None and now < self._offline_until

    async def _send(self) -> None:
        batch = self._kept[:MOST_AT_ONCE]
        body = {"pings": batch}
        answer = await self.wire.call_with_key("/v1/pings", self.device_key, body)
        if answer.status_code == 200:
            result = answer.json()
            if result["stored"] != len(batch):
                self.wire.wrong(answer, body)
        if self.rng.random() < TWICE_SHARE:
            self.wire.tally.sent_twice += 1
            await self.wire.call_with_key("/v1/pings", self.device_key, body)
        del self._kept[: len(batch)]


async def _pause(stopping: asyncio.Event, wait_s: float) -> None:
    try:
        async with asyncio.timeout(wait_s):
            await stopping.wait()
    except TimeoutError:
        return
