"""An agent drops out: which neighbor takes which of the visits left, on the rounds as they stand.

Candidates are numbered in the vacancy's order; an *order* is the numbers of one round.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from routing.planner.construct import as_far_as_it_goes, in_turn
from routing.planner.deposits import with_deposits
from routing.planner.fleet import Fleet
from routing.planner.improve_fleet import improve_fleet
from routing.planner.plan import lay_out
from routing.planner.problem import Shift
from routing.planner.skipped import Skipped, SkipReason
from routing.planner.stop import StopAfter
from routing.planner.terms import Terms, terms
from routing.planner.vacancy import Given, LeftOut, Relief, Vacancy

SEARCH = StopAfter(seconds=0.075)
"""Four times as long wins back some two points of a hundred more (`benchmarks/_city_down.py`)."""

DISTURBANCE_S = 300
"""What a neighbor's visit that makes way, or follows another one than before, must be worth."""


def relieve(vacancy: Vacancy, stop: StopAfter = SEARCH, seed: int = 1) -> Relief:
    """Find the orphans places, the most urgent first, and disturb little.

    A neighbor's visit makes way only for one that is worth more by `DISTURBANCE_S` and the way. It
    goes to another neighbor who has time, or waits for another day. Pinned visits stay first. Every
    plan passes `routing.planner.audit`, save that musts and pins that cannot be kept any more are
    skipped. The same vacancy and seed give the same answer under `StopAfter(solutions=…)`.
    """
    # 1. The rounds as they stand, less what the day has run away from already.
    stands = [_kept(vacancy, row) for row in range(len(vacancy.shifts))]
    fleet = Fleet(
        shifts=tuple(_eased(vacancy, row, order) for row, order in enumerate(stands)),
        candidates=vacancy.candidates,
        travel_s=vacancy.travel_s,
        may_serve=_stay_or_go(vacancy, stands),
        prize_value_s=vacancy.prize_value_s,
        former=tuple(tuple(vacancy.candidates[n].case_id for n in order) for order in stands),
        disturbance_s=DISTURBANCE_S,
    )
    # 2. Neighbors' visits stay where they are or make way: few choices, so little time does.
    orders = improve_fleet(fleet, stands, stop, seed)
    # 3. Who made way may fit in with another neighbor.
    if sum(map(len, orders)) < len(vacancy.candidates):
        elsewhere = replace(fleet, may_serve=_anywhere_if_free(vacancy, orders))
        orders = improve_fleet(elsewhere, orders, StopAfter(solutions=0), seed)
    # 4. Held to the rules that are one agent's own: deposits and distance.
    return _told(vacancy, [_lasting(vacancy, row, order) for row, order in enumerate(orders)])


def _local(vacancy: Vacancy, row: int, order: Sequence[int]) -> tuple[Terms, list[int], list[int]]:
    """A shift's terms, the numbers that these know candidates by, and `order` in them."""
    problem, numbers = vacancy.problem_of(row, order)
    at = {number: local for local, number in enumerate(numbers)}
    return terms(problem), numbers, [at[number] for number in order]


def _kept(vacancy: Vacancy, row: int) -> list[int]:
    """The round of a shift, less what it cannot make in time any more; pins first."""
    its, numbers, order = _local(vacancy, row, vacancy.rounds[row])
    order.sort(key=lambda local: its.problem.candidates[local].pin is None)
    skills, candidates = its.problem.shift.skills, its.problem.candidates
    order = [n for n in order if not candidates[n].barred and candidates[n].needs <= skills]
    if with_deposits(its, order) is None:
        order = in_turn(its, order)
    return [numbers[local] for local in order]


def _eased(vacancy: Vacancy, row: int, order: Sequence[int]) -> Shift:
    """The shift as a fleet knows it, without deposits and distance.

    Where there are counters the limit on cash is no limit on the whole round; the time that the
    round needs for them is kept free.
    """
    shift = replace(vacancy.shifts[row], max_distance_m=None)
    if not vacancy.deposits or not vacancy.deposits[row] or shift.cash_limit_minor is None:
        return shift
    its, _, local = _local(vacancy, row, order)
    calls = with_deposits(its, local)
    assert calls is not None, "the round keeps the rules"
    counters = [its.service_s[number] for number in calls if number in its.counters]
    more_s = sum(counters) + its.travel_of_s(calls) - its.travel_of_s(local)
    free = replace(shift, cash_limit_minor=None)
    early = replace(free, end_s=free.end_s - max(0, more_s))
    bare = replace(its.problem, shift=early, deposits=(), distance_m=None)
    return early if with_deposits(terms(bare), local) is not None else free


def _stay_or_go(vacancy: Vacancy, orders: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Whom each shift may visit while neighbors' visits do not change hands."""
    may = np.zeros_like(vacancy.may_serve)
    may[:, : vacancy.orphans] = vacancy.may_serve[:, : vacancy.orphans]
    for row, order in enumerate(orders):
        may[row, list(order)] = True
    return may


def _anywhere_if_free(vacancy: Vacancy, orders: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Whom each shift may visit when those in a round stay there."""
    may = vacancy.may_serve.copy()
    for row, order in enumerate(orders):
        may[:, list(order)] = False
        may[row, list(order)] = True
    return may


def _lasting(vacancy: Vacancy, row: int, order: Sequence[int]) -> list[int]:
    its, numbers, local = _local(vacancy, row, order)
    own = {local for local, number in enumerate(numbers) if number in set(vacancy.rounds[row])}
    kept = as_far_as_it_goes(its, local, own)
    return _kept(vacancy, row) if kept is None else [numbers[at] for at in kept]


def _told(vacancy: Vacancy, orders: Sequence[Sequence[int]]) -> Relief:
    row_of = {number: row for row, order in enumerate(orders) for number in order}
    was_in = {number: row for row, order in enumerate(vacancy.rounds) for number in order}
    plans, why_not = [], dict[int, list[tuple[int, Skipped]]]()
    for row, order in enumerate(orders):
        its, numbers, local = _local(vacancy, row, order)
        plans.append(lay_out(its, local))
        number_of = {candidate.case_id: n for candidate, n in
                     zip(its.problem.candidates, numbers, strict=True)}  # fmt: skip
        for one in plans[-1].skipped:
            why_not.setdefault(number_of[one.candidate.case_id], []).append((row, one))
    absent = [n for n in range(len(vacancy.candidates)) if n not in row_of]
    given = [Given(n, row) for n, row in sorted(row_of.items()) if was_in.get(n) != row]
    left_out = [_left_out(n, why_not.get(n, ())) for n in absent]
    return Relief(
        orders=tuple(tuple(order) for order in orders),
        plans=tuple(plans),
        changed=tuple(
            row for row, order in enumerate(orders) if tuple(order) != vacancy.rounds[row]
        ),
        taken=tuple(one for one in given if one.number < vacancy.orphans),
        moved=tuple(one for one in given if one.number >= vacancy.orphans),
        left=tuple(one for one in left_out if one.number < vacancy.orphans),
        pushed_out=tuple(one for one in left_out if one.number >= vacancy.orphans),
    )


_HARDEST_FIRST = {reason: rank for rank, reason in enumerate(SkipReason)}


def _left_out(number: int, why_not: Sequence[tuple[int, Skipped]]) -> LeftOut:
    """The reason that is easiest to help, of equals the one that falls short the least."""
    if not why_not:
        return LeftOut(number, None, None)
    row, skipped = max(
        why_not, key=lambda one: (_HARDEST_FIRST[one[1].reason], -one[1].amount, -one[0])
    )
    return LeftOut(number, row, skipped)
