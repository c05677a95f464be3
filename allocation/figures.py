"""How good an assignment is: travel, how work and money are spread, relations kept."""

from typing import Any

import numpy as np

from allocation.choices import Load
from allocation.problem import Assignment, Floats, Integers, Problem


def figures_of(problem: Problem, answer: Assignment) -> dict[str, Any]:
    """An assignment in figures, for people and for comparing with another one.

    `work_share_*` are shares of the work wanted of an agent; `money_gini` and `money_cv` measure
    how the expected money is spread: 0 when all agents have the same. `with_best_known` is the
    share of cases that are with the agent who knows the customer best, of those that anybody knows;
    `in_territory` of those with an agent of their territory, of those in one that an agent works.
    """
    rows = np.array([problem.agent_index[o.agent_id] for o in answer.owners], dtype=np.int64)
    columns = np.array([problem.case_index[o.case_id] for o in answer.owners], dtype=np.int64)
    load = Load.of(problem, rows, columns)
    wanted_s = np.maximum(problem.capacity_s, 1)
    best = problem.relations.best(len(problem.cases))[columns]
    known = best > 0
    with_best = problem.relations.weight_at(columns, rows)[known] == best[known]
    working = problem.capacity_s > 0
    return {
        "agents": len(problem.agents),
        "cases": int(problem.members.sum()),
        "without_owner": int(problem.members.sum() - problem.members[columns].sum()),
        "moved": len(answer.moved),
        "overloaded_agents": len(answer.overloaded),
        "travel_s_per_case": round(answer.travel_s / max(1, len(answer.owners)), 1),
        "work_share_mean": _mean((load.work_s / wanted_s)[working]),
        "work_share_most": round(float(np.max((load.work_s / wanted_s)[working], initial=0)), 3),
        "work_cv": variation(load.work_s[working].astype(np.float64)),
        "money_gini": gini(load.money[working]),
        "money_cv": variation(load.money[working]),
        "with_best_known": _mean(with_best.astype(np.float64)),
        "in_territory": _in_territory(problem, columns, rows),
    }


def _in_territory(problem: Problem, columns: Integers, rows: Integers) -> float:
    territories = problem.territories
    if territories is None:
        return 0.0
    inside = territories.of_case[columns] >= 0
    at_home = ~territories.is_outside(columns, rows)[inside]
    return _mean(at_home.astype(np.float64))


def gini(values: Floats) -> float:
    """The Gini coefficient: 0 when all have the same, towards 1 when one has all."""
    total = float(values.sum())
    if total <= 0:
        return 0.0
    ranked = np.sort(values)
    ranks = 2 * np.arange(1, len(ranked) + 1) - len(ranked) - 1
    return round(float(ranks @ ranked) / (len(ranked) * total), 4)


def variation(values: Floats) -> float:
    """The coefficient of variation: standard deviation over mean; 0 without anything."""
    return round(float(values.std() / values.mean()), 4) if len(values) and values.any() else 0.0


def _mean(values: Floats) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
