"""Whether a time that a device states can be true."""

from datetime import datetime, timedelta

from core.said import say

AHEAD = timedelta(minutes=5)
"""Phones set by the network are within seconds; by hand, within minutes."""

BEHIND = timedelta(days=7)
"""A phone that was offline longer than a week is a matter for a person."""

EXPECTED = say("a time in the last 7 days and at most 5 minutes ahead, with its zone")


def is_plausible(device_time: datetime, now: datetime) -> bool:
    """Whether a fact stamped `device_time` may reach us at `now` (both aware)."""
    return now - BEHIND <= device_time <= now + AHEAD
