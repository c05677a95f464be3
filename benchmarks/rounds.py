"""How good one agent's round is after 0.1 and 0.5 s, beside other planners.

Field days of 50 cases; figures are shares of the best round that any engine finds in 15 s, judged
by the benchmark itself. PyVRP and VROOM take part where they are installed (``pyvrp``,
``pyvroom``). Fails when a round of ours breaks a rule or no day was planned.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks._field_days import City, city_of, field_day, grid_city
from benchmarks._round_peers import (
    Round,
    installed,
    nearest_in_time,
    net_value,
    urgency_insertion,
    urgency_sort,
)
from core.settings import settings
from routing.planner.problem import Problem
from routing.planner.solver import plan
from routing.planner.stop import StopAfter

OURS = "Roundsman"
TIMES_S = (0.1, 0.5)


def ours(problem: Problem, seconds: float) -> Round:
    """Our plan as candidate numbers."""
    made = plan(problem, StopAfter(seconds=seconds))
    numbers = {candidate.case_id: number for number, candidate in enumerate(problem.candidates)}
    return [numbers[stop.candidate.case_id] for stop in made.stops]


def engines() -> dict[str, Callable[[Problem, float], Round]]:
    """Those with a time limit."""
    return {**installed(), OURS: ours}


def open_city(name: str) -> City:
    """``grid``, or anything that ``./roundsman streets`` takes."""
    if name == "grid":
        return grid_city()
    from streets.network import build

    cache = settings().state_dir / "streets"
    cache.mkdir(parents=True, exist_ok=True)
    return city_of(build(name, cache))


def best_found(problem: Problem, seconds: float) -> float:
    """The best of all engines."""
    return max(net_value(problem, engine(problem, seconds)) for engine in engines().values())


def measure(problem: Problem) -> dict[str, tuple[float, float]]:
    """(net value, seconds) per engine and time limit."""
    figures: dict[str, tuple[float, float]] = {}

    def take(name: str, engine: Callable[[Problem, float], Round], seconds: float) -> None:
        began = perf_counter()
        order = engine(problem, seconds)
        took_s = perf_counter() - began
        figures[name] = net_value(problem, order), took_s

    take("nearest in time", nearest_in_time, 0)
    take("urgency sort", urgency_sort, 0)
    take("urgency + cheapest insertion", urgency_insertion, 0)
    for name, engine in engines().items():
        for seconds in TIMES_S:
            take(f"{name} {seconds} s", engine, seconds)
    return figures


def table(days: list[dict[str, tuple[float, float]]], best: list[float]) -> list[dict[str, Any]]:
    """A row per engine: the mean and the worst share of the best found, and the median time."""
    lines = []
    for name in days[0]:
        values = np.array([day[name][0] for day in days])
        if name.startswith(OURS) and not np.isfinite(values).all():
            sys.exit(f"{name}: a round breaks a rule")
        shares = np.maximum(values, 0) / np.array(best)
        lines.append(
            {
                "engine": name,
                "share": round(float(shares.mean()), 4),
                "worst": round(float(shares.min()), 4),
                "net_value": round(float(np.maximum(values, 0).mean()), 1),
                "seconds": round(statistics.median(day[name][1] for day in days), 3),
            }
        )
    return lines


def main() -> None:
    """``./roundsman bench rounds -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--cases", type=int, default=50)
    parser.add_argument("--best-seconds", type=float, default=15)
    parser.add_argument("--city", default="demo", help="grid, demo, a place or a file of streets")
    options = parser.parse_args()

    city = open_city(options.city)
    seeds = range(options.seed * 1_000, options.seed * 1_000 + options.days)
    problems = [field_day(city, seed, options.cases) for seed in seeds]
    figures = [measure(problem) for problem in problems]
    if not figures:
        sys.exit("no day was planned")
    with ProcessPoolExecutor() as pool:
        searched = list(pool.map(best_found, problems, [options.best_seconds] * len(problems)))
    measured = (max(value for value, _ in day.values()) for day in figures)
    best = [max(pair) for pair in zip(searched, measured, strict=True)]
    rows = table(figures, best)
    if not options.json:
        print(f"{'':32}{'share %':>9}{'worst %':>9}{'net value':>11}{'median s':>10}")
        for row in rows:
            print(
                f"{row['engine']:32}{100 * row['share']:9.2f}{100 * row['worst']:9.2f}"
                f"{row['net_value']:11.1f}{row['seconds']:10.3f}"
            )
    print(
        json.dumps({"bench": "rounds", "seed": options.seed, "city": options.city, "engines": rows})
    )


if __name__ == "__main__":
    main()
