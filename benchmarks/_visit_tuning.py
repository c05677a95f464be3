"""Give each rival rule its best parameters: ``python -m benchmarks._visit_tuning --days 4``.

Prints for each rule the parameters with the highest F1 over all cells, on days that no run of the
benchmark uses. What it found stands in `_visit_rivals.RULES`.
"""

import argparse
import itertools
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

from benchmarks._visit_day import CELLS, visit_day
from benchmarks._visit_rivals import GRIDS, RULES, sight
from benchmarks._visit_score import Tally, tally
from benchmarks._visit_streets import demo_city

TUNING_SEED = 990_000
Choice = tuple[str, tuple[float, ...]]


def choices() -> list[Choice]:
    """Every rule with every combination of its parameters."""
    return [(name, one) for name, grid in GRIDS.items() for one in itertools.product(*grid.values())]


def tried(cell: int, number: int) -> dict[Choice, Tally]:
    """All choices on one day."""
    day = visit_day(demo_city(), CELLS[cell], (TUNING_SEED, cell, number))
    seen = sight(day)
    return {
        (name, one): tally(
            RULES[name][0](seen, **dict(zip(GRIDS[name], one, strict=True))), day.visits
        )
        for name, one in choices()
    }


def main() -> None:
    """Search, and print the best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=4, help="of each cell")
    options = parser.parse_args()
    days = [(cell, number) for cell in range(len(CELLS)) for number in range(options.days)]
    total: dict[Choice, Tally] = defaultdict(Tally)
    with ProcessPoolExecutor(2) as pool:
        for result in pool.map(tried, *zip(*days, strict=True), chunksize=4):
            for choice, part in result.items():
                total[choice] += part
    for name, grid in GRIDS.items():
        ranked = sorted(
            ((part.f1, one) for (rule, one), part in total.items() if rule == name), reverse=True
        )
        for f1, one in ranked[:3]:
            print(f"{name:32}{f1:.4f}  {dict(zip(grid, one, strict=True))}")


if __name__ == "__main__":
    main()
