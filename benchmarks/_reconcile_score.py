"""Matches held against the truth, and two plain ways of matching beside ours."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks._bank_months import Month
from collection.reconciliation.matching.result import Found, Result, Tier


def is_right(month: Month, one: Found) -> bool:
    """Whether exactly these lines and claims belong together."""
    if one.tier is Tier.REVERSAL:
        return month.taken_back.get(one.lines[0]) == one.lines[1]
    wanted = set(one.claims)
    lines = set().union(*(month.lines_of.get(claim, set()) for claim in wanted))
    return lines == set(one.lines) and all(month.truth[n] == wanted for n in one.lines)


def score(month: Month, result: Result) -> dict[str, Any]:
    """What of a month's lines was matched, and how rightly.

    `auto` is the share of the lines that belong to deposits which were matched automatically;
    `proposed_right` the share of the other matches that is right. Where several claims fit a line,
    a person chooses: `choice_holds` is how often the right one is among those listed.
    """
    belong = {n for n, truth in enumerate(month.truth) if truth}
    sure = [one for one in result.found if one.automatic]
    proposed = [one for one in result.found if not one.automatic]
    wrong = [one for one in sure if not is_right(month, one)]
    matched = {n for one in sure if one.claims for n in one.lines} & belong
    right = sum(is_right(month, one) for one in proposed)
    held = [
        any(is_right(month, option) for option in choice.options)
        for choice in result.choices
        if month.truth[choice.line]
    ]
    seen = matched | {n for one in proposed for n in one.lines}
    return {
        "wrong": len(wrong),
        "auto": round(len(matched) / len(belong), 4),
        "proposed": len(proposed),
        "proposed_right": round(right / max(1, len(proposed)), 4),
        "choices": len(result.choices),
        "choice_holds": round(sum(held) / max(1, len(held)), 4),
        "left_over": len(belong - seen - {c.line for c in result.choices}),
        "by_tier": _by_tier(month, result.found),
    }


def _by_tier(month: Month, found: Sequence[Found]) -> dict[str, str]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        name = f"{one.tier.value} {'automatic' if one.automatic else 'proposed'}"
        counts[name][0] += is_right(month, one)
        counts[name][1] += 1
    return {name: f"{right} of {all_}" for name, (right, all_) in sorted(counts.items())}


def amount_and_date(month: Month, most_days: int = 2) -> Result:
    """The first peer: each line with the first deposit of its amount, of at most 2 days before."""
    return _greedy(month, most_days, with_reference=False)


def amount_and_reference(month: Month, most_days: int = 10) -> Result:
    """The second peer: the first deposit of its amount whose reference stands in the line."""
    return _greedy(month, most_days, with_reference=True)


def _greedy(month: Month, most_days: int, *, with_reference: bool) -> Result:
    lines, claims = month.problem.lines, month.problem.claims
    by_amount: dict[int, list[int]] = defaultdict(list)
    for n, amount in enumerate(claims.amount_minor.tolist()):
        by_amount[amount].append(n)
    found, taken = [], set()
    for line, amount in enumerate(lines.amount_minor.tolist()):
        said = " ".join((*lines.references[line], lines.texts[line]))
        for claim in by_amount.get(amount, ()):
            age = int(lines.day[line] - claims.day[claim])
            names = not with_reference or claims.references[claim][0] in said
            if claim not in taken and 0 <= age <= most_days and names:
                taken.add(claim)
                found.append(Found((line,), (claim,), Tier.AMOUNT, 1.0, (), automatic=True))
                break
    return Result(tuple(found), ())
