"""One agent's day as the planner sees it: who could be visited, when, and what that is worth.

All times are whole seconds elapsed since the local midnight that begins the day (09:00 is 32,400 on
a day without a clock change). A *place* is a row of the problem's travel matrix.
"""

from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

# A travel time that stands for "there is no way along the streets".
UNREACHABLE_S = 2**31 - 1

Seconds = NDArray[np.int32] | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """From `from_s` to `to_s`, both included; no time at all when `from_s` is after `to_s`."""

    from_s: int
    to_s: int


ALL_DAY = Window(0, 86_400)


@dataclass(frozen=True, slots=True)
class RestBreak:
    """A rest of `length_s` that begins between `earliest_s` and `latest_s`, never during a visit.

    A round that is over by `latest_s` needs none, nor does a shift that begins after it.
    """

    earliest_s: int
    latest_s: int
    length_s: int


@dataclass(frozen=True, slots=True)
class Shift:
    """The agent's working time and where it begins and ends; `end_place` None is an open end.

    The cash expected on the round, on top of `cash_in_hand_minor`, stays within `cash_limit_minor`.
    """

    start_s: int
    end_s: int
    start_place: int
    end_place: int | None = None
    rest_break: RestBreak | None = None
    skills: frozenset[str] = frozenset()
    cash_in_hand_minor: int = 0
    cash_limit_minor: int | None = None

    @property
    def rest_due(self) -> RestBreak | None:
        """The break as it can be had in the shift; None if its time is over before."""
        rest = self.rest_break
        if rest is None or rest.latest_s < self.start_s:
            return None
        return replace(rest, earliest_s=max(rest.earliest_s, self.start_s))

    @property
    def cash_headroom_minor(self) -> int | None:
        """How much cash the round may be expected to bring; None without a limit.

        Who holds too much already may still be sent where no cash is expected.
        """
        if self.cash_limit_minor is None:
            return None
        return max(0, self.cash_limit_minor - self.cash_in_hand_minor)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that could be visited.

    A visit lasts `service_s` (parking and finding the door included), begins in one of `windows`
    and lies wholly inside one of `contact_hours`; an empty tuple means "not today". `score` is the
    urgency from 1 to 100. Cases with a `pin` open the round, lowest pin first. `dpd` and
    `promise_due` are only repeated in explanations.
    """

    case_id: UUID
    place: int
    score: float
    service_s: int
    windows: tuple[Window, ...] = (ALL_DAY,)
    contact_hours: tuple[Window, ...] = (ALL_DAY,)
    must_visit: bool = False
    pin: int | None = None
    needs: frozenset[str] = frozenset()
    expected_cash_minor: int = 0
    dpd: int | None = None
    promise_due: bool = False

    def begin_windows(self) -> tuple[Window, ...]:
        """When the visit may begin: in a window, early enough to end within contact hours.

        In order, and apart from each other.
        """
        apart: list[Window] = []
        both = (
            (max(w.from_s, h.from_s), min(w.to_s, h.to_s - self.service_s))
            for w in self.windows
            for h in self.contact_hours
        )
        for from_s, to_s in sorted(both):
            if from_s > to_s:
                continue
            if apart and from_s <= apart[-1].to_s:
                apart[-1] = Window(apart[-1].from_s, max(apart[-1].to_s, to_s))
            else:
                apart.append(Window(from_s, to_s))
        return tuple(apart)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A round to be planned.

    `travel_s[a, b]` is the time from place a to place b, `UNREACHABLE_S` where there is no way.
    A score point is worth `prize_value_s` of travel.
    """

    shift: Shift
    candidates: tuple[Candidate, ...]
    travel_s: Seconds
    prize_value_s: int = 100

    def __post_init__(self) -> None:
        places = len(self.travel_s)
        assert self.travel_s.shape == (places, places), "the travel matrix is square"
        assert len({c.case_id for c in self.candidates}) == len(self.candidates), "a case once"
