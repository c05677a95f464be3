"""How long travel-time matrices and paths take on a city's raw nodes, beside scipy's Dijkstra.

Nothing is simplified: the demo city has 15,492 nodes so. Fails when a travel time differs from
scipy's by more than the second that rounding up may cost, when a path is longer in time than the
matrix says, and when all that was asked is how long it takes to stay where one is.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks._field_days import City, city_of
from benchmarks._raw_streets import raw_graph
from core.settings import settings
from routing.travel.travel_times import TravelTimes, travel_times
from streets.network import build

SIZES = (500, 2_500)
PATHS = 500
Made = TypeVar("Made")


def median_s(repeats: int, make: Callable[[], Made]) -> tuple[float, Made]:
    """The median of so many runs, and what the last one made."""
    times = []
    for _ in range(repeats):
        began = perf_counter()
        made = make()
        times.append(perf_counter() - began)
    return statistics.median(times), made


def measured(
    times: TravelTimes, peer: City, size: int, chance: np.random.Generator, repeats: int
) -> dict[str, Any]:
    """A matrix between as many random nodes, by us and by scipy, which must agree."""
    nodes = chance.integers(0, peer.nodes, size).astype(np.int32)
    ours_s, ours = median_s(repeats, lambda: times.matrix(nodes))
    scipy_s, truth = median_s(repeats, lambda: peer.travel_s(nodes.astype(np.int64)))
    off_s = int(np.abs(ours.astype(np.int64) - truth).max())
    if off_s > 1:
        sys.exit(f"a travel time is off by {off_s} s")
    if not ours.any():
        sys.exit("no work was done: all places are one")
    return {"size": size, "seconds": round(ours_s, 4), "scipy_seconds": round(scipy_s, 4)}


def paths_us(times: TravelTimes, peer: City, chance: np.random.Generator, repeats: int) -> float:
    """Microseconds for a path between random nodes."""
    pairs = chance.integers(0, peer.nodes, (PATHS, 2)).tolist()
    took_s, paths = median_s(repeats, lambda: [times.path(a, b) for a, b in pairs])
    origins, back = np.unique([a for a, _ in pairs], return_inverse=True)
    promised_s = peer.travel_s(np.concatenate([origins, [b for _, b in pairs]]))
    for n, path in enumerate(paths):
        limit_s = int(promised_s[back[n], len(origins) + n])
        if path.travel_s > limit_s + 1:
            sys.exit(f"a path takes {path.travel_s} s where {limit_s} s would do")
    return took_s / PATHS * 1e6


def show(name: str, figures: dict[str, Any]) -> None:
    """The table for people."""
    title = f"{name}, {figures['nodes']:,} nodes, ready in {figures['ready_seconds']:.2f} s"
    table = Table("", "Roundsman s", "scipy s", "times as fast", title=title, box=None)
    for row in figures["matrices"]:
        ours_s, scipy_s = row["seconds"], row["scipy_seconds"]
        numbers = f"{ours_s:.3f}", f"{scipy_s:.3f}", f"{scipy_s / ours_s:.1f}"
        table.add_row(f"{row['size']:,} × {row['size']:,}", *numbers)
    table.add_row("a path", f"{figures['path_us'] / 1e6:.6f}")
    Console(highlight=False).print(table)


def main() -> None:
    """``./roundsman bench matrix -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(prog="roundsman bench matrix", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--city", default="demo", help="demo, a place or a file of streets")
    parser.add_argument(
        "--simplified", action="store_true", help="crossings only; places and GraphML always are"
    )
    options = parser.parse_args()

    cache = settings().state_dir / "streets"
    cache.mkdir(parents=True, exist_ok=True)
    has_raw = options.city == "demo" or options.city.endswith((".pbf", ".osm", ".gz", ".bz2"))
    as_is = has_raw and not options.simplified
    graph = raw_graph(options.city, cache) if as_is else build(options.city, cache)
    peer, chance = city_of(graph), np.random.default_rng(options.seed)
    repeats = max(3, options.repeats)
    ready_s, times = median_s(repeats, lambda: travel_times(graph))
    rows = [measured(times, peer, size, chance, repeats) for size in SIZES]
    figures = {
        "nodes": graph.node_count,
        "ready_seconds": round(ready_s, 3),
        "matrices": rows,
        "path_us": round(paths_us(times, peer, chance, repeats), 1),
    }
    if not options.json:
        show(graph.name, figures)
    told = {"bench": "matrix", "seed": options.seed, "city": options.city}
    keys = {
        f"{who}_{row['size']}_s": row[column]
        for row in rows
        for who, column in (("matrix", "seconds"), ("scipy", "scipy_seconds"))
    }
    print(json.dumps(told | keys | figures))


if __name__ == "__main__":
    main()
