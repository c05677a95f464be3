"""Where a round of given visits should hand in cash: the least way that keeps every rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from routing.planner.terms import NEVER_S, Terms
from routing.planner.timetable import earliest_begin, leave_after, readiness, timetable


@dataclass(frozen=True, slots=True)
class _Way:
    """A way through the first visits; `free_s` is per number of breaks taken."""

    travel_s: int
    distance_m: int
    carried_minor: int
    free_s: tuple[int, ...]
    calls: tuple[int, ...]

    def is_no_worse(self, other: "_Way") -> bool:
        return (
            self.travel_s <= other.travel_s
            and self.distance_m <= other.distance_m
            and self.carried_minor <= other.carried_minor
            and all(a <= b for a, b in zip(self.free_s, other.free_s, strict=True))
        )


def with_deposits(terms: Terms, order: Sequence[int]) -> list[int] | None:
    """`order` with the deposits it needs, as calls that keep times, cash and distance.

    Exact: the least travel there is, of equals the one that ends first. None if there is no way.
    """
    ways = [_outset(terms)]
    for number in order:
        ways = _onward(terms, ways, number)
    return _least(terms, ways)


def with_deposits_and(
    terms: Terms, order: Sequence[int], one_more: int, from_place: int
) -> list[int] | None:
    """The same with `one_more` visit, before which at least the first `from_place` of `order` come.

    Exact: the least of `with_deposits` over all the places that the visit could take.
    """
    without, with_it = [_outset(terms)], list[_Way]()
    for place, number in enumerate(order):
        taking_it = _onward(terms, without, one_more) if place >= from_place else []
        with_it = _onward(terms, [*with_it, *taking_it], number)
        without = _onward(terms, without, number)
    return _least(terms, [*with_it, *_onward(terms, without, one_more)])


def _outset(terms: Terms) -> _Way:
    shift = terms.problem.shift
    free_s = (shift.start_s, *([NEVER_S] * len(shift.rests_due)))
    return _Way(0, 0, shift.cash_in_hand_minor, free_s, ())


def _onward(terms: Terms, ways: Sequence[_Way], number: int) -> list[_Way]:
    return _best(way for last in ways for way in _on_to(terms, last, number))


def _least(terms: Terms, ways: Sequence[_Way]) -> list[int] | None:
    ends = [(way, timetable(terms, way.calls)) for way in ways]
    kept = [
        (way.travel_s + terms.leg_s(way.calls[-1], terms.end) if way.calls else 0, its.end_s, way)
        for way, its in ends
        if its is not None and _within_distance(terms, way.calls)
    ]
    return list(min(kept, key=lambda one: one[:2])[2].calls) if kept else None


def carried_minor(terms: Terms, calls: Sequence[int]) -> list[int]:
    """Per gap of `calls` all the cash of its stretch between two deposits, cash in hand included.

    A stretch on which none is expected counts as empty: it is always allowed.
    """
    carried: list[int] = []
    gaps, cash, expected = 1, terms.problem.shift.cash_in_hand_minor, 0
    for number in [*calls, None]:
        if number is None or number in terms.counters:
            carried += [cash] * gaps
            gaps, cash, expected = 1, 0, 0
        else:
            gaps, cash = gaps + 1, cash + terms.expected_minor(number)
            expected += terms.expected_minor(number)
    return carried


def _within_distance(terms: Terms, calls: Sequence[int]) -> bool:
    most_m, distance_m = terms.problem.shift.max_distance_m, terms.distance_of_m(calls)
    return most_m is None or distance_m is None or distance_m <= most_m


def _on_to(terms: Terms, way: _Way, number: int) -> Iterator[_Way]:
    """The visit next, straight on and by each counter."""
    for counter in (None, *terms.counters):
        by = way if counter is None else _call(terms, way, counter)
        if by is not None and (there := _call(terms, by, number)) is not None:
            yield there


def _call(terms: Terms, way: _Way, number: int) -> _Way | None:
    last = way.calls[-1] if way.calls else terms.start
    leg_s, windows = terms.leg_s(last, number), terms.windows[number]
    ready_s = readiness(terms.rests_due, way.free_s, leg_s)
    free_s = tuple(
        leave_after(earliest_begin(windows, ready), terms.service_s[number]) for ready in ready_s
    )
    expected, limit = terms.expected_minor(number), terms.problem.shift.cash_limit_minor
    carried = 0 if number in terms.counters else way.carried_minor + expected
    if min(free_s) >= NEVER_S or (expected and limit is not None and carried > limit):
        return None
    leg_m = 0
    if terms.problem.shift.max_distance_m is not None:
        leg_m = int(terms.ways_m(np.array(last), np.array(number)))
    return _Way(way.travel_s + leg_s, way.distance_m + leg_m, carried, free_s, (*way.calls, number))


def _best(ways: Iterator[_Way]) -> list[_Way]:
    """Those than which no other is as good in everything."""
    kept: list[_Way] = []
    for way in ways:
        if not any(other.is_no_worse(way) for other in kept):
            kept = [other for other in kept if not way.is_no_worse(other)]
            kept.append(way)
    return kept
