"""All tiers in their order: the one function that matching is."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from collection.reconciliation.matching import by_reference
from collection.reconciliation.matching.by_amount import likely
from collection.reconciliation.matching.by_sum import (
    sums_by_reference,
    sums_of_claims,
    sums_of_lines,
)
from collection.reconciliation.matching.places import learned_places, places_of_lines
from collection.reconciliation.matching.problem import Bools, Problem
from collection.reconciliation.matching.references import shared_references
from collection.reconciliation.matching.result import Choice, Found, Result
from collection.reconciliation.matching.reversals import reversals


@dataclass
class _Taken:
    """What is still free, and what was found so far."""

    lines: Bools
    claims: Bools
    found: list[Found] = field(default_factory=list)

    def add(self, more: Iterable[Found]) -> None:
        """Keep those whose lines and claims are all free, the best first."""
        for one in sorted(more, key=lambda f: -f.score):
            lines, claims = list(one.lines), list(one.claims)
            if self.lines[lines].all() and self.claims[claims].all():
                self.lines[lines] = self.claims[claims] = False
                self.found.append(one)


def match(problem: Problem) -> Result:
    """Match lines with claims. Only what leaves no doubt is `automatic`; it is never undone by
    what is found later in the order of the tiers."""
    lines, claims = problem.lines, problem.claims
    if not len(lines):
        return Result((), ())
    taken = _Taken(lines.is_open & (lines.amount_minor > 0), claims.is_open.copy())
    # 1. What the bank took back is not there to be matched.
    back = reversals(problem)
    for pair in back.found:
        taken.lines[list(pair.lines)] = False
    taken.found += back.found
    # 2. References.
    pairs = shared_references(lines, claims)
    kept = taken.lines[pairs.line]
    judged = by_reference.judge(problem, pairs.only(kept), back.held)
    sure = by_reference.safe(judged)
    taken.add(sure)
    # 3. What they teach, and proposals that rest on a reference.
    place = places_of_lines(
        lines.texts, learned_places(lines, claims, ((f.lines[0], f.claims[0]) for f in sure))
    )
    doubtful, choices = _doubtful(judged, taken)
    taken.add(doubtful)
    taken.add(by_reference.less_a_charge(problem, pairs, taken.lines, taken.claims))
    taken.add(sums_by_reference(problem, pairs, taken.lines, taken.claims))
    # 4. Amounts, alone and together.
    chosen = np.zeros(len(lines), dtype=np.bool_)
    chosen[[one.line for one in choices]] = True
    free = taken.lines & ~chosen
    proposed, more = likely(problem, free, taken.claims, place, back.held)
    taken.add(proposed)
    chosen[[one.line for one in more]] = True
    for sums in (sums_of_claims, sums_of_lines):
        taken.add(sums(problem, pairs, taken.lines & ~chosen, taken.claims, place))
    return Result(tuple(taken.found), tuple(_still_open([*choices, *more], taken)))


def _doubtful(judged: by_reference.Judged, taken: _Taken) -> tuple[list[Found], list[Choice]]:
    """Pairs that share a reference and an amount and are not safe: the only one of a line is
    proposed, several are a choice."""
    by_line: dict[int, list[Found]] = {}
    per_claim: dict[int, int] = {}
    for n in np.flatnonzero(~judged.is_safe).tolist():
        one = by_reference.as_found(judged, n)
        if taken.lines[one.lines[0]] and taken.claims[one.claims[0]]:
            by_line.setdefault(one.lines[0], []).append(one)
            per_claim[one.claims[0]] = per_claim.get(one.claims[0], 0) + 1
    found, choices = [], []
    for line, options in by_line.items():
        if len(options) == 1 and per_claim[options[0].claims[0]] == 1:
            found.append(options[0])
        else:
            ranked = tuple(sorted(options, key=lambda option: -option.score)[:10])
            choices.append(Choice(line, ranked))
    return found, choices


def _still_open(choices: Iterable[Choice], taken: _Taken) -> Iterable[Choice]:
    """Choices without the claims that found their line meanwhile."""
    for one in choices:
        left = tuple(o for o in one.options if taken.claims[list(o.claims)].all())
        if taken.lines[one.line] and left:
            yield Choice(one.line, left)
