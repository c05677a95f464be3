"""What there is to search: who could be visited at all, and where the search begins."""

from collections.abc import Collection, Sequence

import numpy as np

from routing.planner.deposits import with_deposits
from routing.planner.insertion import insertions
from routing.planner.terms import Terms


def possible(terms: Terms) -> list[int]:
    """The candidates that could be visited alone, after a deposit if need be."""
    shift, candidates = terms.problem.shift, terms.problem.candidates
    alone = insertions(terms, [], range(terms.count))
    fits = alone.fits[:, 0]
    for number in np.flatnonzero((alone.short_s[:, 0] <= 0) & ~fits).tolist():
        fits[number] = bool(terms.counters) and with_deposits(terms, [number]) is not None
    return [
        number
        for number, fit in enumerate(fits)
        if fit and candidates[number].needs <= shift.skills and candidates[number].barred is None
    ]


def pinned(terms: Terms, numbers: Sequence[int]) -> list[int]:
    """The pinned ones of `numbers` in the order of their pins, less those that cannot be kept."""
    candidates = terms.problem.candidates
    pins = [(candidates[number].pin, number) for number in numbers]
    return in_turn(
        terms, [number for _, number in sorted((p, n) for p, n in pins if p is not None)]
    )


def in_turn(terms: Terms, numbers: Sequence[int], order: Sequence[int] = ()) -> list[int]:
    """`order` with each of `numbers` behind it in turn, less those that would break a rule."""
    kept = list(order)
    for number in numbers:
        if with_deposits(terms, [*kept, number]) is not None:
            kept.append(number)
    return kept


def as_far_as_it_goes(terms: Terms, order: Sequence[int], own: Collection[int]) -> list[int] | None:
    """`order`, less as many as need be of those who are not `own`, the least urgent first.

    None where the round cannot even hold what is its own.
    """
    kept = list(order)
    while with_deposits(terms, kept) is None:
        new = [number for number in kept if number not in own]
        if not new:
            return None
        kept.remove(min(new, key=lambda number: terms.problem.candidates[number].score))
    return kept
