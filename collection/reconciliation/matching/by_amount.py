"""Tier 3: the same amount in time, and what else speaks for one claim over another."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from collection.reconciliation.matching.places import words_of
from collection.reconciliation.matching.problem import Bools, Ints, Problem
from collection.reconciliation.matching.references import spread
from collection.reconciliation.matching.result import Choice, Found, Reason, Tier

Floats = NDArray[np.float64]
ALONE, NAMED, PLACED, PER_DAY = 0.78, 0.1, 0.08, 0.02
CLEAR_LEAD = 0.05
MOST_PER_AMOUNT = 5_000_000
"""Pairs looked at for one account at a time."""


def pairs_by_amount(
    problem: Problem, free_lines: Bools, free_claims: Bools, place: list[int]
) -> tuple[Ints, Ints]:
    """Free lines and free claims of one amount in time, save where the places differ."""
    lines, claims = problem.lines, problem.claims
    given = np.flatnonzero(free_lines)
    pool = np.flatnonzero(free_claims)
    pool = pool[np.lexsort((problem.claim_day[pool], claims.amount_minor[pool]))]
    # One number for amount and banking day, so that the window is one range of the pool.
    span = int(problem.days.numbers[-1]) + 100
    sought = claims.amount_minor[pool] * span + problem.claim_day[pool]
    base = lines.amount_minor[given] * span + problem.line_day[given]
    first = np.searchsorted(sought, base - problem.policy.amount_days, "left")
    after = np.searchsorted(sought, base + problem.policy.early_days, "right")
    after = np.where(after - first <= max(1, MOST_PER_AMOUNT // max(1, len(given))), after, first)
    owner, at = spread(first, after)
    line, claim = given[owner], pool[at]
    named = np.array(place, dtype=np.int64)[line] if len(line) else np.empty(0, dtype=np.int64)
    fits = (named < 0) | (named == claims.place[claim])
    return line[fits], claim[fits]


def likely(
    problem: Problem, free_lines: Bools, free_claims: Bools, place: list[int], held: Bools
) -> tuple[list[Found], list[Choice]]:
    """Proposals where one claim fits a line and no other line that claim, and choices elsewhere."""
    pairs = _ranked(problem, *pairs_by_amount(problem, free_lines, free_claims, place), place)
    per_claim = np.bincount(pairs.claim, minlength=len(problem.claims))
    lines, first, fitting = np.unique(pairs.line, return_index=True, return_counts=True)
    found, choices = [], []
    for one, at, count in zip(lines.tolist(), first.tolist(), fitting.tolist(), strict=True):
        options = [pairs.option(at + n) for n in range(min(count, problem.policy.most_listed))]
        lead = options[0].score - options[1].score if len(options) > 1 else 1.0
        rivals = count - 1 + int(per_claim[options[0].claims[0]]) - 1
        named = Reason.NAME in options[0].reasons
        if held[one] or (rivals and not (named and lead >= CLEAR_LEAD)):
            why = Reason.HELD if held[one] else Reason.RIVAL
            choices.append(Choice(one, tuple(_less_sure(o, why, len(options)) for o in options)))
        else:
            found.append(options[0] if rivals else _the_only_one(options[0]))
    return found, choices


@dataclass(frozen=True)
class _Ranked:
    """Pairs of one amount, each line's together and the best first, with what speaks for them."""

    line: Ints
    claim: Ints
    score: Floats
    is_placed: Bools
    is_named: Bools

    def option(self, pair: int) -> Found:
        reasons = [Reason.AMOUNT]
        if self.is_placed[pair]:
            reasons.append(Reason.SAME_PLACE)
        if self.is_named[pair]:
            reasons.append(Reason.NAME)
        line, claim = int(self.line[pair]), int(self.claim[pair])
        return Found((line,), (claim,), Tier.AMOUNT, float(self.score[pair]), tuple(reasons))


def _ranked(problem: Problem, line: Ints, claim: Ints, place: list[int]) -> _Ranked:
    is_placed = np.array(place, dtype=np.int64)[line] >= 0
    is_named = _are_named(problem, line, claim)
    late = np.abs(problem.lag_days(line, claim))
    score = np.round(ALONE - PER_DAY * late + PLACED * is_placed + NAMED * is_named, 3)
    best = np.lexsort((-score, line))
    return _Ranked(line[best], claim[best], score[best], is_placed[best], is_named[best])


def _are_named(problem: Problem, line: Ints, claim: Ints) -> Bools:
    """Whether the bank's text on each line names who the claim of the pair is of: by two words, or
    by the only one there is."""
    number: dict[str, int] = {}
    names = [
        [number.setdefault(word, len(number)) for word in words_of(words)]
        for words in problem.claims.words
    ]
    # One number for a line and a word of it that some claim has.
    said = np.array(
        sorted(
            row * len(number) + number[word]
            for row in np.unique(line).tolist()
            for word in words_of(problem.lines.texts[row]) & number.keys()
        ),
        dtype=np.int64,
    )
    shared = np.zeros(len(line), dtype=np.int64)
    for nth in range(max(map(len, names), default=0)):
        word = np.array([name[nth] if nth < len(name) else -1 for name in names])[claim]
        sought = line * len(number) + word
        at = np.searchsorted(said, sought)
        shared += (word >= 0) & (np.append(said, -1)[at] == sought)
    of_claim = np.array([min(2, max(1, len(name))) for name in names], dtype=np.int64)
    return shared >= of_claim[claim]


def _the_only_one(option: Found) -> Found:
    return replace(option, reasons=(*option.reasons, Reason.ONLY_ONE))


def _less_sure(option: Found, why: Reason, count: int) -> Found:
    score = round(option.score / max(1, count), 3)
    return replace(option, score=score, reasons=(*option.reasons, why))
