"""One agent's day as the planner sees it: who could be visited, when, and what that is worth.

All times are whole seconds elapsed since the local midnight that begins the day (09:00 is 32,400 on
a day without a clock change). A *place* is a row of the problem's travel matrix.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

# A travel time that stands for "there is no way along the streets".
UNREACHABLE_S = 2**31 - 1

Seconds = NDArray[np.int32] | NDArray[np.int64]
Metres = NDArray[np.int32] | NDArray[np.int64] | NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """From `from_s` to `to_s`, both included; no time at all when `from_s` is after `to_s`."""

    from_s: int
    to_s: int


ALL_DAY = Window(0, 86_400)


@dataclass(frozen=True, slots=True)
class RestBreak:
    """A rest of `length_s` that begins between `earliest_s` and `latest_s`, never during a stop.

    A round that is over by `latest_s` needs none, nor does a shift that begins after it.
    """

    earliest_s: int
    latest_s: int
    length_s: int


@dataclass(frozen=True)
class Shift:
    """The agent's working time and where it begins and ends; `end_place` None is an open end.

    `rest_breaks` come in order: each is over, however late it begins, before the next may begin.
    The cash carried, `cash_in_hand_minor` at the start and what is expected of each visit since
    the last deposit, stays within `cash_limit_minor`; a visit that expects none is always allowed.
    The ways of the round, the one to the end included, add up to `max_distance_m` at most.
    """

    start_s: int
    end_s: int
    start_place: int
    end_place: int | None = None
    rest_breaks: tuple[RestBreak, ...] = ()
    skills: frozenset[str] = frozenset()
    cash_in_hand_minor: int = 0
    cash_limit_minor: int | None = None
    max_distance_m: int | None = None

    def __post_init__(self) -> None:
        for before, after in pairwise(self.rest_breaks):
            assert before.latest_s + before.length_s <= after.earliest_s, "breaks lie apart"

    @cached_property
    def rests_due(self) -> tuple[RestBreak, ...]:
        """The breaks as they can be had in the shift, less those whose time is over before."""
        return tuple(
            replace(rest, earliest_s=max(rest.earliest_s, self.start_s))
            for rest in self.rest_breaks
            if rest.latest_s >= self.start_s
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that could be visited.

    A visit lasts `service_s` (parking and finding the door included), begins in one of `windows`
    and lies wholly inside one of `contact_hours`; an empty tuple means "not today". `score` is the
    urgency from 1 to 100. Cases with a `pin` open the round, lowest pin first. `barred` says in
    words why the case may not be visited today; None if it may. A visit with a fixed time is a
    `must_visit` with one window around that time. `dpd` and `promise_due` are only repeated in
    explanations.
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
    barred: str | None = None
    dpd: int | None = None
    promise_due: bool = False

    def begin_windows(self) -> tuple[Window, ...]:
        """When the visit may begin: `begin_windows` of its own."""
        return begin_windows(self.windows, self.contact_hours, self.service_s)


def begin_windows(
    windows: tuple[Window, ...], hours: tuple[Window, ...], service_s: int
) -> tuple[Window, ...]:
    """When what takes `service_s` may begin: in one of `windows`, early enough to end in `hours`.

    In order, and apart from each other.
    """
    apart: list[Window] = []
    both = (
        (max(w.from_s, h.from_s), min(w.to_s, h.to_s - service_s)) for w in windows for h in hours
    )
    for from_s, to_s in sorted(both):
        if from_s > to_s:
            continue
        if apart and from_s <= apart[-1].to_s:
            apart[-1] = Window(apart[-1].from_s, max(apart[-1].to_s, to_s))
        else:
            apart.append(Window(from_s, to_s))
    return tuple(apart)


@dataclass(frozen=True, slots=True)
class DepositPoint:
    """A counter of a branch or a bank where the agent can hand in all the cash carried.

    A deposit takes `service_s` and lies wholly inside one of `hours`. It may happen any number of
    times or not at all, is worth nothing in itself, and costs its way and its time. `key` tells
    counters apart.
    """

    name: str
    place: int
    hours: tuple[Window, ...]
    service_s: int
    key: UUID


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A round to be planned.

    `travel_s[a, b]` is the time from place a to place b, `UNREACHABLE_S` where there is no way;
    `distance_m[a, b]` are the metres of that way, needed only with a `max_distance_m`. A score
    point is worth `prize_value_s` of travel. `former` is the round that stands, in order, as far
    as it is still to do: a plan keeps to it unless the gain is worth `disturbance_s` of travel for
    each stop of it that is left out or follows another former stop than before.
    """

    shift: Shift
    candidates: tuple[Candidate, ...]
    travel_s: Seconds
    prize_value_s: int = 100
    deposits: tuple[DepositPoint, ...] = ()
    distance_m: Metres | None = None
    former: tuple[UUID, ...] = ()
    disturbance_s: int = 0

    def __post_init__(self) -> None:
        places = len(self.travel_s)
        assert self.travel_s.shape == (places, places), "the travel matrix is square"
        assert len({c.case_id for c in self.candidates}) == len(self.candidates), "a case once"
        assert self.distance_m is None or self.distance_m.shape == (places, places)
        assert self.distance_m is not None or self.shift.max_distance_m is None, "metres are known"
