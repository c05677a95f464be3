"""An agent drops out: which neighbor takes which of the visits left, on the rounds as they stand.

Candidates are numbered in the vacancy's order; an *order* is the numbers of one round.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.planner.construct import in_turn
from routing.planner.deposits import with_deposits
from routing.planner.fleet import Fleet, improve_fleet
from routing.planner.plan import Plan, lay_out
from routing.planner.problem import Candidate, DepositPoint, Metres, Problem, Seconds, Shift
from routing.planner.skipped import Skipped, SkipReason
from routing.planner.stop import StopAfter
from routing.planner.terms import Terms, terms

NEIGHBORS = 8
"""How many rounds are looked at. More find little that eight do not find in the time there is, and
disturb more people."""

SEARCH = StopAfter(seconds=0.075)
"""Four times as long wins back some two points of a hundred more (`benchmarks/_city_down.py`)."""

DISTURBANCE_S = 300
"""What a neighbor's visit that makes way, or follows another one than before, must be worth."""

_NEAREST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Vacancy:
    """The visits that an agent leaves, and the rest of the neighbors' rounds.

    The first `orphans` candidates are the visits left, the others are in `rounds`: per shift what
    its round has still to do, in order. `travel_s` and `distance_m` are one matrix for all shifts,
    or one per shift; metres are needed only where a shift has a limit. `may_serve[s, c]`: whether
    shift s may visit candidate c; skills and bars are looked at on top. `deposits` are the counters
    per shift.
    """

    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]
    orphans: int
    rounds: tuple[tuple[int, ...], ...]
    travel_s: tuple[Seconds, ...]
    may_serve: NDArray[np.bool_]
    distance_m: tuple[Metres, ...] = ()
    deposits: tuple[tuple[DepositPoint, ...], ...] = ()
    prize_value_s: int = 100

    def __post_init__(self) -> None:
        own = sorted(number for order in self.rounds for number in order)
        assert own == list(range(self.orphans, len(self.candidates))), "a visit is in one round"
        assert len(self.rounds) == len(self.shifts), "a round per shift"

    def problem_of(self, row: int, order: Sequence[int] = ()) -> tuple[Problem, list[int]]:
        """The problem of one shift, and which numbers its candidates have.

        They are those of its round, those of `order`, and the orphans that it may serve.
        """
        may = np.flatnonzero(self.may_serve[row, : self.orphans]).tolist()
        numbers = sorted({*may, *order, *self.rounds[row]})
        problem = Problem(
            shift=self.shifts[row],
            candidates=tuple(self.candidates[number] for number in numbers),
            travel_s=_of(self.travel_s, row),
            prize_value_s=self.prize_value_s,
            deposits=self.deposits[row] if self.deposits else (),
            distance_m=_of(self.distance_m, row) if self.distance_m else None,
        )
        return problem, numbers


@dataclass(frozen=True, slots=True)
class Given:
    """A visit that another agent makes now: its number, and the row of the shift."""

    number: int
    row: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A visit that nobody makes today, and what keeps it from the shift that comes closest to it;
    both None where none of the shifts may serve it."""

    number: int
    row: int | None
    skipped: Skipped | None


@dataclass(frozen=True, slots=True)
class Relief:
    """What is decided, with a plan per shift for the vacancy's `problem_of` it.

    `taken` are the orphans that found an agent, `left` those that found none. Of the neighbors' own
    visits `moved` go to another neighbor, and `pushed_out` wait for another day. `changed` are the
    rows of the shifts whose round is another one now.
    """

    orders: tuple[tuple[int, ...], ...]
    plans: tuple[Plan, ...]
    changed: tuple[int, ...]
    taken: tuple[Given, ...]
    moved: tuple[Given, ...]
    left: tuple[LeftOut, ...]
    pushed_out: tuple[LeftOut, ...]


def nearest_rounds(
    orphans_m: NDArray[np.float64], rounds_m: Sequence[NDArray[np.float64]], most: int = NEIGHBORS
) -> list[int]:
    """The rounds that pass nearest to the orphans: rows of `rounds_m`, nearest first.

    Points are (east, north) in metres, (n, 2) each; rounds without points are left out. A round is
    as near as it comes, on average, to the three orphans that it comes nearest to.
    """
    away_m = {}
    for row, points_m in enumerate(rounds_m):
        if len(points_m) and len(orphans_m):
            gaps_m = np.linalg.norm(orphans_m[:, None] - points_m[None], axis=2)
            away_m[row] = float(np.sort(gaps_m.min(axis=1))[:_NEAREST].mean())
    return sorted(away_m, key=lambda row: (away_m[row], row))[:most]


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


def _of(matrices: Sequence[NDArray[np.generic]], row: int) -> NDArray:  # type: ignore[type-arg]
    return matrices[row] if len(matrices) > 1 else matrices[0]


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
    """`order` less what the round cannot hold after all: first of what is new, the least urgent."""
    own = set(vacancy.rounds[row])
    left = list(order)
    while left:
        its, _, local = _local(vacancy, row, left)
        if with_deposits(its, local) is not None:
            break
        new = [number for number in left if number not in own]
        if not new:
            return _kept(vacancy, row)
        left.remove(min(new, key=lambda number: vacancy.candidates[number].score))
    return left


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
