"""How far a phone's clock is off, from what its messages show."""

from datetime import datetime

from msgspec import Struct

FORGETS = 0.5
"""Seconds by which an estimate gives way in a second that nothing supports it."""

LONGEST_WAIT_S = 120.0
"""For no longer does an estimate give way at once: silence says nothing of a clock."""


class Skew(Struct, frozen=True, gc=False):
    """A phone's clock minus ours in seconds, positive when it is ahead, as of `at`.

    `stated`: the phone told its clock when it sent; the way of the message makes it seem behind by
    a second or so. Otherwise the delays of its pings bound it: it is ahead by `seconds` or more.
    """

    seconds: float
    stated: bool
    at: datetime


def skew_of(
    sent_at: datetime | None, newest_captured_at: datetime | None, received_at: datetime
) -> Skew | None:
    """What one message shows by the phone's own times; None when it has none.

    A ping that was captured after it was received proves a clock that is ahead by as much. One
    that was captured before shows at most how far the clock may be behind: it may have waited.
    """
    told = sent_at or newest_captured_at
    if told is None:
        return None
    return Skew((told - received_at).total_seconds(), sent_at is not None, received_at)


def merge(former: Skew | None, new: Skew, now: datetime) -> Skew:
    """What is known after one more message, taken in order of receipt.

    A stated clock is believed at once. Of delays the shortest counts, for pings wait but are never
    early; a phone of which nothing is known is taken to be right. While no delay is as short any
    more, the estimate gives way by half a second for each second between messages, and for two
    minutes at most: a buffer that takes five minutes to empty moves it by less than three until
    the first fresh ping puts it right, while a clock that was set back by an hour is found out
    after two hours of reporting.
    """
    if new.stated:
        return new
    if former is None:
        return Skew(max(new.seconds, 0.0), False, now)
    if new.seconds >= former.seconds:
        return Skew(new.seconds, False, now)
    if former.stated:
        return former
    waited_s = min(max((now - former.at).total_seconds(), 0.0), LONGEST_WAIT_S)
    return Skew(max(new.seconds, former.seconds - FORGETS * waited_s), False, now)
