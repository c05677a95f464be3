"""The visits that an absent agent leaves, the neighbors who could take them, and who takes which.

Candidates are numbered in the vacancy's order; an *order* is the numbers of one round.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.planner.plan import Plan
from routing.planner.problem import Candidate, DepositPoint, Metres, Problem, Seconds, Shift
from routing.planner.skipped import Skipped

NEIGHBORS = 8
"""How many rounds are looked at. More find little that eight do not find in the time there is, and
disturb more people."""

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


def _of(matrices: Sequence[NDArray[np.generic]], row: int) -> NDArray:  # type: ignore[type-arg]
    return matrices[row] if len(matrices) > 1 else matrices[0]
