"""Cut the ground of a branch into territories, and say how good they are and what falls short."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from allocation.territories.errors import TooManyTerritories
from allocation.territories.proposals.cells import REACH_M, on_the_globe, roundness, shapes_of
from allocation.territories.proposals.figures import figures_of
from allocation.territories.proposals.partition import Parts, partition
from allocation.territories.proposals.streets import Ground, Ints
from core.geometry import Floats, LatLon
from streets.graph import Place

PLACE_WITHIN_M = 2_000.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many territories, by how much (a share) their work may differ from the mean, a seed."""

    count: int
    tolerance: float
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A territory of a cut. `shape` is WKB in degrees; `travel_s` the mean from its middle to its
    cases; `roundness` is Polsby and Popper's; `is_whole` whether its streets hang together."""

    name: str | None
    shape: bytes
    middle: LatLon
    cases: int
    work_min: float
    travel_s: float
    roundness: float
    is_whole: bool
    agent: int | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What of a wish could not be had: a name for programs, the numbers, and a sentence."""

    code: str
    facts: dict[str, Any]
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Territories, and what falls short. `outside` counts the cases too far from the streets."""

    pieces: tuple[Piece, ...]
    outside: int
    shortfalls: tuple[Shortfall, ...]


def cut(
    ground: Ground,
    positions: Sequence[LatLon],
    work_min: Floats,
    wanted: Wanted,
    homes: Sequence[LatLon] = (),
    places: Sequence[Place] = (),
) -> Cut:
    """Cut `ground` by the cases at `positions`, each with its minutes of work.

    With `homes` each piece gets one of these agents (an index), so that all ways from home to the
    middles together are shortest. Raises `TooManyTerritories`.
    """
    site, away_m = nearest_site(ground, positions)
    within = away_m <= REACH_M
    node = ground.sites.node[site[within]]
    nodes = len(ground.streets.x_m)
    at_node = np.bincount(node, work_min[within], minlength=nodes).astype(np.float64)
    spots = int((at_node > 0).sum())
    if spots < wanted.count:
        raise TooManyTerritories(wanted.count, spots, int(within.sum()), int((~within).sum()))
    parts = partition(ground.streets, at_node, wanted.count, wanted.tolerance, wanted.seed)
    parts = _from_north_west(ground, parts)
    told = figures_of(ground.streets, at_node, parts.label, parts.center)
    shapes = shapes_of(ground.sites, parts.label, wanted.count)
    cases = np.bincount(parts.label[node], minlength=wanted.count)
    agents = _agents(ground, parts.center, homes)
    names = _names(ground, parts.center, places)
    x_m, y_m = ground.streets.x_m[parts.center], ground.streets.y_m[parts.center]
    lat, lon = ground.plane.latlon(x_m, y_m)
    pieces = tuple(
        Piece(
            names[n], shapely.to_wkb(on_the_globe(shapes[n], ground.plane)),
            LatLon(float(lat[n]), float(lon[n])), int(cases[n]), float(told.work_min[n]),
            float(told.travel_s[n]), float(compact), bool(told.pieces[n] == 1), agents[n],
        )
        for n, compact in enumerate(roundness(shapes))
    )  # fmt: skip
    return Cut(pieces, int((~within).sum()), _shortfalls(told.work_min, at_node, wanted, away_m))


def nearest_site(ground: Ground, positions: Sequence[LatLon]) -> tuple[Ints, Floats]:
    """The point along the streets nearest to each of `positions`, and how many meters away."""
    table = np.array(positions, dtype=np.float64).reshape(-1, 2)
    x_m, y_m = ground.plane.xy(table[:, 0], table[:, 1])
    tree = KDTree(np.column_stack([ground.sites.x_m, ground.sites.y_m]))
    away_m, site = tree.query(np.column_stack([x_m, y_m]))
    return np.asarray(site, dtype=np.int64), np.asarray(away_m)


def _from_north_west(ground: Ground, parts: Parts) -> Parts:
    """The parts numbered as a page is read: in bands from the north, each from the west."""
    x_m, y_m = ground.streets.x_m[parts.center], ground.streets.y_m[parts.center]
    bands = max(1, round(np.sqrt(len(parts.center))))
    band = np.floor(bands * (y_m.max() - y_m) / max(float(np.ptp(y_m)), 1.0) / (1 + 1e-9))
    order = np.lexsort((x_m, band))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return Parts(rank[parts.label], parts.center[order])


def _agents(ground: Ground, center: Ints, homes: Sequence[LatLon]) -> list[int | None]:
    if not homes:
        return [None] * len(center)
    site, _ = nearest_site(ground, homes)
    away_s = np.empty((len(homes), len(center)))
    home = ground.sites.node[site]
    for begin in range(0, len(home), 64):
        some = slice(begin, begin + 64)
        away_s[some] = dijkstra(ground.streets.ways, indices=home[some])[:, center]
    agent, part = linear_sum_assignment(away_s)
    found: list[int | None] = [None] * len(center)
    for who, where in zip(agent.tolist(), part.tolist(), strict=True):
        found[where] = who
    return found


def _names(ground: Ground, center: Ints, places: Sequence[Place]) -> list[str | None]:
    """The nearest place that has a name, told apart by numbers."""
    if not places:
        return [None] * len(center)
    lat, lon = np.array([p.lat for p in places]), np.array([p.lon for p in places])
    tree = KDTree(np.column_stack(ground.plane.xy(lat, lon)))
    middle = np.column_stack([ground.streets.x_m[center], ground.streets.y_m[center]])
    away_m, nearest = tree.query(middle)
    names: list[str | None] = []
    seen: dict[str, int] = {}
    for far_m, place in zip(np.asarray(away_m).tolist(), np.asarray(nearest).tolist(), strict=True):
        if far_m > PLACE_WITHIN_M:
            names.append(None)
            continue
        name = places[place].name
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names


def _shortfalls(
    load_min: Floats, at_node: Floats, wanted: Wanted, away_m: NDArray[np.float64]
) -> tuple[Shortfall, ...]:
    found = []
    mean, most, least = load_min.mean(), load_min.max(), load_min.min()
    allowed = wanted.tolerance * mean
    heaviest = float(at_node.max())
    if heaviest > mean + allowed:
        facts = {"work_min": round(heaviest), "wanted_min": round(mean + allowed)}
        found.append(
            Shortfall(
                "one_place_too_heavy", facts,
                f"one crossing alone has {facts['work_min']:,} minutes of work, and a territory"
                f" should have {facts['wanted_min']:,} at most; ask for fewer territories",
            )
        )  # fmt: skip
    elif max(most - mean, mean - least) > allowed:
        facts = {"most_min": round(most), "least_min": round(least), "mean_min": round(mean)}
        found.append(
            Shortfall(
                "uneven", facts,
                f"the work is {facts['least_min']:,} to {facts['most_min']:,} minutes around a mean"
                f" of {facts['mean_min']:,}; no more even cut was found that keeps them whole",
            )
        )  # fmt: skip
    outside = int((away_m > REACH_M).sum())
    if outside:
        facts = {"cases": outside, "within_m": round(REACH_M), "farthest_m": round(away_m.max())}
        found.append(
            Shortfall(
                "far_from_streets", facts,
                f"{outside:,} cases are farther than {facts['within_m']} m from every street (up to"
                f" {facts['farthest_m']:,} m) and lie in no territory",
            )
        )  # fmt: skip
    return tuple(found)
