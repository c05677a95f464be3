"""A simulated agent's working day: rides the round, knocks, collects, deposits, goes home."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.clock import Clock
from core.geometry import LatLon, distance_m
from core.ids import new_id
from demo.at_the_door import Caller
from demo.centers import MEETING_S, Meeting
from demo.door import notes_of
from demo.motion import Motion, Phone
from demo.orders import WorkingDay
from demo.portfolio import CURRENCY, ZONE
from demo.ride import Ride, moved, ride
from demo.ways import Ways
from demo.wire import Wire

NEAR_M = 80.0
"""Nearer than that to where the plan's way begins, an agent follows it."""

SKIP_SHARE, NEXT_DOOR_SHARE, PAUSE_SHARE = 0.03, 0.02, 0.05
PAUSE_S = (240.0, 720.0)
COUNTING_S = (240.0, 480.0)
LONGEST_WAIT_S = 1800.0
NEARLY_FULL = 0.75
LOOK_AGAIN_S = 300.0
"""How often somebody with nothing to do asks whether there is a new visit."""


class Stopping(Exception):
    """The demonstration ends; what was begun is finished, nothing new is."""


@dataclass(slots=True)
class Agent:
    """One agent with a phone."""

    wire: Wire
    phone: Phone
    motion: Motion
    clock: Clock
    ways: Ways
    day: WorkingDay
    rng: np.random.Generator
    stopping: asyncio.Event
    home: LatLon
    branch: LatLon
    unsaid_share: float
    had_break: bool = False
    _seen: set[str] = field(default_factory=set)
    _handed_in: set[str] = field(default_factory=set)

    @property
    def position(self) -> LatLon:
        """Where the agent truly is now."""
        return self.motion.at(self.clock.now()).position

    async def work(self) -> None:
        """The whole day, from sign-in to sign-off, or until the demonstration ends."""
        await self.wire.sign_in()
        await self._sign_on()
        off_duty = asyncio.Event()
        async with asyncio.TaskGroup() as both:
            both.create_task(self.phone.report(off_duty))
            both.create_task(self._on_duty(off_duty))
        if not self.stopping.is_set():
            await self.wire.call("DELETE", "/v1/agent/sign-on")

    async def _on_duty(self, off_duty: asyncio.Event) -> None:
        try:
            await self._round()
        except Stopping:
            return
        finally:
            off_duty.set()

    async def _sign_on(self) -> None:
        body = {"device_key": self.phone.device_key}
        await self.wire.call("PUT", "/v1/agent/sign-on", body)

    async def _round(self) -> None:
        caller = Caller(self.wire, self.phone, self.clock, self.rng, self.stand, self.unsaid_share)
        await self._meet()
        if await self._till_is_nearly_full():
            await self._deposit()
        while self.clock.now() < self.day.ends_at:
            round_ = await self._planned()
            stop = self._next(round_["stops"])
            if stop is not None and self._hands_in_before(stop, round_["deposits"]):
                await self._deposit()
                continue
            if stop is None:
                await self._go_home()
                await self.stand(LOOK_AGAIN_S)
                continue
            self._seen.add(stop["case_id"])
            if self.rng.random() < SKIP_SHARE:
                continue
            await self._ride_to(stop)
            # Meanwhile a supervisor may have given the visit to somebody else.
            if stop["case_id"] not in {one["case_id"] for one in await self._stops()}:
                continue
            await caller.visit(stop["case_id"], stop["service_s"])
            if caller.hit_limit:
                caller.hit_limit = False
                await self._deposit()
        await self._go_home()

    async def _meet(self) -> None:
        """Hold the meetings of one's own centers, before anything else."""
        meeting = Meeting(self.wire, self.phone, self.clock, self.rng, self.unsaid_share)
        for center in await meeting.waiting():
            await self._ride_along_streets(LatLon(**center["location"]))
            today = self.clock.now().astimezone(ZoneInfo(ZONE)).date()
            meets_at = time.fromisoformat(center["meets_at"])
            begins_at = datetime.combine(today, meets_at, ZoneInfo(ZONE))
            await self._until(max(begins_at, self.clock.now()))
            await self.stand(float(self.rng.uniform(*MEETING_S)))
            await meeting.submit(center["center_id"])

    async def _planned(self) -> dict[str, Any]:
        answer = await self.wire.call("GET", "/v1/agent/round", expected={200, 404})
        if answer.status_code != 200:
            return {"stops": [], "deposits": []}
        round_: dict[str, Any] = answer.json()
        return round_

    async def _stops(self) -> list[dict[str, Any]]:
        stops: list[dict[str, Any]] = (await self._planned())["stops"]
        return stops

    def _hands_in_before(self, stop: dict[str, Any], deposits: list[dict[str, Any]]) -> bool:
        """Whether a deposit is planned before this stop that was not thought of yet."""
        due = {d["id"] for d in deposits if d["seq"] < stop["seq"]} - self._handed_in
        self._handed_in |= due
        return bool(due)

    def _next(self, stops: list[dict[str, Any]]) -> dict[str, Any] | None:
        to_do = (s for s in stops if s["status"] == "planned" and s["case_id"] not in self._seen)
        return min(to_do, key=lambda stop: stop["seq"], default=None)

    async def _ride_to(self, stop: dict[str, Any]) -> None:
        door = LatLon(stop["lat"], stop["lon"])
        leg = stop["leg"]
        points = [LatLon(lat, lon) for lon, lat, *_ in leg["geometry"]["coordinates"]]
        if points and distance_m(points[0], self.position) < NEAR_M:
            way = ride(points, leg["travel_s"], self.rng)
        else:
            found = self.ways.between(self.position, door)
            way = ride(found.points, found.travel_s, self.rng)
        if self.rng.random() < NEXT_DOOR_SHARE:
            door = moved(door, *self.rng.normal(0, 20, 2).tolist())
            way = Ride(
                way.t_s, np.append(way.lat[:-1], door.lat), np.append(way.lon[:-1], door.lon)
            )
        way = self._with_pauses(way)
        if stop["window_from"]:
            opens_at = datetime.fromisoformat(stop["window_from"])
            arrives_at = self.clock.now() + timedelta(seconds=way.duration_s)
            early_s = (opens_at - arrives_at).total_seconds()
            if early_s > 0:
                way = way.with_pause(0.8, min(early_s, LONGEST_WAIT_S))
        await self._follow(way)

    def _with_pauses(self, way: Ride) -> Ride:
        share = float(self.rng.uniform(0.3, 0.7))
        if not self.had_break and self.clock.now() >= self.day.break_from:
            self.had_break = True
            return way.with_pause(share, self.day.break_s)
        if self.rng.random() < PAUSE_SHARE:
            return way.with_pause(share, float(self.rng.uniform(*PAUSE_S)))
        return way

    async def _follow(self, way: Ride) -> None:
        self.phone.noise.change_surroundings()
        arrives_at = self.motion.begin(way, self.clock.now())
        await self._until(arrives_at)

    async def _ride_along_streets(self, destination: LatLon) -> None:
        found = self.ways.between(self.position, destination)
        await self._follow(ride(found.points, found.travel_s, self.rng))

    async def _till_is_nearly_full(self) -> bool:
        till = (await self.wire.call("GET", "/v1/agent/till")).json()
        full: bool = till["in_hand"]["amount_minor"] > NEARLY_FULL * till["limit"]["amount_minor"]
        return full

    async def _deposit(self) -> None:
        """Bring all cash to the branch; nothing happens with empty hands."""
        till = (await self.wire.call("GET", "/v1/agent/till")).json()
        if not till["in_hand"]["amount_minor"]:
            return
        await self._ride_along_streets(self.branch)
        await self.stand(float(self.rng.uniform(*COUNTING_S)))
        till = (await self.wire.call("GET", "/v1/agent/till")).json()
        amount_minor = till["in_hand"]["amount_minor"]
        body = {
            "amount": {"amount_minor": amount_minor, "currency": CURRENCY},
            "denominations": [
                {"face_minor": face, "count": count} for face, count in notes_of(amount_minor)
            ],
            "target": "branch",
            "deposited_at": self.clock.now().isoformat(),
        }
        await self.wire.call("PUT", f"/v1/agent/deposits/{new_id()}", body)

    async def _go_home(self) -> None:
        if distance_m(self.position, self.home) < NEAR_M:
            return
        await self._deposit()
        await self._ride_along_streets(self.home)

    async def stand(self, duration_s: float) -> None:
        """Stay for so long. Raises `Stopping`."""
        await self._until(self.clock.now() + timedelta(seconds=duration_s))

    async def _until(self, instant: datetime) -> None:
        wait_s = self.clock.wall_s((instant - self.clock.now()).total_seconds())
        try:
            async with asyncio.timeout(max(0.0, wait_s)):
                await self.stopping.wait()
        except TimeoutError:
            return
        raise Stopping
