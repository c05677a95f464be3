"""Which references of claims stand in bank lines: whole, with two characters swapped, or cut.

A reference is reduced to capital letters and digits. Beside the whole of it, each run of digits
counts, without leading zeros: banks print ``SLP/100412`` as ``100412``. What more than
`TOO_COMMON` claims share (a branch's number, a year) tells nothing and is left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from collection.reconciliation.matching.problem import Bools, Claims, Ints, Lines

LONGEST = 32
TOO_COMMON = 20
SHORTEST, SHORTEST_IN_TEXT, SHORTEST_DAMAGED = 4, 6, 5

Keys = NDArray[np.bytes_]


class Evidence(IntEnum):
    """How a claim's reference stands in a line; more is stronger."""

    NONE = 0
    CUT = 1
    SWAPPED = 2
    TEXT = 3
    FIELD = 4


@dataclass(frozen=True)
class Pairs:
    """Lines and claims that share a reference, each pair once with its strongest evidence.

    `others` is how many other claims, of whatever amount, the same fragment would fit.
    """

    line: Ints
    claim: Ints
    evidence: Ints
    others: Ints

    def only(self, kept: Bools) -> "Pairs":
        """The pairs that are `kept`."""
        return Pairs(self.line[kept], self.claim[kept], self.evidence[kept], self.others[kept])


def shared_references(lines: Lines, claims: Claims) -> Pairs:
    """All pairs of a line and a claim that share a reference."""
    known, claim_of = _keys(claims.references)
    known, claim_of = _telling(known, claim_of)
    in_fields, field_line = _keys(lines.references)
    in_texts, text_line = _keys([(text,) for text in lines.texts], words=True)
    long_enough = np.char.str_len(in_texts) >= SHORTEST_IN_TEXT
    keys = np.concatenate([in_fields, in_texts])
    line_of = np.concatenate([field_line, text_line])
    in_texts, text_line = in_texts[long_enough], text_line[long_enough]
    found = [
        _exact(in_fields, field_line, known, claim_of, Evidence.FIELD),
        _exact(in_texts, text_line, known, claim_of, Evidence.TEXT),
        *_swapped(keys, line_of, known, claim_of),
        *_cut(keys, line_of, known, claim_of),
    ]
    return _strongest(found, len(claims))


def keys_of(text: str, *, words: bool = False) -> set[bytes]:
    """What a reference is recognized by; with `words`, what each word of a text would be."""
    upper = text.upper()
    wholes = re.findall(r"[A-Z0-9]+", upper) if words else [re.sub(r"[^A-Z0-9]", "", upper)]
    found = {whole for whole in wholes if any(c.isdigit() for c in whole)}
    found |= set(re.findall(r"[0-9]+", upper))
    return {
        key[:LONGEST].encode()
        for whole in found
        if len(key := whole.lstrip("0") if whole.isdigit() else whole) >= SHORTEST
    }


def _keys(texts: Iterable[Sequence[str]], *, words: bool = False) -> tuple[Keys, Ints]:
    """The keys of all texts in one column, and which row each is of."""
    found = [
        (key, row)
        for row, of_row in enumerate(texts)
        for key in set().union(*(keys_of(text, words=words) for text in of_row))
    ]
    keys = np.array([key for key, _ in found], dtype=f"S{LONGEST}")
    return keys, np.array([row for _, row in found], dtype=np.int64)


def _telling(keys: Keys, row: Ints) -> tuple[Keys, Ints]:
    """The keys that few rows share, in order."""
    order = np.argsort(keys, kind="stable")
    keys, row = keys[order], row[order]
    count = np.searchsorted(keys, keys, "right") - np.searchsorted(keys, keys, "left")
    return keys[count <= TOO_COMMON], row[count <= TOO_COMMON]


def spread(first: Ints, after: Ints) -> tuple[Ints, Ints]:
    """For ranges [first, after): which range each element is of, and the element."""
    count = np.maximum(after - first, 0)
    owner = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, np.repeat(first, count) + within


def _pairs(line: Ints, claim_of: Ints, first: Ints, after: Ints, evidence: Evidence) -> Pairs:
    owner, at = spread(first, after)
    claims = int(claim_of.max(initial=0)) + 1
    # A claim may be met by its whole reference and by the digits of it: that is one claim.
    once = np.unique(owner * claims + claim_of[at])
    owner, claim = once // claims, once % claims
    others = np.bincount(owner, minlength=len(line))[owner] - 1
    return Pairs(line[owner], claim, np.full(len(owner), int(evidence)), others)


def _exact(keys: Keys, line: Ints, known: Keys, claim_of: Ints, evidence: Evidence) -> Pairs:
    first, after = np.searchsorted(known, keys, "left"), np.searchsorted(known, keys, "right")
    return _pairs(line, claim_of, first, after, evidence)


def _swapped(keys: Keys, line: Ints, known: Keys, claim_of: Ints) -> list[Pairs]:
    """Pairs whose keys are equal once two neighboring characters have changed places."""
    length = np.char.str_len(keys)
    letters = np.ascontiguousarray(keys).view(np.uint8).reshape(-1, LONGEST)
    found = []
    for at in range(LONGEST - 1):
        rows = np.flatnonzero(
            (length > at + 1)
            & (length >= SHORTEST_DAMAGED)
            & (letters[:, at] != letters[:, at + 1])
        )
        changed = letters[rows].copy()
        changed[:, [at, at + 1]] = changed[:, [at + 1, at]]
        swapped = changed.reshape(-1).view(f"S{LONGEST}")
        found.append(_exact(swapped, line[rows], known, claim_of, Evidence.SWAPPED))
    return found


def _cut(keys: Keys, line: Ints, known: Keys, claim_of: Ints) -> list[Pairs]:
    """Pairs where a line has the beginning or the end of a claim's reference."""
    enough = np.char.str_len(keys) >= SHORTEST_DAMAGED
    keys, line = keys[enough], line[enough]
    backward, known_backward = _reversed(keys), _reversed(known)
    order = np.argsort(known_backward, kind="stable")
    found = []
    for given, sought, claims in (
        (keys, known, claim_of),
        (backward, known_backward[order], claim_of[order]),
    ):
        first = np.searchsorted(sought, given, "right")  # equal ones are not cut
        after = np.searchsorted(sought, np.char.add(given, b"\xff"), "left")
        after = np.where(after - first <= TOO_COMMON, after, first)
        found.append(_pairs(line, claims, first, after, Evidence.CUT))
    return found


def _reversed(keys: Keys) -> Keys:
    return np.array([key[::-1] for key in keys.tolist()], dtype=f"S{LONGEST}")


def _strongest(found: Sequence[Pairs], claims: int) -> Pairs:
    """Each pair once: the strongest evidence, and of that the least shared."""
    line = np.concatenate([p.line for p in found])
    claim = np.concatenate([p.claim for p in found])
    evidence = np.concatenate([p.evidence for p in found])
    others = np.concatenate([p.others for p in found])
    order = np.lexsort((others, -evidence, line * claims + claim))
    pair = (line * claims + claim)[order]
    first = np.ones(len(pair), dtype=np.bool_)
    first[1:] = pair[1:] != pair[:-1]
    kept = order[first]
    return Pairs(line[kept], claim[kept], evidence[kept], others[kept])
