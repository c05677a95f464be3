"""When agents will be where, from where they are now: all rounds at once, as arrays.

Rows are agents, columns their stops still to make, in order; rows are padded at the end. Times are
seconds since the epoch, floats; what is not there is not a number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lineup:
    """What is still to come.

    One value per agent: `free_s` (when the agent can set out for the first stop), `home_s` (the way
    from the last stop to the end of the round), `count`. One per rest still to be taken, in order:
    `rest_from_s` and `rest_s` (how long; 0 is none). One per stop: `travel_s` (the way from the
    stop before, or from the agent's position), `pause_s` (what the plan does on that way besides
    riding and resting: a deposit), `opens_s` and `closes_s` (when the visit may begin) and
    `service_s`.
    """

    free_s: Floats
    home_s: Floats
    count: Counts
    rest_from_s: Floats
    rest_s: Floats
    travel_s: Floats
    pause_s: Floats
    opens_s: Floats
    closes_s: Floats
    service_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Etas:
    """Per stop, when the agent arrives, the visit begins and ends, and by how much it begins before
    its window closes (negative: too late). `ends_s`: the round's end, per agent."""

    arrives_s: Floats
    begins_s: Floats
    departs_s: Floats
    slack_s: Floats
    ends_s: Floats


def cascade(lineup: Lineup) -> Etas:
    """Each agent makes the stops in order, each as early as may be, and rests when it is due.

    A rest is taken on the way to, or at the door of, the first visit that would begin after it is
    due, as `routing.planner.timetable` has it. An agent who comes too late still goes.
    """
    shape = lineup.travel_s.shape
    arrives_s, begins_s, departs_s = (np.full(shape, np.nan) for _ in range(3))
    leave_s, resting = lineup.free_s.copy(), lineup.rest_s > 0
    for nth in range(shape[1]):
        there = nth < lineup.count
        arrive_s = leave_s + lineup.travel_s[:, nth] + lineup.pause_s[:, nth]
        ready_s, opens_s = arrive_s, lineup.opens_s[:, nth]
        for rest in range(lineup.rest_s.shape[1]):
            from_s, rest_s = lineup.rest_from_s[:, rest], lineup.rest_s[:, rest]
            rests = there & resting[:, rest] & (np.fmax(ready_s, opens_s) >= from_s)
            on_the_way = rests & (arrive_s >= from_s)
            ready_s = np.where(rests, np.fmax(ready_s, from_s) + rest_s, ready_s)
            arrive_s = np.where(on_the_way, ready_s, arrive_s)
            resting[:, rest] &= ~rests
        begin_s = np.fmax(ready_s, opens_s)
        arrives_s[there, nth] = arrive_s[there]
        begins_s[there, nth] = begin_s[there]
        leave_s = np.where(there, begin_s + lineup.service_s[:, nth], leave_s)
        departs_s[there, nth] = leave_s[there]
    ends_s = leave_s + np.where(lineup.count > 0, lineup.home_s, 0.0)
    return Etas(arrives_s, begins_s, departs_s, lineup.closes_s - begins_s, ends_s)


def rest_left_s(now_s: Floats, since_s: Floats, rest_from_s: Floats, rest_s: Floats) -> Floats:
    """How much of a rest that fell due is left, for agents who are not at a customer.

    Nobody reports a rest. It is taken to begin when it is due, or when the last visit ended
    (`since_s`) if that was later; after `rest_s` it is over.
    """
    began_s = np.fmax(rest_from_s, since_s)
    left_s = np.clip(began_s + rest_s - now_s, 0.0, rest_s)
    return np.where((now_s >= rest_from_s) & (rest_s > 0), left_s, 0.0)


def pauses_s(departs_s: Floats, arrives_s: Floats, travel_s: Floats, rested_s: Floats) -> Floats:
    """What the plan does on each way besides riding and resting (`rested_s`): the time between a
    departure and the next arrival that is neither. Unknown departures give 0."""
    spare_s: Floats = np.nan_to_num(arrives_s - departs_s - travel_s - rested_s, nan=0.0)
    return np.where(spare_s >= LEAST_PAUSE_S, spare_s, 0.0)


LEAST_PAUSE_S = 60.0
"""Planned times are whole seconds; what is left of rounding them is no pause."""
