"""A shift: what makes it one that can be worked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from core.errors import InvalidField
from core.said import say

LONGEST = timedelta(hours=24)


class Rest(Protocol):
    """A rest that begins at `begins_at` or up to `slack_s` seconds later."""

    @property
    def begins_at(self) -> datetime: ...

    @property
    def length_s(self) -> int: ...

    @property
    def slack_s(self) -> int: ...


def check_shift(
    starts_at: datetime, ends_at: datetime, rests: Sequence[Rest], now: datetime
) -> None:
    """Raises `InvalidField` unless the shift is not over and its rests, in order, fit into it."""
    if ends_at <= starts_at:
        raise InvalidField("ends_at", say("after it starts"))
    if ends_at - starts_at > LONGEST:
        raise InvalidField("ends_at", say("at most 24 hours after it starts"))
    if ends_at <= now:
        raise InvalidField(
            "ends_at", say("later than now ({now:%Y-%m-%d %H:%M} UTC): it is over", now=now)
        )
    for rest in rests:
        if rest.begins_at < starts_at or _over(rest) > ends_at:
            raise InvalidField(
                "breaks", say("within the shift, from begins_at to begins_at + slack_s + length_s")
            )
    for before, after in pairwise(rests):
        if _over(before) > after.begins_at:
            raise InvalidField(
                "breaks",
                say("apart: begins_at + slack_s + length_s of one is before the next begins"),
            )


def _over(rest: Rest) -> datetime:
    """When a rest is over at the latest."""
    return rest.begins_at + timedelta(seconds=rest.slack_s + rest.length_s)
