"""What the planner knows, laid out as arrays for the search."""

from collections.abc import Sequence

import numpy as np

from routing.planner.problem import Shift
from routing.planner.search import arrays as a
from routing.planner.terms import Terms

_MOST_NEAR = 100

NO_METRES = np.zeros((1, 1, 1), dtype=np.int64)


def facts_of(terms: Terms, numbers: Sequence[int]) -> tuple[a.Facts, list[int]]:
    """Arrays for the candidates `numbers`, and which number each node stands for."""
    count = len(numbers)
    stand_for = [*numbers, terms.start, terms.end, *terms.counters]
    befores, afters = np.array(stand_for)[:, None], np.array(stand_for)
    travel_s = terms.ways_s(befores, afters).astype(np.int32)
    nodes = np.zeros((len(stand_for), a.COLUMNS), dtype=np.int64)
    nodes[:, a.SERVICE] = [terms.service_s[n] for n in stand_for]
    nodes[:, a.WORTH] = [terms.worth_s[n] for n in stand_for]
    nodes[:, a.CASH] = [terms.expected_minor(n) for n in stand_for]
    nodes[:, a.PINNED] = [terms.is_pinned(n) for n in stand_for]
    nodes[:, a.LEAST] = least_s(travel_s[None], nodes)
    windows = windows_of([terms.windows[n] for n in stand_for], nodes)
    remember(nodes, [[stand_for.index(n) for n in terms.former if n in set(numbers)]])
    shift = terms.problem.shift
    metres = NO_METRES
    if shift.max_distance_m is not None:
        metres = terms.ways_m(befores, afters)[None]
    near = nearest_first(travel_s[:count, :count])
    nodes[:count, a.REACH] = reach_s(travel_s, near)
    facts = a.Facts(
        travel=travel_s[None],
        metres=metres,
        nodes=nodes,
        windows=windows,
        shifts=np.array([shift_row(shift, count, count + 1, 0)], dtype=np.int64),
        rests=rests_of([shift]),
        may=np.ones((1, count), dtype=np.bool_),
        price=np.zeros((1, count), dtype=np.int64),
        near=near,
        candidates=count,
        first_counter=count + 2,
        disturbance=terms.problem.disturbance_s if terms.former else 0,
    )
    return facts, stand_for


def windows_of(windows: Sequence[Sequence[object]], nodes: a.Array) -> a.Array:
    """(nodes, most windows, 2), and what `nodes` says about windows."""
    most = max(map(len, windows), default=0) or 1
    found = np.zeros((len(windows), most, 2), dtype=np.int64)
    for node, its in enumerate(windows):
        for nth, window in enumerate(its):
            found[node, nth] = window.from_s, window.to_s  # type: ignore[attr-defined]
        nodes[node, a.WINDOWS] = len(its)
        nodes[node, a.OPENS] = found[node, 0, 0]
        nodes[node, a.CLOSES] = found[node, max(len(its) - 1, 0), 1]
    return found


def least_s(travel_s: a.Array, nodes: a.Array) -> a.Array:
    """Per node its service and the shortest ways to and from it, whatever the neighbors."""
    fastest = travel_s.min(axis=0).astype(np.int64)
    np.fill_diagonal(fastest, a.NEVER)
    return nodes[:, a.SERVICE] + fastest.min(axis=0) + fastest.min(axis=1)


def remember(nodes: a.Array, former: Sequence[Sequence[int]]) -> None:
    """Write down in `nodes` which stops were in which former round, and after whom."""
    nodes[:, a.BEFORE], nodes[:, a.FORMER] = -2, -1
    for nth, order in enumerate(former):
        for before, node in zip([-1, *order], order, strict=False):
            nodes[node, a.BEFORE], nodes[node, a.FORMER] = before, nth


def shift_row(shift: Shift, start: int, end: int, matrix: int) -> list[int]:
    """A row of `Facts.shifts`."""
    limit, most_m = shift.cash_limit_minor, shift.max_distance_m
    row = {
        a.START: start, a.END: end, a.FROM: shift.start_s, a.TO: shift.end_s, a.MATRIX: matrix,
        a.IN_HAND: shift.cash_in_hand_minor, a.LIMIT: a.NEVER if limit is None else limit,
        a.MOST_METRES: a.NEVER if most_m is None else most_m, a.BREAKS: len(shift.rests_due),
    }  # fmt: skip
    return [row[column] for column in range(len(row))]


def rests_of(shifts: Sequence[Shift]) -> a.Array:
    """(rounds, most breaks, 3)."""
    most = max((len(shift.rests_due) for shift in shifts), default=0)
    rests = np.zeros((len(shifts), most, 3), dtype=np.int64)
    for nth, shift in enumerate(shifts):
        for taken, rest in enumerate(shift.rests_due):
            rests[nth, taken] = rest.earliest_s, rest.latest_s, rest.length_s
    return rests


def nearest_first(travel_s: a.Array) -> a.Array:
    """For each candidate the others, nearest first there and back; the hundred nearest of many."""
    both = travel_s.astype(np.int64) + travel_s.T
    np.fill_diagonal(both, -1)
    count = min(len(both), _MOST_NEAR + 1)
    if count < len(both):
        some = np.argpartition(both, count - 1, axis=1)[:, :count]
        order = np.take_along_axis(both, some, axis=1).argsort(axis=1, kind="stable")
        return np.ascontiguousarray(np.take_along_axis(some, order, axis=1)[:, 1:])
    return np.ascontiguousarray(both.argsort(axis=1, kind="stable")[:, 1:])


def reach_s(travel_s: a.Array, near: a.Array) -> a.Array:
    """For each candidate the way there and back to the last of those near."""
    if not near.size:
        return np.zeros(len(near), dtype=np.int64)
    here, last = np.arange(len(near)), near[:, -1]
    return travel_s[here, last].astype(np.int64) + travel_s[last, here]
