"""What proven lines teach: which words of the bank's text go with which branch."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from collection.reconciliation.matching.problem import Claims, Lines

SEEN, PURE = 5, 0.95
"""A word tells a branch once it was seen so often, and so seldom with another one."""


def words_of(text: str) -> set[str]:
    """The words of a text that may name a person or a place, in capitals."""
    return {word for word in re.findall(r"[^\W_]+", text.upper()) if len(word) >= 3}


def learned_places(
    lines: Lines, claims: Claims, proven: Iterable[tuple[int, int]]
) -> dict[str, int]:
    """The branch that a word of the bank's text stands for, by pairs that are proven."""
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    for line, claim in proven:
        for word in words_of(lines.texts[line]):
            seen[word][int(claims.place[claim])] += 1
    places = {}
    for word, counts in seen.items():
        place, count = counts.most_common(1)[0]
        if count >= SEEN and count >= PURE * counts.total():
            places[word] = place
    # A word of every line names the lender or the way, not a branch.
    return places if len(set(places.values())) > 1 else {}


def places_of_lines(texts: Sequence[str], places: dict[str, int]) -> list[int]:
    """The branch that each line names; -1 for none, or for several."""
    named = ({places[word] for word in words_of(text) & places.keys()} for text in texts)
    return [found.pop() if len(found) == 1 else -1 for found in named]
