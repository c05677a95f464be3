"""Travel times of a city at the hours of a shift."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from core.geometry import Floats
from routing.speeds.learned import LearnedSpeeds
from routing.travel.travel_times import TravelTimes
from streets.graph import StreetGraph

KEPT = 16
"""Customizations kept: shifts of a city begin and end at few different hours."""


class Paces:
    """A city's learned speeds by profile, and travel times customized to them. Threads may share.

    Where nothing was learned for a profile, its travel times are the default ones.
    """

    def __init__(
        self, graph: StreetGraph, times: TravelTimes, by_profile: Mapping[str, LearnedSpeeds]
    ) -> None:
        self._graph, self._times, self._by_profile = graph, times, dict(by_profile)
        self._kept: OrderedDict[tuple[str, bytes], TravelTimes] = OrderedDict()
        self._lock = Lock()

    def times(self, profile: str, share: Floats) -> TravelTimes:
        """Travel times of a time that falls into the hour groups as `share` says."""
        learned = self._by_profile.get(profile)
        if learned is None:
            return self._times
        key = profile, share.tobytes()
        with self._lock:
            if key not in self._kept:
                travel_s = learned.travel_s(self._graph, self._graph.travel_s, share)
                self._kept[key] = self._times.reweighted(travel_s)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
