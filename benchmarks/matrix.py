"""How long travel-time matrices and paths take, beside scipy's Dijkstra on the same streets.

Fails when a travel time differs from scipy's by more than the second that rounding up may cost, or
a path is longer in time than the matrix says.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar

import numpy as np

from benchmarks._field_days import city_of
from core.settings import settings
from routing.travel.travel_times import travel_times
from streets.network import build

SIZES = (500, 2_500)
Made = TypeVar("Made")


def median_s(repeats: int, make: Callable[[], Made]) -> tuple[float, Made]:
    """The median of so many runs, and what the last one made."""
    times = []
    for _ in range(repeats):
        began = perf_counter()
        made = make()
        times.append(perf_counter() - began)
    return statistics.median(times), made


def main() -> None:
    """``./roundsman bench matrix -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--city", default="demo", help="demo, a place or a file of streets")
    options = parser.parse_args()

    cache = settings().state_dir / "streets"
    cache.mkdir(parents=True, exist_ok=True)
    graph = build(options.city, cache)
    peer, chance = city_of(graph), np.random.default_rng(options.seed)
    ready_s, times = median_s(options.repeats, lambda: travel_times(graph))
    rows: list[dict[str, Any]] = []
    for size in SIZES:
        nodes = chance.integers(0, graph.node_count, size).astype(np.int32)
        ours_s, ours = median_s(options.repeats, lambda n=nodes: times.matrix(n))  # type: ignore[misc]
        scipy_s, truth = median_s(1, lambda n=nodes: peer.travel_s(n))  # type: ignore[misc]
        off_s = int(np.abs(ours.astype(np.int64) - truth).max())
        if off_s > 1:
            sys.exit(f"a travel time is off by {off_s} s")
        rows.append({"size": size, "seconds": round(ours_s, 4), "scipy_seconds": round(scipy_s, 4)})
    pairs = [(int(a), int(b)) for a, b in chance.integers(0, graph.node_count, (500, 2))]
    path_s, paths = median_s(options.repeats, lambda: [times.path(a, b) for a, b in pairs])
    for (a, b), path in zip(pairs, paths, strict=True):
        promised_s = int(peer.travel_s(np.array([a, b]))[0, 1])
        if path.travel_s > promised_s + 1:
            sys.exit(f"a path takes {path.travel_s} s where {promised_s} s would do")
    if not options.json:
        print(f"{graph.name}: {graph.node_count} nodes, ready in {ready_s:.2f} s")
        for row in rows:
            label = f"{row['size']}² in"
            print(f"{label:>12}{row['seconds']:8.3f} s   scipy {row['scipy_seconds']:8.3f} s")
        print(f"{'a path in':>12}{path_s / len(pairs) * 1e6:8.0f} µs")
    print(
        json.dumps(
            {
                "bench": "matrix",
                "seed": options.seed,
                "nodes": graph.node_count,
                "ready_seconds": round(ready_s, 3),
                "matrices": rows,
                "path_us": round(path_s / len(pairs) * 1e6, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
