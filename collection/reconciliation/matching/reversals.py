"""Lines that take an earlier one back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collection.reconciliation.matching.places import words_of
from collection.reconciliation.matching.problem import Bools, Lines, Problem
from collection.reconciliation.matching.references import keys_of, spread
from collection.reconciliation.matching.result import Found, Reason, Tier

WORDS = {
    "REV", "REVERSAL", "REVERSED", "RETURN", "RETURNED", "BOUNCED", "CHARGEBACK", "CANCELLED",
    "REVERSO", "REVERSA", "DEVUELTO", "DEVOLUCION", "DEVOLUCIÓN", "ESTORNO", "STORNO",
}  # fmt: skip
"""What banks call a reversal where their format has no mark for it."""

LONG = re.compile(rb"[0-9]{6,}")


@dataclass(frozen=True)
class Reversals:
    """Pairs of a reversal and what it takes back; lines `held` may be what another takes back."""

    found: tuple[Found, ...]
    held: Bools


def reversals(problem: Problem) -> Reversals:
    """Pair each open reversal with the credit of the same amount before it.

    The only one with which it shares a number is its original; that is safe. Without a shared
    number the only credit of the last days is proposed. As long as it is open which one is meant,
    no credit that may be is safe to match.
    """
    lines, policy = problem.lines, problem.policy
    taken = np.flatnonzero((lines.amount_minor < 0) & lines.is_open)
    came_in = np.flatnonzero(lines.amount_minor > 0)
    came_in = came_in[np.argsort(lines.amount_minor[came_in], kind="stable")]
    amounts = lines.amount_minor[came_in]
    first = np.searchsorted(amounts, -lines.amount_minor[taken], "left")
    after = np.searchsorted(amounts, -lines.amount_minor[taken], "right")
    owner, at = spread(first, after)
    back, credit = taken[owner], came_in[at]
    age = problem.line_day[back] - problem.line_day[credit]
    before = (credit < back) & (age >= 0) & (age <= policy.reversal_days)
    candidates: dict[int, list[int]] = {}
    for b, c in zip(back[before].tolist(), credit[before].tolist(), strict=True):
        candidates.setdefault(b, []).append(c)
    return _decided(problem, candidates)


def _decided(problem: Problem, candidates: dict[int, list[int]]) -> Reversals:
    found: list[Found] = []
    held = np.zeros(len(problem.lines), dtype=np.bool_)
    gone: set[int] = set()
    for back in sorted(candidates):
        left = [c for c in candidates[back] if c not in gone]
        named = _originals(problem.lines, back, left)
        if not named and not says_reversal(problem.lines, back):
            continue  # money paid out, as far as anybody can tell
        fitting = named or [c for c in left if _is_recent(problem, back, c)]
        if len(fitting) != 1:
            held[fitting] = True
            continue
        gone.add(fitting[0])
        held[fitting] = not named
        reasons = (Reason.OPPOSITE if named else Reason.OPPOSITE_ONLY_ONE,)
        score = 0.97 if named else 0.75
        pair = (back, fitting[0])
        found.append(Found(pair, (), Tier.REVERSAL, score, reasons, automatic=bool(named)))
    return Reversals(tuple(found), held)


def _is_recent(problem: Problem, back: int, credit: int) -> bool:
    age_days = problem.line_day[back] - problem.line_day[credit]
    return bool(age_days <= problem.policy.unnamed_reversal_days)


def says_reversal(lines: Lines, line: int) -> bool:
    """Whether the bank marks a line as a reversal, or calls it one."""
    return bool(lines.is_reversal[line]) or not WORDS.isdisjoint(words_of(lines.texts[line]))


def _originals(lines: Lines, back: int, credits_before: Sequence[int]) -> list[int]:
    """The credits that share a number with a reversal; of several, those whose words it repeats."""
    own = _numbers(lines, back)
    named = [c for c in credits_before if own & _numbers(lines, c)]
    if len(named) < 2:
        return named
    same = [
        c
        for c in named
        if lines.texts[c] in lines.texts[back] and lines.references[c] == lines.references[back]
    ]
    return same or named


def _numbers(lines: Lines, line: int) -> set[bytes]:
    """What a line can be known by again: its references, and long numbers in its text."""
    told = set().union(*(keys_of(text) for text in lines.references[line]))
    told |= {key for key in keys_of(lines.texts[line], words=True) if LONG.fullmatch(key)}
    bank_id = lines.bank_ids[line]
    return told | ({b"#" + bank_id.encode()} if bank_id else set())
