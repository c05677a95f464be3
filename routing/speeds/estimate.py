"""From sums to paces: each as far from the more general one as its observations can answer for.

The model is normal and hierarchical on the logarithm of the pace (Gelman and others, Bayesian Data
Analysis, 3rd edition, section 5.4): a class in an hour is around its class, a class around the
default of `streets/road_class.py`, an edge around its class in that hour, an edge in an hour around
that edge. With *n* stretches of variance σ² and a prior of variance τ², the posterior mean keeps
n / (n + σ²/τ²) of what was observed. σ² is measured; the τ are stated here, from what is plausible
of streets: our defaults may be off by a third, a rush hour makes a third, two streets of a class
differ by a fifth, and the hours of one street by a tenth more.
"""

import numpy as np

from core.geometry import Floats
from routing.speeds.added_up import added_up
from routing.speeds.learned import LearnedSpeeds
from routing.speeds.observed import ClassSums, EdgeSums
from streets.graph import StreetGraph

TAU_CLASS = 0.33
TAU_CLASS_HOUR = 0.33
TAU_EDGE = 0.2
TAU_EDGE_HOUR = 0.1

LEAST_VARIANCE = 0.1**2
"""Stretches of one hour are never surer than to a tenth: they share the weather and the day."""

ENOUGH = 5.0
"""Stretches that an edge must have been part of before it may differ from its class."""


def estimate(by_class: ClassSums, by_edge: EdgeSums, graph: StreetGraph) -> LearnedSpeeds:
    """The paces that these sums teach; the default's where there are none."""
    observed = float(by_class.n.sum())
    variance = LEAST_VARIANCE
    if observed > 0:
        variance = max(float(by_class.log_sq.sum()) / observed, LEAST_VARIANCE)
    # 1. Classes, then classes in an hour.
    of_class = _shrunk(*_whole(by_class), 1.0, variance, TAU_CLASS)
    log_pace = of_class[None, :] + _shrunk(
        by_class.n, by_class.actual_s, by_class.expected_s, np.exp(of_class)[None, :],
        variance, TAU_CLASS_HOUR,
    )  # fmt: skip
    # 2. Edges against their class in each hour, then edges in an hour.
    known = by_edge.edge < graph.edge_count
    edge, group = by_edge.edge[known], by_edge.group[known]
    n, actual_s = by_edge.n[known], by_edge.actual_s[known]
    expected_s = by_edge.expected_s[known] * np.exp(log_pace[group, graph.edge_class[edge]])
    edges, row = np.unique(edge, return_inverse=True)
    edge_n, edge_actual_s, edge_expected_s = (
        added_up(row, values, len(edges)) for values in (n, actual_s, expected_s)
    )
    edge_log = _shrunk(edge_n, edge_actual_s, edge_expected_s, 1.0, variance, TAU_EDGE)
    edge_log[edge_n < ENOUGH] = 0.0
    in_hour = _shrunk(n, actual_s, expected_s, np.exp(edge_log[row]), variance, TAU_EDGE_HOUR)
    enough, often = edge_n >= ENOUGH, n >= ENOUGH
    return LearnedSpeeds(
        graph.class_names,
        log_pace,
        by_class.n,
        edges[enough].astype(np.int32),
        edge_log[enough],
        edge[often],
        group[often],
        in_hour[often],
    )


def _whole(sums: ClassSums) -> tuple[Floats, Floats, Floats]:
    return sums.n.sum(axis=0), sums.actual_s.sum(axis=0), sums.expected_s.sum(axis=0)


def _shrunk(
    n: Floats,
    actual_s: Floats,
    expected_s: Floats,
    pace: Floats | float,
    variance: float,
    tau: float,
) -> Floats:
    """The logarithm of actual over expected seconds at `pace`, shrunk to 0."""
    some = (actual_s > 0) & (expected_s > 0)
    ratio = np.where(some, actual_s, 1.0) / np.where(some, expected_s * pace, 1.0)
    shrunk: Floats = n / (n + variance / tau**2) * np.log(ratio)
    return shrunk
