"""Tiers 1 and 2: a shared reference and the same amount, in time."""

from dataclasses import dataclass

import numpy as np

from collection.reconciliation.matching.problem import Bools, Ints, Problem
from collection.reconciliation.matching.references import Evidence, Pairs
from collection.reconciliation.matching.result import Found, Reason, Tier

SCORES = {Evidence.FIELD: 0.99, Evidence.TEXT: 0.97, Evidence.SWAPPED: 0.93, Evidence.CUT: 0.91}
REASONS = {
    Evidence.FIELD: Reason.REFERENCE,
    Evidence.TEXT: Reason.REFERENCE_IN_TEXT,
    Evidence.SWAPPED: Reason.SWAPPED,
    Evidence.CUT: Reason.CUT,
}
PER_DAY = 0.005
"""Score that each banking day of delay costs."""


@dataclass(frozen=True)
class Judged:
    """Pairs of the same amount in time, which of them are safe, and whose line is held."""

    pairs: Pairs
    lag_days: Ints
    is_safe: Bools
    is_held: Bools


def judge(problem: Problem, pairs: Pairs, held: Bools) -> Judged:
    """Which pairs prove a claim without a doubt.

    A pair is safe when it is the strongest of its line and of its claim, when no other pair of the
    line is the strongest of its own claim, and none of the claim the strongest of its own line:
    two deposits of one amount with numbers alike are then never told apart by luck. A damaged
    reference must fit no other claim at all, whole or damaged and of whatever amount, and the
    claim's must not stand whole in another line. A line with the references of two claims is not
    safe either, nor are `held` lines.
    """
    lines, claims = problem.lines, problem.claims
    lag_days = problem.lag_days(pairs.line, pairs.claim)
    fits = (lines.amount_minor[pairs.line] == claims.amount_minor[pairs.claim]) & (
        problem.in_time(lag_days, problem.policy.reference_days)
    )
    fits &= lines.is_open[pairs.line] & claims.is_open[pairs.claim]
    near, lag_days = pairs.only(fits), lag_days[fits]
    line_best = _best(near.line, near.evidence, len(lines))
    claim_best = _best(near.claim, near.evidence, len(claims))
    is_line_best = near.evidence == line_best[near.line]
    is_claim_best = near.evidence == claim_best[near.claim]
    rivals_of_line = np.bincount(near.line, is_claim_best, minlength=len(lines))
    rivals_of_claim = np.bincount(near.claim, is_line_best, minlength=len(claims))
    whole = pairs.only(pairs.evidence >= Evidence.TEXT)
    stands_whole = np.isin(near.line, whole.line) | np.isin(near.claim, whole.claim)
    is_whole = near.evidence >= Evidence.TEXT
    is_safe = is_line_best & is_claim_best & (is_whole | (~stands_whole & (near.others == 0)))
    is_safe &= (rivals_of_line[near.line] == 1) & (rivals_of_claim[near.claim] == 1)
    is_safe &= (np.bincount(whole.line, minlength=len(lines)) < 2)[near.line] & ~held[near.line]
    return Judged(near, lag_days, is_safe, held[near.line])


def _best(row: Ints, evidence: Ints, rows: int) -> Ints:
    best = np.zeros(rows, dtype=np.int64)
    np.maximum.at(best, row, evidence)
    return best


def safe(judged: Judged) -> list[Found]:
    """The safe pairs as matches."""
    return [as_found(judged, int(n), automatic=True) for n in np.flatnonzero(judged.is_safe)]


def as_found(judged: Judged, n: int, *, automatic: bool = False) -> Found:
    """One pair as a match."""
    evidence = Evidence(int(judged.pairs.evidence[n]))
    is_shared = evidence < Evidence.TEXT and judged.pairs.others[n] > 0
    reason = Reason.CUT_SHARED if is_shared and evidence is Evidence.CUT else REASONS[evidence]
    tier = Tier.REFERENCE if evidence is Evidence.FIELD else Tier.REFERENCE_IN_TEXT
    lag = abs(int(judged.lag_days[n]))
    return Found(
        (int(judged.pairs.line[n]),),
        (int(judged.pairs.claim[n]),),
        tier,
        round(SCORES[evidence] - PER_DAY * lag - (0.1 if is_shared else 0), 3),
        (reason, Reason.AMOUNT, *((Reason.HELD,) if judged.is_held[n] else ())),
        automatic,
    )


def less_a_charge(problem: Problem, pairs: Pairs, free_lines: Bools, free_claims: Bools) -> (
    list[Found]
):  # fmt: skip
    """Lines that share a whole reference with a claim and are short by what a charge may be."""
    lines, claims, policy = problem.lines, problem.claims, problem.policy
    claimed = claims.amount_minor[pairs.claim]
    short = claimed - lines.amount_minor[pairs.line]
    most = np.minimum(policy.charge_minor, (claimed * policy.charge_share).astype(np.int64))
    lag_days = problem.lag_days(pairs.line, pairs.claim)
    fits = (pairs.evidence >= Evidence.TEXT) & (short > 0) & (short <= most)
    fits &= problem.in_time(lag_days, policy.reference_days)
    fits &= free_lines[pairs.line] & free_claims[pairs.claim]
    near = pairs.only(fits)
    alone = np.bincount(near.line, minlength=len(lines))[near.line] == 1
    alone &= np.bincount(near.claim, minlength=len(claims))[near.claim] == 1
    return [
        Found(
            (int(line),),
            (int(claim),),
            Tier.REFERENCE if evidence == Evidence.FIELD else Tier.REFERENCE_IN_TEXT,
            0.9,
            (REASONS[Evidence(int(evidence))], Reason.CHARGE),
            short_minor=int(missing),
        )
        for line, claim, evidence, missing in zip(
            near.line[alone], near.claim[alone], near.evidence[alone], short[fits][alone],
            strict=True,
        )
    ]  # fmt: skip
