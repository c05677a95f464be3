"""Limits on how often something may happen, counted in Redis for all processes together.

Counts may be lost with Redis at any time; what must hold without it is in the database. While Redis
is away nothing is counted and nothing refused.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import structlog
from redis.exceptions import RedisError

from core.gathered import Gathered
from data.live import Command, LiveBus

log = structlog.get_logger()

# The generic cell rate algorithm: the instant is kept at which the allowance would be whole again.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local allowance, cost = tonumber(ARGV[2]), tonumber(ARGV[3])
local whole = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + cost
local wait = math.max(0, whole - now - allowance)
if wait == 0 and ARGV[1] == '1' then
    redis.call('SET', KEYS[1], whole, 'PX', whole - now + 1)
end
return wait
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, and one more every `every_s` seconds."""

    name: str
    burst: int
    every_s: float

    def of(self, *whose: str) -> "Counted":
        """The limit for somebody or something."""
        return Counted(self, _key(self.name, *whose))


@dataclass(frozen=True, slots=True)
class Counted:
    """A limit with the key that it is counted under."""

    limit: Limit
    key: str


def per_minute(name: str, most: int) -> Limit | None:
    """`most` in a minute, at once or spread; None, which is no limit, where it is 0."""
    return Limit(name, most, 60 / most) if most else None


class LocalLimit:
    """A limit counted in this process alone, for what is too hot to ask Redis about."""

    MOST_KEPT = 50_000

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._whole_at_s: OrderedDict[str, float] = OrderedDict()

    def take(self, whose: str, now_s: float) -> float:
        """Use the limit once; 0, or the seconds to wait, and then it was not used. `now_s` is of a
        clock that never goes back."""
        every_s = self._limit.every_s
        whole_at_s = max(self._whole_at_s.get(whose, now_s), now_s) + every_s
        wait_s = whole_at_s - now_s - self._limit.burst * every_s
        if wait_s > 1e-9:
            return wait_s
        self._whole_at_s[whose] = whole_at_s
        self._whole_at_s.move_to_end(whose)
        if len(self._whole_at_s) > self.MOST_KEPT:
            self._whole_at_s.popitem(last=False)  # who has been quiet for longest
        return 0.0


class Limits:
    """Counts, in the Redis of a live bus.

    However many ask at the same time, Redis is asked once: this is what a crowd meets first.
    """

    def __init__(self, live: LiveBus) -> None:
        self._live = live
        self._standings = Gathered(self._all_standings)
        self._commands = Gathered(self._carry_out)

    async def standing(
        self, name: str, whose: tuple[str, ...], if_so: Counted, if_not: Counted
    ) -> tuple[bool, float]:
        """What `remembers` answers, and what `look` does for the limit that follows from it."""
        keys = (_key(name, *whose), if_so.key, if_not.key)
        now_ms, (known, *whole_at_ms) = await self._standings.ask(keys)
        limit = (if_so if known else if_not).limit
        at_ms = max(float(whole_at_ms[0 if known else 1] or 0), now_ms)
        left_ms = at_ms - now_ms - (limit.burst - 1) * _ms(limit.every_s)
        return bool(known), max(left_ms, 0) / 1000

    async def _all_standings(
        self, asked: Sequence[tuple[str, ...]]
    ) -> Sequence[tuple[float, list[bytes | None]]]:
        """The instant, and each key's value."""
        try:
            (seconds, microseconds), found = await self._live.carry_out(
                [("TIME",), ("MGET", *chain.from_iterable(asked))]
            )
        except RedisError as error:
            log.warning("limits.not_counted", exc_info=error)
            return [(0.0, [None] * len(keys)) for keys in asked]
        values = iter(found)
        now_ms = seconds * 1000 + microseconds // 1000
        return [(now_ms, [next(values) for _ in keys]) for keys in asked]

    async def take(self, counted: Counted, times: int = 1) -> float:
        """Use a limit so many times; 0, or the seconds to wait, and then it was not used."""
        return await self._wait_s(counted, times, keep=1)

    async def look(self, counted: Counted) -> float:
        """What `take` would answer, without using anything."""
        return await self._wait_s(counted, 1, keep=0)

    async def _wait_s(self, counted: Counted, times: int, keep: int) -> float:
        every_ms = _ms(counted.limit.every_s)
        allowance_ms, cost_ms = counted.limit.burst * every_ms, times * every_ms
        wait_ms = await self._answer(0, "EVAL", _TAKE, 1, counted.key, keep, allowance_ms, cost_ms)
        return float(wait_ms) / 1000

    async def remember(self, name: str, *whose: str, for_s: int) -> None:
        """Keep in mind for a while that something holds for somebody."""
        await self._answer(None, "SET", _key(name, *whose), 1, "EX", for_s)

    async def first(self, name: str, *whose: str, for_s: int) -> bool:
        """Whether it is the first time in so many seconds; of many at once one alone is. True while
        Redis is away."""
        return bool(await self._answer(True, "SET", _key(name, *whose), 1, "EX", for_s, "NX"))

    async def remembers(self, name: str, *whose: str) -> bool:
        """Whether that is still in mind; False while Redis is away."""
        return bool(await self._answer(False, "EXISTS", _key(name, *whose)))

    async def forget(self, name: str, *whose: str) -> bool:
        """Put it out of mind: whether it was there, which of many at once is told to one alone.
        False while Redis is away."""
        return bool(await self._answer(False, "DEL", _key(name, *whose)))

    async def _answer(self, while_away: object, /, *command: str | int | bytes) -> Any:
        try:
            return await self._commands.ask(command)
        except RedisError:
            return while_away

    async def _carry_out(self, commands: Sequence[Command]) -> Sequence[Any]:
        try:
            return await self._live.carry_out(commands)
        except RedisError as error:
            log.warning("limits.not_counted", exc_info=error)
            raise


