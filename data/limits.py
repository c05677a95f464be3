"""Limits on how often something may happen, counted in Redis for all processes together.

Counts may be lost with Redis at any time; what must hold without it is in the database. While Redis
is away nothing is counted and nothing refused.
"""

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

# The generic cell rate algorithm: of each key the instant is kept at which its allowance would be
# whole again. All keys are looked at before any is changed.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local wait, whole = 0, {}
for i, key in ipairs(KEYS) do
    local burst, every = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local at = math.max(tonumber(redis.call('GET', key) or now), now) + every
    wait = math.max(wait, at - now - burst * every)
    whole[i] = at
end
if wait == 0 and ARGV[1] == '1' then
    for i, key in ipairs(KEYS) do redis.call('SET', key, whole[i], 'PX', whole[i] - now + 1) end
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

    async def take(self, *counted: Counted) -> float:
        """Use each limit once; 0, or the seconds to wait, and then none of them was used."""
        return await self._wait_s(counted, keep=1)

    async def look(self, *counted: Counted) -> float:
        """What `take` would answer, without using anything."""
        return await self._wait_s(counted, keep=0)

    async def _wait_s(self, counted: Sequence[Counted], keep: int) -> float:
        each = [value for c in counted for value in (c.limit.burst, _ms(c.limit.every_s))]
        keys = [c.key for c in counted]
        wait_ms = await self._answer(0, "EVAL", _TAKE, len(keys), *keys, keep, *each)
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


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _key(name: str, *whose: str) -> str:
    """Who it is about goes in as a hash only: Redis holds no names."""
    hashed = hashlib.sha256("\0".join(whose).encode()).hexdigest()
    return f"roundsman:{name}:{hashed[:32]}"
