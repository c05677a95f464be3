"""A shift: what makes it one that can be worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from core.errors import InvalidField
from core.said import say

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest in a shift: it begins at `begins_at` or up to `slack_s` seconds later."""

    begins_at: datetime
    length_s: int
    slack_s: int


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
    check_rests(starts_at, ends_at, rests)


def check_rests(starts_at: datetime, ends_at: datetime, rests: Sequence[Rest]) -> None:
    """Raises `InvalidField` unless the rests of a shift, in order, fit into it."""
    for rest in rests:
        if rest.begins_at < starts_at or _over(rest) > ends_at:
            raise InvalidField(
                "breaks", say("within the shift, even if it begins as late as it may")
            )
    for before, after in pairwise(rests):
        if _over(before) > after.begins_at:
            raise InvalidField(
                "breaks",
                say("apart: even if one begins as late as it may, it is over before the next"),
            )


def _over(rest: Rest) -> datetime:
    """When a rest is over at the latest."""
    return rest.begins_at + timedelta(seconds=rest.slack_s + rest.length_s)
