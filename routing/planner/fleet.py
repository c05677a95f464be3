"""Several agents' rounds as one problem: cases may change hands when that is worth it.

Candidates are numbered in the fleet's order, 0 to n − 1; an *order* is the numbers of one round's
visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from routing.planner.problem import Candidate, DepositPoint, Metres, Problem, Seconds, Shift


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Shifts that share candidates.

    `travel_s` is one matrix for all shifts, or one per shift (another vehicle, another speed), and
    so is `distance_m`, needed where a shift has a `max_distance_m`. `may_serve[s, c]`: whether
    shift s may visit candidate c; skills and bars are looked at on top. `price_s[s, c]` is what
    that costs beside the way, in seconds of travel; nothing without it. All shifts may use all
    `deposits`. `former` and `disturbance_s` are per shift what they are in a `Problem`.
    """

    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]
    travel_s: tuple[Seconds, ...]
    may_serve: NDArray[np.bool_]
    prize_value_s: int = 100
    former: tuple[tuple[UUID, ...], ...] = ()
    disturbance_s: int = 0
    deposits: tuple[DepositPoint, ...] = ()
    distance_m: tuple[Metres, ...] = ()
    price_s: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        assert len(self.travel_s) in (1, len(self.shifts)), "one matrix for all, or one per shift"
        assert self.may_serve.shape == (len(self.shifts), len(self.candidates))
        assert self.price_s is None or self.price_s.shape == self.may_serve.shape
        assert len(self.distance_m) in (0, len(self.travel_s)), "as many as matrices of travel"
        limited = any(shift.max_distance_m is not None for shift in self.shifts)
        assert self.distance_m or not limited, "metres are known"

    def alone(self, nth: int, numbers: Sequence[int]) -> Problem:
        """The problem of one shift that visits only `numbers`, in their order."""
        matrix = nth if len(self.travel_s) > 1 else 0
        return Problem(
            shift=self.shifts[nth],
            candidates=tuple(self.candidates[number] for number in numbers),
            travel_s=self.travel_s[matrix],
            prize_value_s=self.prize_value_s,
            deposits=self.deposits,
            distance_m=self.distance_m[matrix] if self.distance_m else None,
        )
