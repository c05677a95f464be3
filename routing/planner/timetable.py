"""When each stop of given calls happens: earliest possible, with windows and the breaks.

At every place of a round some number of the breaks has been taken: 0, 1, … up to all that are due.
Passing through with every such number at once is what makes the earliest times exact: no choice of
where to rest is ever lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.planner.problem import RestBreak, Window
from routing.planner.terms import NEVER_S, Terms


@dataclass(frozen=True, slots=True)
class Timetable:
    """Seconds per stop, in order. `arrivals_s` counts rests on the way as being on the way.

    `breaks_begin_s` has one entry per break due, None for one that the round is over before.
    `end_s` is the arrival at the end, or the last departure where the end is open.
    """

    arrivals_s: tuple[int, ...]
    begins_s: tuple[int, ...]
    departures_s: tuple[int, ...]
    breaks_begin_s: tuple[int | None, ...]
    end_s: int


def earliest_begin(windows: tuple[Window, ...], ready_s: int) -> int:
    """The first time from `ready_s` on at which a visit may begin, or `NEVER_S`."""
    for window in windows:
        if ready_s <= window.to_s:
            return max(ready_s, window.from_s)
    return NEVER_S


def leave_after(begin_s: int, service_s: int) -> int:
    """When a visit is over that begins at `begin_s`; `NEVER_S` if it never begins."""
    return min(begin_s + service_s, NEVER_S)


def latest_ready(windows: tuple[Window, ...], begin_by_s: int) -> int:
    """How late one may be ready and still begin by `begin_by_s`; −`NEVER_S` if that is hopeless."""
    for window in reversed(windows):
        if window.from_s <= begin_by_s:
            return min(begin_by_s, window.to_s)
    return -NEVER_S


def readiness(rests: tuple[RestBreak, ...], free_s: Sequence[int], travel_s: int) -> list[int]:
    """When a visit could begin after a leg, per number of breaks taken; `NEVER_S` if it cannot.

    `free_s` is when the leg may begin, per number of breaks taken by then. A break is had on
    arrival where that is early enough, else under way, else before setting off: it needs a leg
    that begins by its latest time. Several breaks may be had on one leg.
    """
    ready_s = [free + travel_s for free in free_s]
    rested_s = NEVER_S
    for taken, rest in enumerate(rests, start=1):
        here_s = NEVER_S
        if free_s[taken - 1] <= rest.latest_s:
            here_s = free_s[taken - 1] + travel_s
        # Breaks lie apart, so that whoever could have the one before is in time for this one.
        rested_s = max(min(here_s, rested_s), rest.earliest_s) + rest.length_s
        ready_s[taken] = min(ready_s[taken], rested_s)
    return [min(ready, NEVER_S) for ready in ready_s]


def departures(terms: Terms, calls: Sequence[int]) -> list[list[int]]:
    """Earliest departure from the start and from each stop, per number of breaks taken."""
    rests = terms.rests_due
    free_s = [terms.problem.shift.start_s] + [NEVER_S] * len(rests)
    at, last = [free_s], terms.start
    for number in calls:
        windows, service_s = terms.windows[number], terms.service_s[number]
        ready_s = readiness(rests, free_s, terms.leg_s(last, number))
        free_s = [leave_after(earliest_begin(windows, ready), service_s) for ready in ready_s]
        at.append(free_s)
        last = number
    return at


def deadlines(terms: Terms, calls: Sequence[int]) -> list[list[int]]:
    """How late one may be ready at each stop and at the end, per number of breaks taken."""
    rests, end_s = terms.rests_due, terms.problem.shift.end_s
    # A break still to come at the end needs no taking if the round ends before it is due.
    due_s = [min(end_s, rest.latest_s) for rest in rests] + [end_s]
    at, following = [due_s], terms.end
    for number in reversed(calls):
        travel_s, windows = terms.leg_s(number, following), terms.windows[number]
        service_s = terms.service_s[number]
        leave_s = _leave_by(rests, due_s, travel_s)
        due_s = [latest_ready(windows, leave - service_s) for leave in leave_s]
        at.append(due_s)
        following = number
    return at[::-1]


def _leave_by(rests: tuple[RestBreak, ...], due_s: Sequence[int], travel_s: int) -> list[int]:
    """The mirror of `readiness`: the latest start of a leg that is over by `due_s`."""
    leave_s = [due - travel_s for due in due_s]
    rested_by_s = -NEVER_S
    for taken in range(len(rests) - 1, -1, -1):
        rest = rests[taken]
        by_s = max(due_s[taken + 1], rested_by_s)
        rested_by_s = -NEVER_S
        if rest.earliest_s + rest.length_s <= by_s:
            rested_by_s = by_s - rest.length_s
            leave_s[taken] = max(leave_s[taken], min(rested_by_s - travel_s, rest.latest_s))
    return leave_s


def timetable(terms: Terms, calls: Sequence[int]) -> Timetable | None:
    """The timetable of `calls` that ends first, or None if no timetable keeps the rules."""
    rests = terms.rests_due
    nodes = [terms.start, *calls, terms.end]
    legs_s = [terms.leg_s(a, b) for a, b in pairwise(nodes)]
    free_s = departures(terms, calls)
    ends_s = readiness(rests, free_s[-1], legs_s[-1])
    due_s = deadlines(terms, [])[0] if calls else [NEVER_S] * len(ends_s)
    ending = [
        (end, taken)
        for taken, (end, due) in enumerate(zip(ends_s, due_s, strict=True))
        if end <= due
    ]
    if not ending:
        return None
    end_s, taken = min(ending)
    breaks_s: list[int | None] = [None] * len(rests)
    arrivals_s, begins_s, leaves_s = [], [], []
    ready_s = end_s
    for leg in range(len(calls), -1, -1):
        before = _taken_before(rests, free_s[leg], legs_s[leg], taken, ready_s)
        at_s, arrival_s = free_s[leg][before], free_s[leg][before] + legs_s[leg]
        for nth in range(before, taken):
            # Had on arrival, if that is early enough; else the way takes that much longer.
            at_s = max(at_s, rests[nth].earliest_s)
            breaks_s[nth] = at_s
            if arrival_s > rests[nth].earliest_s:
                arrival_s += rests[nth].length_s
            at_s += rests[nth].length_s
        taken = before
        if leg < len(calls):
            arrivals_s.append(arrival_s)
        if leg:
            leave_s = free_s[leg][taken]
            leaves_s.append(leave_s)
            begins_s.append(leave_s - terms.service_s[calls[leg - 1]])
            ready_s = _ready_for(rests, free_s[leg - 1], legs_s[leg - 1], taken)
    return Timetable(
        tuple(arrivals_s[::-1]), tuple(begins_s[::-1]), tuple(leaves_s[::-1]), tuple(breaks_s),
        end_s,
    )  # fmt: skip


def _ready_for(
    rests: tuple[RestBreak, ...], free_s: Sequence[int], travel_s: int, taken: int
) -> int:
    return readiness(rests, free_s, travel_s)[taken]


def _taken_before(
    rests: tuple[RestBreak, ...], free_s: Sequence[int], travel_s: int, taken: int, ready_s: int
) -> int:
    """With how many breaks a leg began that is over at `ready_s` with `taken`; the most of them."""
    for before in range(taken, -1, -1):
        alone = [free if nth == before else NEVER_S for nth, free in enumerate(free_s)]
        if readiness(rests, alone, travel_s)[taken] == ready_s:
            return before
    raise AssertionError("some leg got there")
