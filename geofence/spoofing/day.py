"""Judge one agent's day: every sign that it was made up, and what they come to together."""

from collections.abc import Sequence

from core.geometry import LatLon
from geofence.spoofing.clock import clock
from geofence.spoofing.course import course
from geofence.spoofing.devices import devices
from geofence.spoofing.frozen import frozen
from geofence.spoofing.geocode_hits import geocode_hits
from geofence.spoofing.jitter import jitter
from geofence.spoofing.mock import mock
from geofence.spoofing.pace import pace
from geofence.spoofing.phone_day import PhoneDay, in_order
from geofence.spoofing.repeats import repeats
from geofence.spoofing.replay import replay
from geofence.spoofing.rhythm import rhythm
from geofence.spoofing.suspicion import Judgement, judge
from geofence.spoofing.teleports import teleports

FEWEST_PINGS = 3


def judge_day(
    day: PhoneDay, older: Sequence[PhoneDay] = (), doors: Sequence[LatLon] = ()
) -> Judgement:
    """What speaks against a day of pings, in whatever order they come and however often.

    `older` are days of the same agent to look for a replayed track in, `doors` the points that
    the addresses of the agent's cases have on the map. Without them the signs that need them are
    left out.
    """
    ordered = in_order(day)
    if len(ordered) < FEWEST_PINGS:
        return judge(mock(ordered))
    track = course(ordered)
    return judge(
        [
            *mock(ordered), *teleports(track), *devices(track), *clock(track), *frozen(track),
            *jitter(track), *repeats(track), *pace(track), *rhythm(track),
            *geocode_hits(track, doors), *replay(track, older),
        ]
    )  # fmt: skip
