"""How far a new plan moved stops that could have stayed; it knows nothing of how plans are made.

Of the stops still to do, without the one that the event is about:

* *Moved* are those outside the longest run that the former and the new round have in common in the
  same order (a longest common subsequence): what is left out, and what comes in another order.
  New stops in between move nobody.
* *Need to move*: the fewest that must be left out of the former order, nothing else changed, so
  that the rest keeps its hours and the shift, with the event's own visit fitted in wherever it goes
  best if there is one to be fitted in. Worked out exactly, by dynamic programming over (last stop
  kept, how many left out, own visit done), which holds as earlier is never worse.
* *Churn* is the sum of max(0, moved − need to move) over all events ÷ the sum of stops still to do.
"""

from bisect import bisect_left
from collections.abc import Sequence

from benchmarks._round_events import Event
from benchmarks._round_judge import Judge, earliest_begin

State = tuple[bool, int, int, int]


def churn(its: Judge, order: Sequence[int], event: Event) -> tuple[int, int, int]:
    """(stops moved, of them how many need to, stops still to do), the event's own not counted."""
    number = {candidate.case_id: n for n, candidate in enumerate(its.problem.candidates)}
    former = [number[case_id] for case_id in its.problem.former if case_id != event.subject]
    own = number[event.subject] if event.fitted_in and event.subject else None
    moved = len(former) - common(former, order)
    need = fewest_left_out(its, former, own)
    if need is None:  # there is no way to fit it in
        need = fewest_left_out(its, former, None)
    return moved, min(moved, need or 0), len(former)


def common(former: Sequence[int], order: Sequence[int]) -> int:
    """How long the longest run is that both have in common in the same order."""
    place = {number: at for at, number in enumerate(former)}
    tails: list[int] = []
    for at in (place[number] for number in order if number in place):
        where = bisect_left(tails, at)
        tails[where : where + 1] = [at]
    return len(tails)


def fewest_left_out(its: Judge, former: Sequence[int], own: int | None) -> int | None:
    """The fewest stops left out of `former` so that the rest can be done in that order.

    With `own` fitted in anywhere, if given; None when it cannot be.
    """
    count, shift = len(its.problem.candidates), its.problem.shift
    # The earliest departure by (own done, where one is, next of former, how many left out).
    best: dict[State, int] = {(own is None, count, 0, 0): shift.start_s}
    found: int | None = None
    for next_ in range(len(former) + 1):
        for placed in (False, True):
            here = [state for state in best if state[0] == placed and state[2] == next_]
            for state in here:
                _, row, _, left_out = state
                now_s = best[state]
                if placed and _is_home(its, row, now_s):
                    total = left_out + len(former) - next_
                    found = total if found is None else min(found, total)
                if not placed and own is not None:
                    _go(its, best, now_s, row, own, (True, own, next_, left_out))
                for skip in range(len(former) - next_):
                    to = former[next_ + skip]
                    _go(its, best, now_s, row, to, (placed, to, next_ + skip + 1, left_out + skip))
    return found


def _go(
    its: Judge,
    best: dict[State, int],
    now_s: int,
    row: int,
    to: int,
    state: State,
) -> None:
    arrival_s = now_s + its.leg_s[row][to]
    begin_s = earliest_begin(its.hours[to], arrival_s)
    if begin_s is not None:
        departure_s = begin_s + its.service_s[to]
        best[state] = min(best.get(state, departure_s), departure_s)


def _is_home(its: Judge, row: int, now_s: int) -> bool:
    back_s = its.leg_s[row][len(its.problem.candidates) + 1]
    return now_s + back_s <= its.problem.shift.end_s
