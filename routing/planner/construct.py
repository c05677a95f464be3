"""Rounds built in one go: where the search begins, and the yardsticks it is held against."""

from collections.abc import Sequence

from routing.planner.insertion import insertions
from routing.planner.terms import Terms


def possible(terms: Terms) -> list[int]:
    """The candidates that could be visited if there were nobody else."""
    shift, candidates = terms.problem.shift, terms.problem.candidates
    fits = insertions(terms, [], range(terms.count)).fits[:, 0]
    return [
        number
        for number, fit in enumerate(fits)
        if fit and candidates[number].needs <= shift.skills and candidates[number].barred is None
    ]


def pinned(terms: Terms, numbers: Sequence[int]) -> list[int]:
    """The pinned ones of `numbers` in the order of their pins, less those that cannot be kept."""
    candidates = terms.problem.candidates
    pins = [(candidates[number].pin, number) for number in numbers]
    order: list[int] = []
    for _, number in sorted((pin, number) for pin, number in pins if pin is not None):
        if insertions(terms, order, [number]).fits[0, -1]:
            order.append(number)
    return order


def nearest_neighbour(terms: Terms, numbers: Sequence[int]) -> list[int]:
    """After the pins, always on to the nearest in time that still fits."""
    order = pinned(terms, numbers)
    left = _unpinned(terms, numbers)
    while left:
        fits = insertions(terms, order, left).fits[:, -1]
        at = order[-1] if order else terms.start
        legs = ((terms.leg_s[at][n], n) for n, fit in zip(left, fits, strict=True) if fit)
        _, nearest = min(legs, default=(0, None))
        if nearest is None:
            break
        order.append(nearest)
        left.remove(nearest)
    return order


def cheapest_insertion(terms: Terms, numbers: Sequence[int]) -> list[int]:
    """After the pins, the most urgent first: each where it adds the least travel.

    Who does not fit there, or is not worth it, is left out.
    """
    order = pinned(terms, numbers)
    for number in sorted(_unpinned(terms, numbers), key=lambda n: -terms.worth_s[n]):
        detour_s, position = insertions(terms, order, [number]).cheapest()
        if detour_s[0] < terms.worth_s[number]:
            order.insert(int(position[0]), number)
    return order


def _unpinned(terms: Terms, numbers: Sequence[int]) -> list[int]:
    return [number for number in numbers if terms.problem.candidates[number].pin is None]
