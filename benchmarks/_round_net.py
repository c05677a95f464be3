"""How good one agent's round is after 0.1 and 0.5 s, as a share of the best that anybody finds."""

import statistics
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks._field_days import field_day
from benchmarks._round_judge import judge
from benchmarks._round_part import (
    OURS,
    Figures,
    Streets,
    no_work,
    on_two_cores,
    one_by_one,
    ours,
    timed,
    warm_up,
)
from benchmarks._round_peers import RULES, Planner, installed
from routing.planner.problem import Problem

TIMES_S = (0.1, 0.5)
SEEDS = (11, 12, 13)
"""Of our own searches for the best: each has its share of the seconds."""

Taken = dict[str, tuple[float, float]]
"""(net value, seconds) by engine."""


def net_figures(streets: Streets, seed: int, days: int, cases: int, best_seconds: float) -> Figures:
    """`net_pct_100ms`, `net_pct_500ms` and `gap_ratio_100ms`, over so many field days."""
    seeds = range(seed * 1_000, seed * 1_000 + days)
    problems = [field_day(streets.city, each, cases) for each in seeds]
    warm_up(problems[0])
    taken = [measured(each) for each in one_by_one(problems, "Planning days", days)]
    work = [(problem, best_seconds) for problem in problems]
    searched = on_two_cores(best_found, work, "Searching for the best")
    best = [
        max(longest, *(value for value, _ in day.values()))
        for longest, day in zip(searched, taken, strict=True)
    ]
    if not all(value > 0 for value in best):
        no_work("a day on which nobody finds anything worth a visit")
    rows = shares(taken, best)
    return Figures(keys(rows), [table(rows)], {"engines": rows})


def engines() -> dict[str, Planner]:
    """Those with a time limit, ours first."""
    return {OURS: ours, **installed()}


def measured(problem: Problem) -> Taken:
    """What each engine makes of a day in each of the times."""
    its, taken = judge(problem), Taken()
    for name, rule in RULES.items():
        order, took_s = timed(lambda rule=rule: rule(problem, 0))  # type: ignore[misc]
        taken[name] = its.net_value(order), took_s
    for seconds in TIMES_S:
        for name, engine in engines().items():
            order, took_s = timed(lambda e=engine, s=seconds: e(problem, s))  # type: ignore[misc]
            taken[f"{name} {seconds} s"] = its.net_value(order), took_s
    return taken


def best_found(work: tuple[Problem, float]) -> float:
    """The best of all engines, each with so many seconds."""
    problem, seconds = work
    its = judge(problem)
    found = [engine(problem, seconds) for engine in installed().values()]
    found += [ours(problem, seconds / len(SEEDS), seed) for seed in SEEDS]
    return max(its.net_value(order) for order in found)


def shares(taken: Sequence[Taken], best: Sequence[float]) -> list[dict[str, Any]]:
    """A row per engine: the mean and the worst share of the best found in %, and median seconds.

    A peer's round that breaks a rule is worth nothing; one of ours ends the benchmark.
    """
    rows = []
    for name in taken[0]:
        values = np.array([day[name][0] for day in taken])
        if name.startswith(OURS) and not np.isfinite(values).all():
            no_work(f"{name}: a round breaks a rule")
        share = 100 * np.maximum(values, 0) / np.array(best)
        rows.append(
            {
                "engine": name,
                "net_pct": round(float(share.mean()), 3),
                "worst_pct": round(float(share.min()), 3),
                "seconds": round(statistics.median(day[name][1] for day in taken), 3),
            }
        )
    return rows


def keys(rows: Sequence[dict[str, Any]]) -> dict[str, float | None]:
    """The figures; the best peer is the one with the highest mean share at 0.1 s."""
    net_pct = {row["engine"]: row["net_pct"] for row in rows}
    peers = [net_pct[f"{name} {TIMES_S[0]} s"] for name in installed()]
    peers += [net_pct[rule] for rule in RULES]
    gap = 100 - max(peers)
    ours_pct = [net_pct[f"{OURS} {seconds} s"] for seconds in TIMES_S]
    return {
        "net_pct_100ms": ours_pct[0],
        "net_pct_500ms": ours_pct[1],
        "gap_ratio_100ms": round((100 - ours_pct[0]) / gap, 3) if gap > 0 else None,
    }


def table(rows: Sequence[dict[str, Any]]) -> Table:
    """Engines, one under the other."""
    shown = Table("one agent, one day", "% of best", "worst day", "median s", box=None)
    for row in rows:
        numbers = f"{row['net_pct']:.2f}", f"{row['worst_pct']:.2f}", f"{row['seconds']:.3f}"
        shown.add_row(row["engine"], *numbers)
    return shown
