"""How even, compact and whole territories are that are cut from a city's cases, and how fast.

500 territories × 25,000 cases on nine tiles of the demo city. Beside ours, from the same run and by
the same measure: k-means on the plane, which is what is usually done, and each case with the agent
whose home is nearest. Pieces and travel are judged by the benchmark itself. Processor seconds stand
beside the wall clock's: the machine may be shared. Fails when a territory of ours is not whole.
"""

import argparse
import json
import sys
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from allocation.territories.proposals.partition import partition
from allocation.territories.proposals.streets import Streets
from benchmarks._allocation_field import Force, force, tiled
from benchmarks._field_days import City
from benchmarks._round_part import open_streets

TILES = 3
TRAVEL_SHARE_S = 420
FARTHEST_S = 7_200.0

Labels = NDArray[np.int64]


def streets_of(city: City) -> Streets:
    """The city as the product cuts it."""
    tail, head = city.edge_from.astype(np.int64), city.edge_to.astype(np.int64)
    return Streets.of(city.x_m, city.y_m, tail, head, city.edge_travel_s)


def work_of(city: City, field: Force) -> NDArray[np.float64]:
    """Minutes of work per node."""
    minutes = (field.service_s + TRAVEL_SHARE_S) / 60
    return np.bincount(field.door, minutes, minlength=city.nodes).astype(np.float64)


def by_kmeans(city: City, field: Force, count: int, seed: int) -> Labels:
    """Plain k-means over the cases on the plane; a node goes to the nearest mean."""
    spots = np.column_stack([city.x_m[field.door], city.y_m[field.door]])
    means, _ = kmeans2(spots, count, minit="++", rng=seed)
    return _nearest(city, means)


def by_homes(city: City, field: Force) -> Labels:
    """Each node with the agent whose home is nearest on the plane."""
    return _nearest(city, np.column_stack([city.x_m[field.home], city.y_m[field.home]]))


def _nearest(city: City, spots: NDArray[np.float64]) -> Labels:
    _, found = KDTree(spots).query(np.column_stack([city.x_m, city.y_m]))
    return np.asarray(found, dtype=np.int64)


def graph_of(city: City) -> csr_array:
    """Seconds along the streets, the faster way of each both ways."""
    made = csr_array(
        (city.edge_travel_s, (city.edge_from, city.edge_to)), shape=(city.nodes, city.nodes)
    )
    return csr_array(made.maximum(made.T))


def told(
    city: City, graph: csr_array, work: NDArray[np.float64], label: Labels, count: int
) -> dict[str, float]:
    """How good labels are: evenness, pieces on the streets, travel from the middles."""
    load = np.bincount(label, work, minlength=count)
    ways = graph.tocoo()
    tail, head = ways.coords
    within = label[tail] == label[head]
    kept = csr_array((np.ones(int(within.sum())), (tail[within], head[within])), shape=graph.shape)
    _, piece = connected_components(kept, directed=False)
    used = label[np.unique(piece, return_index=True)[1]]
    return {
        "most_to_mean": round(float(load.max() / load.mean()), 3),
        "least_to_mean": round(float(load.min() / load.mean()), 3),
        "work_cv": round(float(load.std() / load.mean()), 4),
        "not_whole": int((np.bincount(used, minlength=count) > 1).sum()),
        "mean_travel_s": round(_travel_s(city, graph, work, label, count), 1),
    }


def _travel_s(
    city: City, graph: csr_array, work: NDArray[np.float64], label: Labels, count: int
) -> float:
    """From the node nearest to the middle of each territory's work to all of its work."""
    total = np.maximum(np.bincount(label, work, minlength=count), 1e-9)
    x_m = np.bincount(label, work * city.x_m, minlength=count) / total
    y_m = np.bincount(label, work * city.y_m, minlength=count) / total
    _, found = KDTree(np.column_stack([city.x_m, city.y_m])).query(np.column_stack([x_m, y_m]))
    middle = np.asarray(found, dtype=np.int64)
    spent = 0.0
    worked = np.flatnonzero(work > 0)
    for begin in range(0, count, 50):
        away_s = dijkstra(graph, indices=middle[begin : begin + 50], limit=FARTHEST_S)
        mine = worked[(label[worked] >= begin) & (label[worked] < begin + len(away_s))]
        far_s = np.minimum(away_s[label[mine] - begin, mine], FARTHEST_S)
        spent += float(far_s @ work[mine])
    return spent / float(work.sum())


def measure(city: City, field: Force, tolerance: float, seed: int) -> dict[str, Any]:
    """All figures of one field, with the peers' as they are and ours as ratios to them."""
    count = len(field.home)
    work = work_of(city, field)
    partition(streets_of(city), work, count, 1.0, seed)  # compiles
    wall_s, cpu_s = perf_counter(), process_time()
    streets = streets_of(city)
    parts = partition(streets, work, count, tolerance, seed)
    cut_s, cut_cpu_s = perf_counter() - wall_s, process_time() - cpu_s
    wall_s, cpu_s = perf_counter(), process_time()
    means = by_kmeans(city, field, count, seed)
    kmeans_s, kmeans_cpu_s = perf_counter() - wall_s, process_time() - cpu_s
    graph = graph_of(city)
    ours = told(city, graph, work, parts.label, count)
    peers = {
        "kmeans": told(city, graph, work, means, count),
        "nearest_home": told(city, graph, work, by_homes(city, field), count),
    }
    if ours["not_whole"]:
        sys.exit(f"{ours['not_whole']} territories are not whole")
    return {
        "nodes": city.nodes, "cases": len(field.door), "territories": count,
        "cut_s": round(cut_s, 2), "cut_cpu_s": round(cut_cpu_s, 2),
        "kmeans_s": round(kmeans_s, 2), "kmeans_cpu_s": round(kmeans_cpu_s, 2),
        "heaviest_node_to_mean": round(float(work.max() * count / work.sum()), 3),
        "ours": ours, **peers,
        "to_kmeans": {key: round(ours[key] / max(peers["kmeans"][key], 1e-9), 3)
                      for key in ("most_to_mean", "work_cv", "mean_travel_s")},
        "to_nearest_home": {key: round(ours[key] / max(peers["nearest_home"][key], 1e-9), 3)
                            for key in ("most_to_mean", "work_cv", "mean_travel_s")},
    }  # fmt: skip


def main() -> None:
    """``./roundsman bench territories -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--territories", type=int, default=500)
    parser.add_argument("--tolerance", type=float, default=0.1)
    parser.add_argument("--city", default="demo", help="grid, demo, a place or a file of streets")
    parser.add_argument("--tiles", type=int, default=TILES)
    options = parser.parse_args()
    city = tiled(open_streets(options.city).city, options.tiles)
    field = force(city, options.territories, options.seed)
    figures = measure(city, field, options.tolerance, options.seed)
    if not options.json:
        for key, value in figures.items():
            print(f"{key:24}{value}")
    print(json.dumps({"bench": "territories", "seed": options.seed, **figures}))


if __name__ == "__main__":
    main()
