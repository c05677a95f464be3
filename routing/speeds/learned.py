"""Learned speeds: how many times its default each street takes, by the hour."""

from dataclasses import dataclass

import numpy as np

from core.geometry import Floats
from routing.speeds.hour_group import HOUR_GROUPS, Ints
from streets.graph import StreetGraph
from streets.profile import Profile
from streets.road_class import ROAD_CLASSES, TOP_KMH

SLOWEST_KMH = 4.3
"""A walk (1.2 m/s): whoever is slower would push the vehicle."""

OVER_DEFAULT = 1.6
"""How much faster than its default a street without a posted limit may be learned to be."""

POSTED = 0.9
"""What of a posted limit the default is: `streets.road_class.riding_kmh`."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedSpeeds:
    """Logarithms of paces; a pace is how many times its default travel time a street takes.

    `log_pace` and `n` (stretches behind it) are arrays (`HOUR_GROUPS`, classes); an edge of
    `edges` takes `edge_log` beyond its class, and in an hour `hour_log` beyond that.
    """

    class_names: tuple[str, ...]
    log_pace: Floats
    n: Floats
    edges: Ints
    edge_log: Floats
    hour_edges: Ints
    hour_groups: Ints
    hour_log: Floats

    @classmethod
    def none(cls, class_names: tuple[str, ...]) -> "LearnedSpeeds":
        """Nothing learned: every street at its default."""
        cells, nothing = np.zeros((HOUR_GROUPS, len(class_names))), np.zeros(0, np.int32)
        empty = np.zeros(0)
        return cls(class_names, cells, cells, nothing, empty, nothing, nothing, empty)

    def travel_s(self, graph: StreetGraph, profile: Profile, share: Floats) -> Floats:
        """Seconds of each edge: the mean over hours, weighted by `share` (`HOUR_GROUPS`).

        A round is planned with one travel time per street, so the mean over its hours is what it
        is to expect of a street that may come at any of them. Never faster than
        `fastest_kmh` and never slower than a walk.
        """
        default_s = graph.travel_s_of(profile)
        least_s = graph.edge_length_m / (fastest_kmh(graph, profile) / 3.6)
        most_s = np.maximum(graph.edge_length_m / (SLOWEST_KMH / 3.6), default_s)
        log_pace = self._log_pace_of(graph)
        whole = np.zeros(graph.edge_count)
        for group in np.flatnonzero(share).tolist():
            log = log_pace[group, graph.edge_class]
            log[self.edges] += self.edge_log
            here = self.hour_groups == group
            log[self.hour_edges[here]] += self.hour_log[here]
            whole += share[group] * np.clip(default_s * np.exp(log), least_s, most_s)
        return whole

    def pace_of(self, graph: StreetGraph) -> Floats:
        """How many times its default each class of a graph takes, (`HOUR_GROUPS`, classes)."""
        pace: Floats = np.exp(self._log_pace_of(graph))
        return pace

    def without_edges(self) -> "LearnedSpeeds":
        """What is left where the edges are others: the classes."""
        nothing, empty = np.zeros(0, np.int32), np.zeros(0)
        return LearnedSpeeds(
            self.class_names, self.log_pace, self.n, nothing, empty, nothing, nothing, empty
        )

    def _log_pace_of(self, graph: StreetGraph) -> Floats:
        """Columns in the order of the graph's classes; 0 for one that is not known."""
        if self.class_names == graph.class_names:
            return self.log_pace
        of_name = dict(zip(self.class_names, self.log_pace.T, strict=True))
        nothing = np.zeros(HOUR_GROUPS)
        return np.column_stack([of_name.get(name, nothing) for name in graph.class_names])


def fastest_kmh(graph: StreetGraph, profile: Profile) -> Floats:
    """The most that may be learned of each edge: its posted limit, where its default tells that it
    has one, else so much over its default; `TOP_KMH` everywhere."""
    own_kmh = graph.edge_length_m / graph.travel_s_of(profile) * 3.6
    by_name = {road.name: road.speed_kmh for road in ROAD_CLASSES}
    plain = np.array([by_name.get(name, np.nan) for name in graph.class_names])
    default = graph.edge_speed_kmh
    is_posted = ~np.isclose(default, plain[graph.edge_class])
    most = np.where(is_posted, default / POSTED, own_kmh * OVER_DEFAULT)
    fastest: Floats = np.maximum(np.minimum(most, TOP_KMH[profile]), own_kmh)
    return fastest
