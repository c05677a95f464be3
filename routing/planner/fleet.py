"""Several agents' rounds searched at once: cases may change hands when that is worth it.

Candidates are numbered in the fleet's order, 0 to n − 1; an *order* is the numbers of one round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from routing.planner.problem import Candidate, Seconds, Shift
from routing.planner.stop import StopAfter


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Shifts that share candidates.

    `travel_s` is one matrix for all shifts, or one per shift (another vehicle, another speed).
    `may_serve[s, c]`: whether shift s may visit candidate c; skills are looked at on top of it.
    `former` and `disturbance_s` are per shift what they are in a `Problem`.
    """

    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]
    travel_s: tuple[Seconds, ...]
    may_serve: NDArray[np.bool_]
    prize_value_s: int = 100
    former: tuple[tuple[UUID, ...], ...] = ()
    disturbance_s: int = 0

    def __post_init__(self) -> None:
        assert len(self.travel_s) in (1, len(self.shifts)), "one matrix for all, or one per shift"
        assert self.may_serve.shape == (len(self.shifts), len(self.candidates))


def improve_fleet(
    fleet: Fleet, orders: Sequence[Sequence[int]], stop: StopAfter, seed: int = 1
) -> list[list[int]]:
    """Per shift the best order found until `stop`; together never worth less than `orders`.

    `orders` may be empty rounds, or any rounds that keep the rules. The same fleet, orders and seed
    give the same rounds under `StopAfter(solutions=…)`.
    """
    raise NotImplementedError
