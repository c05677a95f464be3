"""Cut a street network into parts of equal work, each compact and whole.

A part grows from its center: each node goes to the center from which it is reached first, where a
center with too much work starts later (an additively weighted network Voronoi diagram). Such parts
are whole by nature: the fastest way from the center to a node lies in the part. The starts are then
moved until the work is nearly even, the centers to the middle of their parts, and at last nodes
change sides at the borders (`exchange.py`), where what is left of both parts stays whole.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from allocation.territories.proposals.exchange import exchanged
from allocation.territories.proposals.streets import Ints, Streets
from core.geometry import Floats

GROWTHS = 24
PRICES = (1.0, 4.0, 16.0, 64.0, 256.0)
"""What imbalance costs beside distance, dearer each time until the work is as even as wanted."""

EMPTY_SHARE = 0.01
"""All empty nodes together count as this much of the work, so that they too change sides."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The part of each node, and the node in the middle of each part."""

    label: Ints
    center: Ints


def partition(streets: Streets, work: Floats, count: int, tolerance: float, seed: int) -> Parts:
    """`count` parts whose work differs from the mean by `tolerance` (a share) at most, if possible.

    `work` is per node; at least `count` nodes must have some. The network must be connected. The
    same arguments give the same parts.
    """
    order = np.flatnonzero(work > 0)
    centers = _halved(streets, work, order, count, np.random.default_rng(seed))
    grown = _grown(streets, work, centers, tolerance)
    return _evened(streets, work, grown, tolerance)


def _halved(
    streets: Streets, work: Floats, nodes: Ints, count: int, rng: np.random.Generator
) -> Ints:
    """Centers of parts that come of halving the work again and again, across its longer extent."""
    turn = rng.uniform(0, np.pi / 2)
    along = streets.x_m * np.cos(turn) + streets.y_m * np.sin(turn)
    across = streets.y_m * np.cos(turn) - streets.x_m * np.sin(turn)
    centers: list[int] = []
    todo = [(nodes, count)]
    while todo:
        part, many = todo.pop()
        if many == 1:
            centers.append(_middle(streets, work, part))
            continue
        first = many // 2
        axis = along if np.ptp(along[part]) >= np.ptp(across[part]) else across
        part = part[np.argsort(axis[part], kind="stable")]
        share = np.cumsum(work[part])
        at = int(np.searchsorted(share, share[-1] * first / many))
        at = min(max(at, first), len(part) - (many - first))
        todo += [(part[:at], first), (part[at:], many - first)]
    return np.array(centers, dtype=np.int64)


def _middle(streets: Streets, work: Floats, part: Ints) -> int:
    x_m, y_m, weight = streets.x_m[part], streets.y_m[part], work[part]
    if weight.sum() <= 0:
        weight = np.ones(len(part))
    off_m = np.hypot(x_m - np.average(x_m, weights=weight), y_m - np.average(y_m, weights=weight))
    return int(part[np.argmin(off_m)])


def _grown(streets: Streets, work: Floats, center: Ints, tolerance: float) -> Parts:
    count = len(center)
    mean = work.sum() / count
    start_s = np.zeros(count)
    best, best_off = Parts(np.zeros(len(work), np.int64), center), np.inf
    for turn in range(GROWTHS):
        label, travel_s = _reached_first(streets, center, start_s)
        load = np.bincount(label, work, minlength=count)
        off = float(np.abs(load / mean - 1).max())
        if off < best_off:
            best, best_off = Parts(label, center), off
        if off <= tolerance:
            break
        radius_s = float(np.average(travel_s - start_s[label], weights=work))
        pace = radius_s * (0.5 if turn < GROWTHS // 2 else 0.2)
        start_s = start_s + pace * np.clip(load / mean - 1, -1, 1)
        start_s -= start_s.min()
        if turn < GROWTHS // 2:
            center = _middles(streets, work, label, count)
    return best


def _reached_first(streets: Streets, center: Ints, start_s: Floats) -> tuple[Ints, Floats]:
    """The center that each node is reached from first, and when."""
    ways, nodes = streets.ways, len(streets.x_m)
    # From one place more, which all centers hang on.
    whole = csr_array(
        (
            np.concatenate([ways.data, start_s + 1.0]),
            np.concatenate([ways.indices, center]),
            np.append(ways.indptr, ways.indptr[-1] + len(center)),
        ),
        shape=(nodes + 1, nodes + 1),
    )
    travel_s, before = dijkstra(whole, indices=[nodes], return_predecessors=True)
    travel_s, before = travel_s[0], before[0]
    root = before[:nodes].astype(np.int64)
    # A center that another one reaches first keeps at least itself, and what lies behind it.
    root[center] = center
    while not np.array_equal(further := root[root], root):
        root = further
    part = np.full(nodes, -1, dtype=np.int64)
    part[center] = np.arange(len(center))
    return part[root], travel_s[:nodes] - 1.0


def _middles(streets: Streets, work: Floats, label: Ints, count: int) -> Ints:
    """The node of each part that is nearest to where its work has its middle."""
    weight = work + 1e-9
    total = np.bincount(label, weight, minlength=count)
    x_m = np.bincount(label, weight * streets.x_m, minlength=count) / total
    y_m = np.bincount(label, weight * streets.y_m, minlength=count) / total
    off_m = np.hypot(streets.x_m - x_m[label], streets.y_m - y_m[label])
    order = np.lexsort((off_m, label))
    first: NDArray[np.bool_] = np.diff(label[order], prepend=-1) > 0
    return order[first]


def _evened(streets: Streets, work: Floats, parts: Parts, tolerance: float) -> Parts:
    count = len(parts.center)
    mean = work.sum() / count
    weight = work + EMPTY_SHARE * work.sum() / len(work)
    label, center = parts.label.copy(), parts.center
    for price in PRICES:
        center = _middles(streets, work, label, count)
        off_m = np.hypot(
            streets.x_m - streets.x_m[center[label]], streets.y_m - streets.y_m[center[label]]
        )
        exchanged(  # type: ignore[no-untyped-call]
            streets.ways.indptr.astype(np.int64), streets.ways.indices.astype(np.int64),
            streets.x_m, streets.y_m, weight, label, center, price,
            max(1.0, float(np.average(off_m, weights=weight))), 40,
        )  # fmt: skip
        load = np.bincount(label, work, minlength=count)
        if np.abs(load / mean - 1).max() <= tolerance:
            break
    return Parts(label, _middles(streets, work, label, count))
