"""Tier 3: the same amount in time, and what else speaks for one claim over another."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from collection.reconciliation.matching.places import words_of
from collection.reconciliation.matching.problem import Bools, Ints, Problem
from collection.reconciliation.matching.references import spread
from collection.reconciliation.matching.result import Choice, Found, Reason, Tier

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
    line, claim = pairs_by_amount(problem, free_lines, free_claims, place)
    per_claim = np.bincount(claim, minlength=len(problem.claims))
    of_line: dict[int, list[int]] = defaultdict(list)
    for one, other in zip(line.tolist(), claim.tolist(), strict=True):
        of_line[one].append(other)
    found, choices = [], []
    for one, fitting in of_line.items():
        options = sorted(
            (_scored(problem, one, other, place[one]) for other in fitting),
            key=lambda option: -option.score,
        )[: problem.policy.most_listed]
        lead = options[0].score - options[1].score if len(options) > 1 else 1.0
        rivals = len(fitting) - 1 + int(per_claim[options[0].claims[0]]) - 1
        named = Reason.NAME in options[0].reasons
        if held[one] or (rivals and not (named and lead >= CLEAR_LEAD)):
            why = Reason.HELD if held[one] else Reason.RIVAL
            choices.append(Choice(one, tuple(_less_sure(o, why, len(options)) for o in options)))
        else:
            found.append(options[0] if rivals else _the_only_one(options[0]))
    return found, choices


def _scored(problem: Problem, line: int, claim: int, place: int) -> Found:
    """A pair of one amount with what speaks for it."""
    lag = problem.lag_days(np.array([line]), np.array([claim]))
    score, reasons = ALONE - PER_DAY * abs(int(lag[0])), [Reason.AMOUNT]
    if place >= 0:
        score += PLACED
        reasons.append(Reason.SAME_PLACE)
    names = words_of(problem.claims.words[claim])
    if len(names & words_of(problem.lines.texts[line])) >= min(2, max(1, len(names))):
        score += NAMED
        reasons.append(Reason.NAME)
    return Found((line,), (claim,), Tier.AMOUNT, round(score, 3), tuple(reasons))


def _the_only_one(option: Found) -> Found:
    return replace(option, reasons=(*option.reasons, Reason.ONLY_ONE))


def _less_sure(option: Found, why: Reason, count: int) -> Found:
    score = round(option.score / max(1, count), 3)
    return replace(option, score=score, reasons=(*option.reasons, why))
