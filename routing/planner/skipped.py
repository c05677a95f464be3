"""Why a case is not in a round: one reason each, the hardest that applies, with its number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from routing.planner.insertion import insertions
from routing.planner.problem import UNREACHABLE_S, Candidate
from routing.planner.terms import NEVER_S, Terms


class SkipReason(StrEnum):
    """Hardest first. What `Skipped.amount` counts stands behind each."""

    BARRED = "barred"  # nothing; the words are the candidate's own
    NOT_TODAY = "not_today"  # nothing
    MISSING_SKILL = "missing_skill"  # nothing
    UNREACHABLE = "unreachable"  # nothing
    OUT_OF_SHIFT = "out_of_shift"  # seconds too late, were it the only visit
    NO_TIME_TO_REST = "no_time_to_rest"  # nothing
    OVER_CASH_LIMIT = "over_cash_limit"  # minor units over the limit
    OVER_DISTANCE = "over_distance"  # metres over the most that a round may have
    WINDOW_MISSED = "window_missed"  # seconds too late for its last window, given the other stops
    SHIFT_FULL = "shift_full"  # seconds that the round is short of
    NOT_WORTH_THE_WAY = "not_worth_the_way"  # seconds of detour
    COULD_BE_ADDED = "could_be_added"  # seconds of detour; only in rounds the planner did not make


@dataclass(frozen=True, slots=True)
class Skipped:
    """A candidate left out of a round. `amount` is what `reason` says it counts."""

    candidate: Candidate
    reason: SkipReason
    amount: int = 0


def skipped(terms: Terms, calls: Sequence[int]) -> tuple[Skipped, ...]:
    """Everybody who is not in `calls`, in the problem's order, judged by the cheapest insertion."""
    taken = set(calls)
    left = [number for number in range(terms.count) if number not in taken]
    alone, beside = _costs(terms, [], left), _costs(terms, calls, left)
    return tuple(
        Skipped(
            terms.problem.candidates[number],
            *(_by_itself(terms, number, alone[row]) or _beside(terms, number, beside[row])),
        )
        for row, number in enumerate(left)
    )


class _Cost(NamedTuple):
    """What adding one candidate where that is cheapest would take."""

    late_s: int
    short_s: int
    over_minor: int
    over_m: int
    detour_s: int
    rest_in_the_way: bool


def _costs(terms: Terms, order: Sequence[int], left: Sequence[int]) -> list[_Cost]:
    tried = insertions(terms, order, left)
    unrested = insertions(_on_shift(terms, rest_breaks=()), order, left)
    # The break alone is in the way of what fits without it, and not even in an endless shift with.
    endless = insertions(_on_shift(terms, end_s=NEVER_S // 4), order, left)
    in_the_way = unrested.fits.any(axis=1) & ~endless.fits.any(axis=1)
    short_s = tried.short_s.min(axis=1)
    columns = (
        tried.late_s.min(axis=1),
        np.where(short_s < NEVER_S // 2, short_s, unrested.short_s.min(axis=1)),
        tried.over_minor.min(axis=1),
        tried.over_m.min(axis=1),
        tried.cheapest()[0],
        in_the_way,
    )
    return [_Cost(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _on_shift(terms: Terms, **changes: Any) -> Terms:
    shift = replace(terms.problem.shift, **changes)
    return replace(terms, problem=replace(terms.problem, shift=shift))


def _by_itself(terms: Terms, number: int, alone: _Cost) -> tuple[SkipReason, int] | None:
    """What would keep the agent away even if there were nobody else."""
    if (reason := _forbidden(terms, number)) is not None:
        return reason, 0
    if UNREACHABLE_S in (terms.leg_s(terms.start, number), terms.leg_s(number, terms.end)):
        return SkipReason.UNREACHABLE, 0
    if alone.rest_in_the_way:
        return SkipReason.NO_TIME_TO_REST, 0
    if alone.short_s > 0:
        return SkipReason.OUT_OF_SHIFT, alone.late_s if alone.late_s > 0 else alone.short_s
    return None


def _forbidden(terms: Terms, number: int) -> SkipReason | None:
    """Why the agent may not go there today, whatever the way."""
    candidate = terms.problem.candidates[number]
    if candidate.barred is not None:
        return SkipReason.BARRED
    if not terms.windows[number]:
        return SkipReason.NOT_TODAY
    if not candidate.needs <= terms.problem.shift.skills:
        return SkipReason.MISSING_SKILL
    return None


def _beside(terms: Terms, number: int, beside: _Cost) -> tuple[SkipReason, int]:
    """What the other stops leave no room for."""
    if beside.over_minor > 0:
        return SkipReason.OVER_CASH_LIMIT, beside.over_minor
    if beside.over_m > 0:
        return SkipReason.OVER_DISTANCE, beside.over_m
    if beside.late_s > 0:
        return SkipReason.WINDOW_MISSED, beside.late_s
    if beside.rest_in_the_way:
        return SkipReason.NO_TIME_TO_REST, 0
    if beside.short_s > 0:
        return SkipReason.SHIFT_FULL, beside.short_s
    worth_it = beside.detour_s < terms.worth_s[number]
    return (
        SkipReason.COULD_BE_ADDED if worth_it else SkipReason.NOT_WORTH_THE_WAY,
        beside.detour_s,
    )
