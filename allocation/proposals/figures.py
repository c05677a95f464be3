"""How good a proposal is, beside what is: one value for API, page and edits by hand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocation.figures import gini, variation
from allocation.problem import Floats
from allocation.proposals.proposal import Portfolio, ProposedChange, WithoutAgent

BY_HAND = "taken_by_hand"
AWAY = "agent_not_at_work"


@dataclass(frozen=True, slots=True)
class Lack:
    """So many cases are without an agent at work for this reason."""

    code: str
    cases: int
    sentence: str


@dataclass(frozen=True, slots=True)
class PlannedRounds:
    """The rounds of one day, planned for all agents at work as the planner would for real.

    `score` is what the planner maximizes, the urgency of the cases visited. `beyond` counts cases
    that it did not look at: on no map, or more than a day's round is chosen from.
    """

    agents: int
    visits: int
    score: float
    travel_s: int
    skipped: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Who has what, in figures. Times are seconds, of work or of travel by street.

    `travel_s` is from where agents start to each of their cases. `work_*` and `money_*` are of the
    agents at work: seconds of the least, the middle and the most loaded; Gini coefficient and
    coefficient of variation of the expected money, 0 when all have the same. `familiar` cases are
    with an agent who knows the customer. `moved` cases change hands; `disturbed` are those of them
    that leave an agent who knows the customer.
    """

    agents: int
    cases: int
    without_agent: int
    lacks: tuple[Lack, ...]
    moved: int
    disturbed: int
    familiar: int
    travel_s: float
    travel_s_per_case: float
    work_s_least: int
    work_s_median: int
    work_s_most: int
    work_cv: float
    money_gini: float
    money_cv: float
    rounds: PlannedRounds | None = None


def figures_of(
    portfolios: Sequence[Portfolio],
    changes: Sequence[ProposedChange],
    without: Sequence[WithoutAgent],
    rounds: PlannedRounds | None = None,
) -> Figures:
    """The figures once `changes` are made to `portfolios`.

    `without` are the cases that had nobody at work; one that a change gives to somebody leaves
    them, one that a change takes away joins them.
    """
    place = {portfolio.agent_id: n for n, portfolio in enumerate(portfolios, 1)}
    out = np.array([place.get(c.from_id, 0) if c.from_id else 0 for c in changes], dtype=np.int64)
    into = np.array([place.get(c.to_id, 0) if c.to_id else 0 for c in changes], dtype=np.int64)

    def after(had: Sequence[float], leaves: Sequence[float], comes: Sequence[float]) -> Floats:
        # Place 0 takes what comes from, or goes to, nobody at work.
        size = len(portfolios) + 1
        moved = np.bincount(into, comes, size) - np.bincount(out, leaves, size)
        now: Floats = np.asarray(had, dtype=np.float64) + moved[1:]
        return now

    one = [1] * len(changes)
    work = [c.work_s for c in changes]
    money = [c.expected_minor for c in changes]
    cases = after([p.cases for p in portfolios], one, one)
    work_s = after([p.work_s for p in portfolios], work, work)
    expected = after([p.expected_minor for p in portfolios], money, money)
    travel_s = after(
        [p.travel_s for p in portfolios],
        [c.from_travel_s or 0.0 for c in changes],
        [c.to_travel_s or 0.0 for c in changes],
    )
    familiar = after(
        [p.familiar for p in portfolios],
        [c.from_knows for c in changes],
        [c.to_knows for c in changes],
    )
    lacks = _lacks(changes, without)
    lacking, placed = sum(lack.cases for lack in lacks), int(cases.sum())
    total_s = float(travel_s.sum())
    return Figures(
        agents=len(portfolios),
        cases=placed + lacking,
        without_agent=lacking,
        lacks=lacks,
        moved=sum(c.from_id is not None and c.from_id != c.to_id for c in changes),
        disturbed=sum(c.from_knows and c.from_id != c.to_id for c in changes),
        familiar=int(familiar.sum()),
        travel_s=round(total_s, 1),
        travel_s_per_case=round(total_s / max(1, placed), 1),
        work_s_least=int(work_s.min(initial=1 << 40)) if len(work_s) else 0,
        work_s_median=int(np.median(work_s)) if len(work_s) else 0,
        work_s_most=int(work_s.max(initial=0)),
        work_cv=variation(work_s),
        money_gini=gini(expected),
        money_cv=variation(expected),
        rounds=rounds,
    )


def _lacks(changes: Sequence[ProposedChange], without: Sequence[WithoutAgent]) -> tuple[Lack, ...]:
    given = {c.case_id for c in changes if c.to_id is not None}
    known = {one.case_id for one in without}
    counted = Counter((one.code, one.sentence) for one in without if one.case_id not in given)
    taken = sum(c.to_id is None and c.case_id not in known for c in changes)
    if taken:
        counted[BY_HAND, "a manager takes it from its agent and gives it to nobody"] = taken
    return tuple(Lack(code, cases, words) for (code, words), cases in counted.most_common())
