"""Tiers 4 and 5: a line for several claims, a claim in several lines."""

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from collection.reconciliation.matching.problem import Bools, Ints, Problem
from collection.reconciliation.matching.references import Evidence, Pairs
from collection.reconciliation.matching.result import Found, Reason, Tier
from collection.reconciliation.matching.sums import sets_that_make

BY_REFERENCE, BY_SUM = 0.92, 0.7
MOST_CHANCE = 0.05
"""A sum that as many sets would make by chance is no evidence."""


def sums_by_reference(
    problem: Problem, pairs: Pairs, free_lines: Bools, free_claims: Bools
) -> list[Found]:
    """Sums whose parts all share a whole reference with the other side."""
    lines, claims = problem.lines, problem.claims
    kept = (pairs.evidence >= Evidence.TEXT) & free_lines[pairs.line] & free_claims[pairs.claim]
    kept &= problem.in_time(
        problem.lag_days(pairs.line, pairs.claim), problem.policy.reference_days
    )
    near = pairs.only(kept)
    of_line, of_claim = _groups(near.line, near.claim), _groups(near.claim, near.line)
    reasons = (Reason.SUM_BY_REFERENCE, Reason.SUM)
    return [
        Found((line,), parts, Tier.SUM_OF_CLAIMS, BY_REFERENCE, reasons)
        for line, parts in of_line.items()
        if len(parts) > 1 and claims.amount_minor[list(parts)].sum() == lines.amount_minor[line]
    ] + [
        Found(parts, (claim,), Tier.SUM_OF_LINES, BY_REFERENCE, reasons)
        for claim, parts in of_claim.items()
        if len(parts) > 1 and lines.amount_minor[list(parts)].sum() == claims.amount_minor[claim]
    ]


def _groups(owner: Ints, part: Ints) -> dict[int, tuple[int, ...]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for one, other in zip(owner.tolist(), part.tolist(), strict=True):
        groups[one].append(other)
    return {one: tuple(parts) for one, parts in groups.items()}


def sums_of_claims(
    problem: Problem, pairs: Pairs, free_lines: Bools, free_claims: Bools, place: list[int]
) -> list[Found]:
    """Lines that are what several claims of one agent, or of one branch, make."""
    pool = np.flatnonzero(free_claims)
    pool = pool[np.argsort(problem.claim_day[pool], kind="stable")]
    days = problem.claim_day[pool]
    sharing = _groups(pairs.line, pairs.claim)
    found = []
    for line in np.flatnonzero(free_lines).tolist():
        day = problem.line_day[line]
        near = pool[
            np.searchsorted(days, day - problem.policy.amount_days, "left") :
            np.searchsorted(days, day + problem.policy.early_days, "right")
        ]  # fmt: skip
        if place[line] >= 0:
            near = near[problem.claims.place[near] == place[line]]
        shared = {c for c in sharing.get(line, ()) if free_claims[c]}
        for parts in _teams(problem, near):
            one = _the_sum(problem, line, parts, shared)
            if one is not None:
                found.append(one)
                break
    return found


def _teams(problem: Problem, near: Ints) -> Iterable[Ints]:
    """Claims that may have been paid in together: an agent's, then a branch's."""
    for owner in (problem.claims.party[near], problem.claims.place[near]):
        order = np.argsort(owner, kind="stable")
        cuts = np.flatnonzero(np.diff(owner[order])) + 1
        yield from (team for team in np.split(near[order], cuts) if len(team) > 1)


def _the_sum(problem: Problem, line: int, parts: Ints, shared: set[int]) -> Found | None:
    """The only set of these claims that makes a line, where chance would hardly make one."""
    whole = int(problem.lines.amount_minor[line])
    amounts = problem.claims.amount_minor[parts]
    sets = sets_that_make(whole, amounts, most_in_sum=problem.policy.most_in_sum)
    chosen = [tuple(int(parts[row]) for row in rows) for rows in sets]
    if shared & set(parts.tolist()):
        chosen = [one for one in chosen if shared & set(one)]
    if len(chosen) != 1:
        return None
    by_chance = chance(whole, amounts, len(chosen[0]))
    named = bool(shared & set(chosen[0]))
    if by_chance > MOST_CHANCE and not named:
        return None
    reasons = (Reason.SUM, Reason.ONLY_SUM, *((Reason.SUM_BY_REFERENCE,) if named else ()))
    score = round((BY_REFERENCE if named else BY_SUM) - by_chance, 3)
    return Found((line,), chosen[0], Tier.SUM_OF_CLAIMS, max(score, 0.5), reasons)


def sums_of_lines(
    problem: Problem, pairs: Pairs, free_lines: Bools, free_claims: Bools, place: list[int]
) -> list[Found]:
    """Claims that several lines make, one of which at least shares a reference or chance would
    hardly make the sum."""
    pool = np.flatnonzero(free_lines)
    pool = pool[np.argsort(problem.line_day[pool], kind="stable")]
    days, places = problem.line_day[pool], np.array(place, dtype=np.int64)[pool]
    sharing = _groups(pairs.claim, pairs.line)
    found = []
    for claim in np.flatnonzero(free_claims).tolist():
        day = problem.claim_day[claim]
        window = slice(
            np.searchsorted(days, day - problem.policy.early_days, "left"),
            np.searchsorted(days, day + problem.policy.amount_days, "right"),
        )
        here = (places[window] < 0) | (places[window] == problem.claims.place[claim])
        near = pool[window][here]
        whole = int(problem.claims.amount_minor[claim])
        amounts = problem.lines.amount_minor[near]
        shared = {one for one in sharing.get(claim, ()) if free_lines[one]}
        sets = sets_that_make(whole, amounts, most_in_sum=3, enough=20 if shared else 2)
        chosen = [tuple(int(near[row]) for row in rows) for rows in sets]
        if shared:
            chosen = [one for one in chosen if shared & set(one)]
        if len(chosen) != 1:
            continue
        by_chance = chance(whole, amounts, len(chosen[0]))
        named = bool(shared)
        if by_chance <= MOST_CHANCE or (named and by_chance <= 4 * MOST_CHANCE):
            reasons = (Reason.SUM, Reason.ONLY_SUM, *((Reason.SUM_BY_REFERENCE,) if named else ()))
            score = round(max(0.5, (BY_REFERENCE if named else BY_SUM) - by_chance), 3)
            found.append(Found(chosen[0], (claim,), Tier.SUM_OF_LINES, score, reasons))
    return found


def chance(whole: int, parts: Ints, size: int) -> float:
    """How many sets of up to `size` parts would make `whole` if amounts were drawn blindly.

    Amounts are multiples of their greatest common divisor, so a sum near `whole` is one of about
    whole / divisor.
    """
    divisor = math.gcd(whole, *parts.tolist())
    fitting = int(((parts > 0) & (parts < whole)).sum())
    tried = sum(math.comb(fitting, count) for count in range(2, size + 1))
    return tried * divisor / whole
