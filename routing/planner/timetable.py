"""When each stop of a given order happens: earliest possible, with windows and the break.

At every place of a round the break is either still to come (state 0) or done with (state 1, also
when none is asked for). Passing through in both states at once is what makes the earliest times
exact: no choice of where to rest is ever lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.planner.problem import RestBreak, Window
from routing.planner.terms import NEVER_S, Terms

TO_COME, DONE = 0, 1


@dataclass(frozen=True, slots=True)
class Timetable:
    """Seconds per stop, in order. `arrivals_s` counts a rest on the way as being on the way.

    `end_s` is the arrival at the end, or the last departure where the end is open.
    """

    arrivals_s: tuple[int, ...]
    begins_s: tuple[int, ...]
    departures_s: tuple[int, ...]
    break_begin_s: int | None
    end_s: int


def earliest_begin(windows: tuple[Window, ...], ready_s: int) -> int:
    """The first time from `ready_s` on at which a visit may begin, or `NEVER_S`."""
    for window in windows:
        if ready_s <= window.to_s:
            return max(ready_s, window.from_s)
    return NEVER_S


def latest_ready(windows: tuple[Window, ...], begin_by_s: int) -> int:
    """How late one may be ready and still begin by `begin_by_s`; −`NEVER_S` if that is hopeless."""
    for window in reversed(windows):
        if window.from_s <= begin_by_s:
            return min(begin_by_s, window.to_s)
    return -NEVER_S


def rest_between(rest: RestBreak | None, departure_s: int, travel_s: int) -> tuple[int, int, int]:
    """A leg with the rest in it: when it begins, the arrival, and when a visit could begin.

    Who would arrive before resting is allowed rests on arrival; who is under way by then rests
    under way; else one rests before setting off. All `NEVER_S` when the leg starts too late.
    """
    if rest is None or departure_s > rest.latest_s:
        return NEVER_S, NEVER_S, NEVER_S
    if departure_s + travel_s <= rest.earliest_s:
        return rest.earliest_s, departure_s + travel_s, rest.earliest_s + rest.length_s
    arrival_s = departure_s + travel_s + rest.length_s
    return max(departure_s, rest.earliest_s), arrival_s, arrival_s


def rest_between_by(rest: RestBreak | None, ready_by_s: int, travel_s: int) -> int:
    """The latest departure of a leg with the rest in it that is over by `ready_by_s`."""
    if rest is None or rest.earliest_s + rest.length_s > ready_by_s:
        return -NEVER_S
    return min(ready_by_s - rest.length_s - travel_s, rest.latest_s)


def departures(terms: Terms, order: Sequence[int]) -> list[tuple[int, int]]:
    """Earliest departure in either state from the start and from each stop; `NEVER_S` if none."""
    rest, to_come_s, done_s = terms.rest_due, NEVER_S, terms.problem.shift.start_s
    if rest is not None:
        to_come_s, done_s = done_s, to_come_s
    at, last = [(to_come_s, done_s)], terms.start
    for number in order:
        travel_s, windows = terms.leg_s[last][number], terms.windows[number]
        service_s = terms.service_s[number]
        ready_s = done_s + travel_s
        if rest is not None:
            ready_s = min(ready_s, rest_between(rest, to_come_s, travel_s)[2])
            to_come_s = earliest_begin(windows, to_come_s + travel_s) + service_s
        done_s = earliest_begin(windows, ready_s) + service_s
        at.append((to_come_s, done_s))
        last = number
    return at


def deadlines(terms: Terms, order: Sequence[int]) -> list[tuple[int, int]]:
    """How late one may be ready at each stop and at the end, in either state."""
    rest, to_come_s, done_s = terms.rest_due, -NEVER_S, terms.problem.shift.end_s
    if rest is not None:
        # A break still to come at the end needs no taking if the round ends before it is due.
        to_come_s = min(done_s, rest.latest_s)
    at, following = [(to_come_s, done_s)], terms.end
    for number in reversed(order):
        travel_s, windows = terms.leg_s[number][following], terms.windows[number]
        service_s = terms.service_s[number]
        if rest is not None:
            leave_s = max(to_come_s - travel_s, rest_between_by(rest, done_s, travel_s))
            to_come_s = latest_ready(windows, leave_s - service_s)
        done_s = latest_ready(windows, done_s - travel_s - service_s)
        at.append((to_come_s, done_s))
        following = number
    return at[::-1]


def timetable(terms: Terms, order: Sequence[int]) -> Timetable | None:
    """The timetable of `order` that ends first, or None if no timetable keeps the rules.

    The rest is tried on each leg; without one the round must be over before the rest is due.
    """
    rest = terms.rest_due
    tries = [_timetable(terms, order, None)]
    if rest is not None and order:
        if tries[0] is not None and tries[0].end_s > rest.latest_s:
            tries.clear()
        tries += [_timetable(terms, order, leg) for leg in range(len(order) + 1)]
    return min((t for t in tries if t is not None), key=lambda t: t.end_s, default=None)


def _timetable(terms: Terms, order: Sequence[int], rest_leg: int | None) -> Timetable | None:
    rest_s, leave_s, last = None, terms.problem.shift.start_s, terms.start
    arrivals, begins, leaves = [], [], []
    for leg, number in enumerate([*order, terms.end]):
        travel_s = terms.leg_s[last][number]
        arrival_s = ready_s = leave_s + travel_s
        if leg == rest_leg:
            rest_s, arrival_s, ready_s = rest_between(terms.rest_due, leave_s, travel_s)
        if number == terms.end:
            break
        begin_s = earliest_begin(terms.windows[number], ready_s)
        if begin_s == NEVER_S:
            return None
        leave_s = begin_s + terms.service_s[number]
        arrivals.append(arrival_s)
        begins.append(begin_s)
        leaves.append(leave_s)
        last = number
    if ready_s > terms.problem.shift.end_s:
        return None
    return Timetable(tuple(arrivals), tuple(begins), tuple(leaves), rest_s, ready_s)
