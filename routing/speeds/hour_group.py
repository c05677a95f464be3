"""Hours that are alike: each hour of a working day, and each of a Saturday or Sunday."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats

Ints = NDArray[np.int32]

HOUR_GROUPS = 48
"""0 to 23 are the hours of Monday to Friday, 24 to 47 those of Saturday and Sunday."""

_WEEKEND = 24
_QUARTER_S = 900.0
"""The offset of every zone is a multiple of a quarter of an hour."""


def hour_group(local: datetime) -> int:
    """The group of a local time."""
    return local.hour + (_WEEKEND if local.weekday() >= 5 else 0)


def hour_groups(t_s: Floats, zone: str) -> Ints:
    """The group of each instant (epoch seconds) in a zone."""
    tz = ZoneInfo(zone)
    quarters, rows = np.unique(np.floor(t_s / _QUARTER_S), return_inverse=True)
    groups = [hour_group(datetime.fromtimestamp(q * _QUARTER_S, tz)) for q in quarters.tolist()]
    found: Ints = np.array(groups, dtype=np.int32)[rows]
    return found


def shares(begins_at: datetime, ends_at: datetime, zone: str) -> Floats:
    """Which share of a time falls into each group; all of it into the first where it is empty."""
    tz = ZoneInfo(zone)
    share = np.zeros(HOUR_GROUPS)
    at = begins_at
    while at < ends_at:
        local = at.astimezone(tz)
        rest_s = 3600 - (local.minute * 60 + local.second + local.microsecond / 1e6)
        until = min(at + timedelta(seconds=rest_s), ends_at)
        share[hour_group(local)] += (until - at).total_seconds()
        at = until
    if not share.any():
        share[hour_group(begins_at.astimezone(tz))] = 1.0
    whole: Floats = share / share.sum()
    return whole


def told(group: int) -> str:
    """A group in words: ``Mon–Fri 08–09``."""
    days = "Sat–Sun" if group >= _WEEKEND else "Mon–Fri"
    hour = group % _WEEKEND
    return f"{days} {hour:02}–{hour + 1:02}"
