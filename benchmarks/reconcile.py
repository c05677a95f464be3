"""How rightly, and how fast, bank lines find the deposits that they prove.

10,000 deposits of a month and the statement that a careless bank makes of them, over several seeds,
by this product and by two plain rules. The truth is the generator's own. Processor seconds stand
beside the wall clock's: the machine may be shared. Fails when an automatic match is wrong.
"""

import argparse
import json
import sys
from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from benchmarks._bank_months import Month, month
from benchmarks._reconcile_score import amount_and_date, amount_and_reference, score
from collection.reconciliation.matching.match import match
from collection.reconciliation.matching.result import Result

WAYS: dict[str, Callable[[Month], Result]] = {
    "ours": lambda one: match(one.problem),
    "amount and date": amount_and_date,
    "amount and reference": amount_and_reference,
}


def measure(deposits: int, seed: int) -> dict[str, dict[str, Any]]:
    """The figures of each way for one month."""
    one = month(deposits, seed)
    figures = {}
    for name, way in WAYS.items():
        wall_s, cpu_s = perf_counter(), process_time()
        result = way(one)
        wall_s, cpu_s = perf_counter() - wall_s, process_time() - cpu_s
        figures[name] = {
            "lines": len(one.problem.lines),
            **score(one, result),
            "seconds": round(wall_s, 2),
            "processor_s": round(cpu_s, 2),
        }
    return figures


def worst(months: dict[int, dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Our figures over all months: wrong matches in all, else the worst month's."""
    ours = [figures["ours"] for figures in months.values()]
    return {
        "wrong": sum(one["wrong"] for one in ours),
        "auto": min(one["auto"] for one in ours),
        "proposed_right": min(one["proposed_right"] for one in ours),
        "seconds": max(one["seconds"] for one in ours),
    }


def tell(seed: int, figures: dict[str, dict[str, Any]]) -> None:
    """Print one month's figures as a table."""
    shown = ("wrong", "auto", "proposed", "proposed_right", "choices", "choice_holds", "left_over",
             "seconds", "processor_s")  # fmt: skip
    print(f"seed {seed}, {figures['ours']['lines']:,} lines")
    print(f"{'':22}" + "".join(f"{name:>15}" for name in shown))
    for way, values in figures.items():
        print(f"{way:22}" + "".join(f"{values[name]:>15}" for name in shown))
    for tier, counts in figures["ours"]["by_tier"].items():
        print(f"    {tier:24} right: {counts}")


def main() -> int:
    """Run the benchmark; 1 when an automatic match was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deposits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, action="append", help="may be given several times")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seeds = options.seed or [1, 2, 3]
    months = {seed: measure(options.deposits, seed) for seed in seeds}
    if options.json:
        print(json.dumps({**worst(months), "months": months}, indent=1))
    else:
        for seed, figures in months.items():
            tell(seed, figures)
        print("ours, all months: " + ", ".join(f"{k} {v}" for k, v in worst(months).items()))
    return int(worst(months)["wrong"] > 0)


if __name__ == "__main__":
    sys.exit(main())
