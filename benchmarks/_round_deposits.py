"""Days with a cash limit and counters: ours beside the two peers that know how to come by there."""

import statistics
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks._deposit_days import deposit_day
from benchmarks._round_judge import judge
from benchmarks._round_part import OURS, Figures, Streets, no_work, one_by_one, ours, timed, warm_up
from benchmarks._round_peers import with_deposits
from routing.planner.problem import Problem

SECONDS = 0.5
EVEN = 1e-9
"""Net values that differ by less are the same round, added up in another order."""

Taken = dict[str, tuple[float, float, int]]
"""(net value, seconds, deposits) by engine."""


def deposit_figures(streets: Streets, seed: int, days: int, cases: int) -> Figures:
    """`deposit_wins` and `deposit_ratio`, against the better of the peers on each day."""
    seeds = range(seed * 1_000, seed * 1_000 + days)
    problems = [deposit_day(streets.city, each, cases) for each in seeds]
    warm_up(problems[0])
    taken = [measured(each) for each in one_by_one(problems, "Handing in cash", days)]
    rows = [row(name, taken) for name in taken[0]]
    if rows[0]["kept_rules"] != days:
        no_work(f"{OURS}: a round breaks a rule")
    if not any(one["deposits"] for one in rows):
        no_work("nobody ever comes by a counter")
    return Figures(keys(taken), [table(rows)], {"deposit_engines": rows})


def measured(problem: Problem) -> Taken:
    """What each engine makes of a day."""
    its, taken = judge(problem), Taken()
    for name, engine in {OURS: ours, **with_deposits()}.items():
        order, took_s = timed(lambda e=engine: e(problem, SECONDS))  # type: ignore[misc]
        taken[name] = its.net_value(order), took_s, sum(number < 0 for number in order)
    return taken


def keys(taken: list[Taken]) -> dict[str, float | None]:
    """A day is won where ours is no less than the best of the others."""
    mine = np.array([day[OURS][0] for day in taken])
    best = np.array([max(day[name][0] for name in day if name != OURS) for day in taken])
    best = np.maximum(best, EVEN)
    return {
        "deposit_wins": round(float((mine >= best - EVEN).mean()), 3),
        "deposit_ratio": round(float((mine / best).mean()), 4),
    }


def row(name: str, taken: list[Taken]) -> dict[str, Any]:
    """An engine's days; a round that breaks a rule is worth nothing."""
    values = np.array([day[name][0] for day in taken])
    return {
        "engine": name,
        "net_value": round(float(np.where(np.isfinite(values), values, 0).mean()), 2),
        "kept_rules": int(np.isfinite(values).sum()),
        "deposits": round(statistics.mean(day[name][2] for day in taken), 2),
        "seconds": round(statistics.median(day[name][1] for day in taken), 3),
    }


def table(rows: list[dict[str, Any]]) -> Table:
    """Engines, one under the other."""
    shown = Table(
        f"with deposits, {SECONDS} s", "net value", "days within rules", "deposits", "median s",
        box=None,
    )  # fmt: skip
    for one in rows:
        shown.add_row(
            one["engine"],
            f"{one['net_value']:.1f}",
            str(one["kept_rules"]),
            f"{one['deposits']:.2f}",
            f"{one['seconds']:.3f}",
        )
    return shown
