"""Give each rival rule its best parameters: ``python -m benchmarks._visit_tuning --days 4``.

Prints for each rule the parameters with the highest F1 over all cells, on days that no run of the
benchmark uses. What it found stands in `_visit_rivals.RULES`.
"""

import argparse
import itertools
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor

from benchmarks._visit_day import CELLS, visit_day
from benchmarks._visit_rivals import RULES, sight
from benchmarks._visit_score import Tally, tally
from benchmarks._visit_streets import demo_city

TUNING_SEED = 990_000
Choice = tuple[str, tuple[float, ...]]

DWELLS_S = (60, 120, 180, 240, 300)
REACHES_M = (30, 45, 60, 90)
GRIDS: dict[str, dict[str, tuple[float, ...]]] = {
    "any ping in fence": {"radius_m": (20, 30, 50, 75, 100, 150)},
    "Traccar": {"radius_m": (20, 30, 50, 75, 100, 150)},
    "Traccar + dwell": {"radius_m": (20, 30, 40, 50, 75), "dwell_s": DWELLS_S},
    "hysteresis + dwell": {
        "radius_m": (20, 30, 40, 50), "margin_m": (0, 10, 25), "dwell_s": DWELLS_S,
    },
    "hysteresis + 120 s + nearest": {
        "radius_m": (20, 30, 40, 50, 60, 75), "margin_m": (0, 10, 25, 40),
    },
    "stay points + nearest": {
        "roam_m": (40, 60, 80, 100, 130), "stay_s": DWELLS_S, "reach_m": REACHES_M,
    },
    "movingpandas stops + nearest": {
        "diameter_m": (60, 80, 100, 130, 160), "stay_s": DWELLS_S, "reach_m": REACHES_M,
    },
}  # fmt: skip


def choices() -> list[Choice]:
    """Every rule with every combination of its parameters."""
    return [
        (name, one) for name, grid in GRIDS.items() for one in itertools.product(*grid.values())
    ]


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
