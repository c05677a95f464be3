"""Plans a round by the compiled search of `routing.planner.search`, which knows every rule.

It takes a core for as long as it may run; callers with an event loop plan in a child process: see
`routing.planner.pool`.
"""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from routing.planner.construct import in_turn, pinned, possible
from routing.planner.deposits import with_deposits
from routing.planner.insertion import insertions
from routing.planner.plan import Plan, lay_out
from routing.planner.problem import Problem
from routing.planner.search.laid_out import facts_of
from routing.planner.search.search import filled, improve, nearest
from routing.planner.stop import StopAfter
from routing.planner.terms import NEVER_S, Terms, terms, usual_worth_s

# More candidates than this are not searched all at once: the most promising are.
MOST_SEARCHED = 400

# Between which temperatures is annealed, as shares of what a usual visit is worth.
HOT, COLD = 0.5, 0.07


def plan(problem: Problem, stop: StopAfter, seed: int = 1) -> Plan:
    """The best round found until `stop`; never worth less than the nearest-neighbour one.

    Every plan passes `routing.planner.audit`, save that must-visits and pins that cannot be kept
    are skipped, with the reason. The same problem and seed give the same plan under
    `StopAfter(solutions=…)`.
    """
    started = perf_counter()
    its = terms(problem)
    numbers = possible(its)
    pins = pinned(its, numbers)
    kept_pins = set(pins)
    numbers = [n for n in numbers if not its.is_pinned(n) or n in kept_pins]
    if not numbers:
        return lay_out(its, [])
    first = _former(its, numbers, pins)
    searched = most_promising(its, numbers, first)
    facts, stand_for = facts_of(its, searched)
    node = {number: at for at, number in enumerate(stand_for)}
    calls = with_deposits(its, first)
    assert calls is not None, "the first round keeps the rules"
    start = [[node[number] for number in calls]]
    search = max((make(facts, start, seed) for make in (filled, nearest)), key=lambda s: s.value_s)
    stop = stop.before(_tail_s(its))
    usual_s = usual_worth_s([problem.candidates[n] for n in searched], problem.prize_value_s)
    (found,) = improve(search, stop, started, HOT * usual_s, COLD * usual_s)
    order = [stand_for[at] for at in found if at < facts.candidates]
    return lay_out(its, topped_up(its, order, numbers, searched))


def _former(its: Terms, numbers: Sequence[int], pins: list[int]) -> list[int]:
    """The pins, then what of the former round can still be kept."""
    known = set(numbers) - set(pins)
    return in_turn(its, [number for number in its.former if number in known], pins)


def most_promising(its: Terms, numbers: Sequence[int], keep: Sequence[int]) -> list[int]:
    """At most `MOST_SEARCHED` of `numbers`: those in `keep`, must-visits, and the best per second.

    A second is one of the visit or of a third of the way there and back: nobody goes all of it for
    one visit.
    """
    if len(numbers) <= MOST_SEARCHED:
        return list(numbers)
    there_s = its.ways_s(np.array(its.start), np.array(numbers))
    end_s = its.ways_s(np.array(numbers), np.array(its.end))
    service_s = np.array([its.service_s[number] for number in numbers])
    worth_s = np.array([its.worth_s[number] for number in numbers])
    rate: NDArray[np.float64] = worth_s / (service_s + (there_s + end_s) / 3 + 60)
    rate[np.isin(numbers, list(keep))] = np.inf
    best = np.sort(np.argsort(-rate, kind="stable")[:MOST_SEARCHED])
    return [numbers[at] for at in best.tolist()]


def topped_up(
    its: Terms, order: list[int], numbers: Sequence[int], searched: Sequence[int]
) -> list[int]:
    """`order` with whoever was not searched and is worth the detour."""
    if len(searched) == len(numbers):
        return order
    calls = with_deposits(its, order)
    assert calls is not None, "the search keeps the rules"
    in_it = set(order)
    left = [number for number in numbers if number not in in_it]
    while left:
        tried = insertions(its, calls, left)
        detour_s, gaps = tried.cheapest()
        gain_s = np.array([its.worth_s[number] for number in left]) - detour_s
        pick = int(gain_s.argmax())
        if gain_s[pick] <= 0:
            break
        calls.insert(int(gaps[pick]), left[pick])
        left = [
            n for n, fit in zip(left, detour_s < NEVER_S, strict=True) if fit and n != left[pick]
        ]
    return [number for number in calls if number not in its.counters]


def _tail_s(its: Terms) -> float:
    """How long it takes to lay a round out and say why the others are skipped."""
    return 0.002 + 20e-6 * its.count
