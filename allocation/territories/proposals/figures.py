"""How good a cut is, measured without what made it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from allocation.territories.proposals.streets import Ints, Streets
from core.geometry import Floats

FARTHEST_S = 7_200.0
_TOGETHER = 64


@dataclass(frozen=True, slots=True, eq=False)
class PartFigures:
    """Per part: its minutes of work, the pieces it is in on the streets (1 is whole), and the mean
    seconds from its middle to its work."""

    work_min: Floats
    pieces: Ints
    travel_s: Floats


def figures_of(streets: Streets, work_min: Floats, label: Ints, center: Ints) -> PartFigures:
    """The figures of each part; `work_min` and `label` are per node, `center` a node per part."""
    count = len(center)
    load = np.bincount(label, work_min, minlength=count).astype(np.float64)
    return PartFigures(
        load, pieces(streets, label, count), _travel_s(streets, work_min, label, center)
    )


def pieces(streets: Streets, label: Ints, count: int) -> Ints:
    """In how many pieces each part's streets are."""
    ways = streets.ways.tocoo()
    tail, head = ways.coords
    within = label[tail] == label[head]
    kept = (np.ones(int(within.sum())), (tail[within], head[within]))
    _, piece = connected_components(csr_array(kept, shape=ways.shape), directed=False)
    _, first = np.unique(piece, return_index=True)
    found: NDArray[np.int64] = np.bincount(label[first], minlength=count)
    return found


def _travel_s(streets: Streets, work_min: Floats, label: Ints, center: Ints) -> Floats:
    """Along the whole network: what lies within a part may be reached through another."""
    worked = np.flatnonzero(work_min > 0)
    mean_s = np.zeros(len(center))
    for begin in range(0, len(center), _TOGETHER):
        some = center[begin : begin + _TOGETHER]
        away_s = dijkstra(streets.ways, indices=some, limit=FARTHEST_S)
        for row in range(len(some)):
            mine = worked[label[worked] == begin + row]
            if len(mine):
                far_s = np.minimum(away_s[row, mine], FARTHEST_S)
                mean_s[begin + row] = np.average(far_s, weights=work_min[mine])
    return mean_s
