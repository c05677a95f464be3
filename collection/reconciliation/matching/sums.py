"""Tiers 4 and 5: one for several. Which sets of parts make a whole exactly, within bounds."""

from collections.abc import Iterator

import numpy as np

from collection.reconciliation.matching.problem import Ints

MOST_PARTS_WHOLLY_TRIED = 12
MOST_PARTS = 400
"""Beyond these, a sum proves nothing: too many sets make any amount."""


def sets_that_make(whole: int, parts: Ints, *, most_in_sum: int, enough: int = 2) -> list[
    tuple[int, ...]
]:  # fmt: skip
    """Sets of two parts or more (by their rows) that make `whole`; `enough` of them suffice.

    All sets of up to `most_in_sum` are tried where there are at most 12 parts; among more, sets of
    two and three; among more than 400 none.
    """
    fits = np.flatnonzero((parts > 0) & (parts < whole))
    if len(fits) < 2 or len(fits) > MOST_PARTS:
        return []
    if len(fits) <= MOST_PARTS_WHOLLY_TRIED:
        return _all_sets(whole, parts, fits, most_in_sum, enough)
    found = list(_twos(whole, parts, fits, enough))
    return found if len(found) >= enough else [*found, *_threes(whole, parts, fits, enough)]


def _all_sets(whole: int, parts: Ints, fits: Ints, most: int, enough: int) -> list[tuple[int, ...]]:
    masks = np.arange(1, 1 << len(fits))
    bits = (masks[:, None] >> np.arange(len(fits))) & 1
    count = bits.sum(axis=1)
    hits = np.flatnonzero((bits @ parts[fits] == whole) & (count >= 2) & (count <= most))
    return [tuple(fits[bits[hit] == 1].tolist()) for hit in hits[:enough]]


def _twos(whole: int, parts: Ints, fits: Ints, enough: int) -> Iterator[tuple[int, ...]]:
    order = fits[np.argsort(parts[fits], kind="stable")]
    amounts = parts[order]
    first = np.searchsorted(amounts, whole - amounts, "left")
    after = np.searchsorted(amounts, whole - amounts, "right")
    given = 0
    for row in np.flatnonzero(after > first).tolist():
        for other in range(max(row + 1, int(first[row])), int(after[row])):
            yield tuple(sorted((int(order[row]), int(order[other]))))
            given += 1
            if given >= enough:
                return


def _threes(whole: int, parts: Ints, fits: Ints, enough: int) -> list[tuple[int, ...]]:
    found: set[tuple[int, ...]] = set()
    for row in fits.tolist():
        rest = fits[fits > row]
        for two in _twos(whole - int(parts[row]), parts, rest, enough):
            found.add(tuple(sorted((row, *two))))
        if len(found) >= enough:
            break
    return sorted(found)[:enough]