class PrepaidLimit:
    """A limit for all processes together, of which this one pays a part in advance, so that Redis
    is not asked each time.

    Nobody gets more than the limit. What a process has paid and does not use for `KEPT_S` seconds
    is lost, which is a hundredth of the limit at most.
    """

    PART = 1 / 100
    KEPT_S = 10.0
    MOST_KEPT = 50_000

    def __init__(self, limits: Limits, limit: Limit) -> None:
        self._limits, self._limit = limits, limit
        self._at_once = max(1, int(limit.burst * self.PART))
        self._paid: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """How many times are paid, and until when that holds."""
        self._paying: dict[str, asyncio.Future[float]] = {}
        """For whom Redis is being asked, which tells the seconds to wait."""

    async def take(self, whose: str, now_s: float) -> float:
        """Use the limit once; 0, or the seconds to wait, and then it was not used. `now_s` is of a
        clock that never goes back."""
        while not (left := self._left(whose, now_s)):
            if whose not in self._paying:
                return await self._pay(whose, now_s)
            if wait_s := await asyncio.shield(self._paying[whose]):
                return wait_s
        self._paid[whose] = (left - 1, self._paid[whose][1])
        return 0.0

    async def _pay(self, whose: str, now_s: float) -> float:
        """Use the limit once, and pay some more for those who come next."""
        told = self._paying[whose] = asyncio.get_running_loop().create_future()
        wait_s = 0.0
        try:
            counted, times = self._limit.of(whose), self._at_once
            wait_s = await self._limits.take(counted, times)
            if wait_s and times > 1:
                times = 1
                wait_s = await self._limits.take(counted)
            if not wait_s:
                self._paid[whose] = (times - 1, now_s + self.KEPT_S)
                self._paid.move_to_end(whose)
                if len(self._paid) > self.MOST_KEPT:
                    self._paid.popitem(last=False)
        finally:
            del self._paying[whose]
            told.set_result(wait_s)
        return wait_s

    def _left(self, whose: str, now_s: float) -> int:
        times, until_s = self._paid.get(whose, (0, 0.0))
        return times if now_s < until_s else 0


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _key(name: str, *whose: str) -> str:
    """Who it is about goes in as a hash only: Redis holds no names."""
    hashed = hashlib.sha256("\0".join(whose).encode()).hexdigest()
    return f"roundsman:{name}:{hashed[:32]}"
