"""Travel times of a city at the hours of a shift."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from core.geometry import Floats
from routing.speeds.learned import LearnedSpeeds
from routing.travel.travel_times import TravelTimes
from streets.profile import Profile

KEPT = 16
"""Customizations kept: shifts of a city begin and end at few different hours."""


class Paces:
    """What was learned of a city's speeds, and travel times customized to it. Threads may share."""

    def __init__(self, by_profile: Mapping[Profile, LearnedSpeeds]) -> None:
        self._by_profile = dict(by_profile)
        self._kept: OrderedDict[tuple[Profile, bytes], TravelTimes] = OrderedDict()
        self._lock = Lock()

    def times(self, default: TravelTimes, profile: Profile, share: Floats) -> TravelTimes:
        """Travel times of a time that falls into the hour groups as `share` says.

        `default` are the city's for this profile, and what is given back where nothing was learned
        of it.
        """
        learned = self._by_profile.get(profile)
        if learned is None:
            return default
        key = profile, share.tobytes()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = default.reweighted(
                    learned.travel_s(default.graph, profile, share)
                )
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
