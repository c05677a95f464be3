"""What a territory that was drawn or imported has nothing of: streets, or cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from allocation.territories.proposals.cut import Shortfall
from core.geometry import LocalPlane
from core.said import say
from streets.graph import StreetGraph


@dataclass(frozen=True, slots=True)
class Holds:
    """What lies in a territory: open cases, and those of them that are due."""

    cases: int
    due: int


def streetless(graph: StreetGraph, shapes: Mapping[str, bytes]) -> dict[str, Shortfall]:
    """Those of `shapes` (WKB in degrees, by code) that no street touches."""
    if not shapes or not graph.edge_count:
        return {}
    plane = LocalPlane(graph.center)

    def on_plane(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(plane.xy(at[:, 1], at[:, 0]))

    codes = list(shapes)
    areas = shapely.transform(shapely.from_wkb(list(shapes.values())), on_plane)
    x_m, y_m = plane.xy(graph.shape_lat, graph.shape_lon)
    edge = np.repeat(np.arange(graph.edge_count), np.diff(graph.shape_start))
    streets = shapely.STRtree(np.asarray(shapely.linestrings(x_m, y_m, indices=edge)))
    touched = np.unique(streets.query(areas, predicate="intersects")[0])
    found = {}
    for n in np.setdiff1d(np.arange(len(codes)), touched).tolist():
        _, away_m = streets.query_nearest(areas[n], all_matches=False, return_distance=True)
        facts = {"area_ha": round(areas[n].area / 10_000), "nearest_m": round(float(away_m[0]))}
        found[codes[n]] = Shortfall(
            "no_streets",
            facts,
            say(
                "no street leads through its {area_ha:,} ha; the nearest is {nearest_m:,} m away",
                area_ha=facts["area_ha"],
                nearest_m=facts["nearest_m"],
            ),
        )
    return found


def caseless(
    codes: Sequence[str], holds: Mapping[str, Holds], branch_cases: int
) -> dict[str, Shortfall]:
    """Those of `codes` in which no open case lies, or none that is due."""
    found = {}
    for code in codes:
        its = holds.get(code, Holds(0, 0))
        if not its.cases:
            facts = {"cases": 0, "of_cases": branch_cases}
            sentence = say(
                "none of the {branch_cases:,} open cases of the branch lies in it",
                branch_cases=branch_cases,
            )
            found[code] = Shortfall("no_cases", facts, sentence)
        elif not its.due:
            facts = {"cases": its.cases, "due": 0}
            told = say("its only open case is not due") if its.cases == 1 else (
                say("none of its {cases:,} open cases is due", cases=its.cases)
            )  # fmt: skip
            found[code] = Shortfall("none_due", facts, told)
    return found
