"""How well visits are found on simulated field days, beside the rules of others and an oracle.

Agents on the real streets of the demo city, in 30 cells: setting × sampling × delivery. Nothing in
the simulator, the rival rules or the oracle comes from the detector. Ends with one line of JSON.
"""

import argparse
import json
import statistics
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks._visit_day import CELLS, Cell, visit_day
from benchmarks._visit_judged import HONEST, Judged, judged, spoof_figures
from benchmarks._visit_ours import recompute_s
from benchmarks._visit_results import DayResult, Results, measured
from benchmarks._visit_rivals import RULES
from benchmarks._visit_spoofs import KINDS
from benchmarks._visit_streets import City, demo_city

console = Console(stderr=True, highlight=False)
TOO_EASY = 0.85
LARGE = 5_000
"""Pings of the days whose recomputation is timed, as the phone sends them: every 5 s."""


def lived(seed: int, days: int) -> Iterator[DayResult]:
    """All cells' days, on two cores."""
    cells = [cell for _ in range(days) for cell in range(len(CELLS))]
    numbers = [number for number in range(days) for _ in CELLS]
    with ProcessPoolExecutor(2) as pool:
        yield from pool.map(measured, cells, [seed] * len(cells), numbers, chunksize=6)


def before_the_judge(seed: int, forged: int, honest: int) -> Iterator[Judged]:
    """So many days forged in each way, and honest ones, on two cores."""
    kinds = [*KINDS] * forged + [HONEST] * honest
    numbers = [number for number in range(forged) for _ in KINDS] + [*range(honest)]
    with ProcessPoolExecutor(2) as pool:
        yield from pool.map(judged, [seed] * len(kinds), kinds, numbers, chunksize=6)


def speed(city: City, seed: int, days: int = 12, repeats: int = 3) -> dict[str, float]:
    """Days recomputed per second on one core: days of at least 5,000 pings, cut there."""
    took_s: list[float] = []
    number = 0
    while len(took_s) < days:
        day = visit_day(city, Cell("urban", 5.0, "offline"), (seed, len(CELLS), number))
        number += 1
        if len(day.pings) >= LARGE:
            took_s.append(statistics.median(recompute_s(day) for _ in range(repeats)))
    return {
        "days_per_s": round(1 / statistics.mean(took_s), 1),
        "ms_per_large_day": round(1000 * statistics.median(took_s), 1),
    }


def show(results: Results, figures: dict[str, Any]) -> None:
    """Cells, then everybody's F1, on stderr."""
    table = Table("cell", "visits", "ours", "no plan", "best rule", "which", "oracle", "margin")
    for row in results.cells():
        keys = ("visits", "f1", "f1_no_plan", "rival_f1", "rival", "oracle_f1", "margin")
        table.add_row(row["cell"], *(str(row[key]) for key in keys))
    console.print(table)
    for name in RULES:
        console.print(f"{name:32}{results.f1(name):8.4f}")
    for key, value in figures.items():
        console.print(f"{key:32}{value}")
    if figures["rival_f1"] > TOO_EASY:
        console.print(f"The days are too easy: a simple rule has an F1 above {TOO_EASY}.")


def main() -> None:
    """``./roundsman bench visits -- --seed 7 --json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="only the line of JSON")
    parser.add_argument("--days", type=int, default=40, help="of each of the 30 cells")
    parser.add_argument("--forged-days", type=int, default=40, help="in each of the six ways")
    parser.add_argument("--honest-days", type=int, default=400, help="judged beside the forged")
    options = parser.parse_args()

    city = demo_city()
    figures = speed(city, options.seed)
    watched = partial(track, console=console, disable=options.json)
    days = lived(options.seed, options.days)
    results = Results.of(watched(days, "Living days", total=options.days * len(CELLS)))
    forged, honest = options.forged_days, options.honest_days
    cases = before_the_judge(options.seed, forged, honest)
    heard = list(watched(cases, "Judging days", total=forged * len(KINDS) + honest))
    figures = results.figures() | spoof_figures(heard) | figures
    if not options.json:
        show(results, figures)
    rules = {name: round(results.f1(name), 4) for name in RULES}
    print(
        json.dumps(
            {"bench": "visits", "seed": options.seed}
            | figures
            | {"rules": rules, "cells": results.cells()}
        )
    )


if __name__ == "__main__":
    main()
