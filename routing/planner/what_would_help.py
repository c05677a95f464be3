"""What would let each skipped case into a round.

Nothing is said that was not tried: with the changes of a remedy applied, the case passes the
planner's exact insertion test between the stops that stand.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil
from uuid import UUID

import numpy as np

from routing.planner.change import Change, ChangeKind, Remedy
from routing.planner.insertion import insertions
from routing.planner.plan import Plan
from routing.planner.problem import ALL_DAY, Candidate, Problem, Window
from routing.planner.skipped import SkipReason
from routing.planner.slack import nodes
from routing.planner.terms import NEVER_S, Terms, terms
from routing.planner.trial import Trial, trial

LADDER_S = tuple(60 * minutes for minutes in (
    5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240
))  # fmt: skip
"""By how much shifts are lengthened: nobody asks for 37 s more, or for half a night."""

QUARTER_S = 900
"""People say times in quarters of an hour."""

MOST_URGENT = 100

BESIDE = frozenset({
    SkipReason.NO_TIME_TO_REST, SkipReason.OVER_CASH_LIMIT, SkipReason.OVER_DISTANCE,
    SkipReason.WINDOW_MISSED, SkipReason.SHIFT_FULL,
})  # fmt: skip
"""Reasons that other stops have a part in: one of them could make room."""


def what_would_help(problem: Problem, plan: Plan) -> dict[UUID, tuple[Remedy, ...]]:
    """For each skipped case the remedies found; none where nothing tried would help.

    The changes of a remedy belong together; of several remedies one is enough.
    """
    its = terms(problem)
    calls = _calls(its, plan)
    swaps = _swaps(its, calls, [s.candidate for s in plan.skipped if s.reason in BESIDE])
    longer = _longer_shifts(
        its, calls, [s.candidate for s in plan.skipped if s.reason is SkipReason.SHIFT_FULL]
    )
    found: dict[UUID, tuple[Remedy, ...]] = {}
    for one in plan.skipped:
        case_id = one.candidate.case_id
        if case_id in longer:
            ways = [longer[case_id]]
        elif one.reason is SkipReason.NOT_WORTH_THE_WAY:
            ways = [_worth_it(problem, one.candidate, one.amount)]
        else:
            ways = _ways(trial(problem, plan, one.candidate))
        if case_id in swaps:
            ways.append((swaps[case_id],))
        found[case_id] = tuple(Remedy(way) for way in dict.fromkeys(ways) if way)
    return found


Way = tuple[Change, ...]


def _calls(its: Terms, plan: Plan) -> list[int]:
    numbers = {c.case_id: number for number, c in enumerate(its.problem.candidates)}
    keys = [point.key for point in its.problem.deposits]
    return [
        numbers[plan.stops[node.visit].candidate.case_id]
        if node.visit is not None
        else its.counters[keys.index(plan.deposits[node.deposit or 0].point.key)]
        for node in nodes(plan)
    ]


def _worth_it(problem: Problem, candidate: Candidate, detour_s: int) -> Way:
    """What makes a case worth a detour; nothing where it is."""
    if candidate.must_visit or detour_s < round(candidate.score * problem.prize_value_s):
        return ()
    urgency = detour_s // problem.prize_value_s + 1
    if urgency > MOST_URGENT:
        return (Change(ChangeKind.ORDER),)
    return (Change(ChangeKind.HIGHER_URGENCY, urgency),)


def _longer_shifts(
    its: Terms, calls: Sequence[int], candidates: Sequence[Candidate]
) -> dict[UUID, Way]:
    """For each case by how much longer a shift alone lets it in; all of them tried at once."""
    problem, tried = its.problem, dict[int, list[int]]()
    numbers = [problem.candidates.index(candidate) for candidate in candidates]

    def detours_s(more_s: int) -> list[int]:
        if more_s not in tried:
            shift = replace(problem.shift, end_s=problem.shift.end_s + more_s)
            later = replace(its, problem=replace(problem, shift=shift))
            tried[more_s] = insertions(later, calls, numbers).cheapest()[0].tolist()
        return tried[more_s]

    found = {}
    for row, candidate in enumerate(candidates):
        at = _first(lambda more_s, row=row: detours_s(more_s)[row] < NEVER_S)  # type: ignore[misc]
        if at is not None:
            worth = _worth_it(problem, candidate, detours_s(at)[row])
            found[candidate.case_id] = (Change(ChangeKind.LONGER_SHIFT, at), *worth)
    return found


def _swaps(its: Terms, calls: Sequence[int], candidates: Sequence[Candidate]) -> dict[UUID, Change]:
    """For each case the stop whose place it could take at the least loss, if there is one."""
    allowed = [c for c in candidates if c.barred is None and c.needs <= its.problem.shift.skills]
    if not allowed:
        return {}
    numbers = [its.problem.candidates.index(candidate) for candidate in allowed]
    worth_s = np.array([its.worth_s[number] for number in numbers])
    before_s = its.net_s(calls)
    least_s, instead = np.full(len(numbers), NEVER_S), np.full(len(numbers), -1)
    for place, number in enumerate(calls):
        if number >= its.count:
            continue
        one = its.problem.candidates[number]
        if one.must_visit or one.pin is not None:
            continue
        others = [*calls[:place], *calls[place + 1 :]]
        detour_s, _ = insertions(its, others, numbers).cheapest()
        loss_s = before_s - its.net_s(others) - worth_s + detour_s
        better = (detour_s < NEVER_S) & (loss_s < least_s)
        least_s, instead = np.where(better, loss_s, least_s), np.where(better, number, instead)
    return {
        candidate.case_id: Change(
            ChangeKind.SWAP,
            round(100 * loss_s / its.problem.prize_value_s),
            instead_of=its.problem.candidates[number].case_id,
        )
        for candidate, loss_s, number in zip(
            allowed, least_s.tolist(), instead.tolist(), strict=True
        )
        if number >= 0
    }


def _first(enough: Callable[[int], bool]) -> int | None:
    """The first step of the ladder that is enough; what is enough stays so further up."""
    if not enough(LADDER_S[-1]):
        return None
    return LADDER_S[bisect_left(LADDER_S, True, key=enough)]


Step = tuple[Change, Trial]
Try = Callable[[Trial], Step | None]


def _ways(tried: Trial) -> list[Way]:
    """Ways to let a case in, each a chain of single steps until it fits."""
    found, (begun, so_far) = [], _stepped(tried, FIRST)
    for steps in (WINDOW_FIRST, SHIFT_FIRST):
        made, state = _stepped(so_far, steps)
        if state.fits:
            worth = _worth_it(state.problem, state.candidate, state.detour_s)
            found.append((*begun, *made, *worth))
    return found


def _stepped(state: Trial, steps: Sequence[Try]) -> tuple[Way, Trial]:
    """What was changed until the case fits, or all steps are made."""
    made = list[Change]()
    for make in steps:
        step = None if state.fits else make(state)
        if step is not None:
            change, state = step
            made.append(change)
    return tuple(made), state


def _lift_ban(tried: Trial) -> Step | None:
    if tried.candidate.barred is None:
        return None
    hours = tried.candidate.contact_hours or (ALL_DAY,)
    return Change(ChangeKind.LIFT_BAN), tried.of(barred=None, contact_hours=hours)


def _skills(tried: Trial) -> Step | None:
    missing = tried.candidate.needs - tried.shift.skills
    if not missing:
        return None
    return Change(ChangeKind.SKILLS, needs=missing), tried.on(skills=tried.shift.skills | missing)


def _cash(tried: Trial) -> Step | None:
    """What makes room for the case's cash; time is left out of it, that is for other steps."""
    limit_minor = tried.shift.cash_limit_minor
    timeless = tried.on(end_s=_late(tried))
    if limit_minor is None or timeless.fits or not timeless.on(cash_limit_minor=None).fits:
        return None
    by_a_counter = tried.with_a_deposit() if tried.problem.deposits else None
    if by_a_counter is not None and by_a_counter.fits:
        more_s = by_a_counter.travel_s + by_a_counter.detour_s - tried.travel_s
        return Change(ChangeKind.DEPOSIT_ON_THE_WAY, max(0, more_s)), by_a_counter
    in_hand_minor = tried.shift.cash_in_hand_minor
    if in_hand_minor and timeless.on(cash_in_hand_minor=0).fits:
        return Change(ChangeKind.HAND_IN_FIRST, in_hand_minor), tried.on(cash_in_hand_minor=0)
    visits = (*tried.visits, tried.candidate)
    most_minor = in_hand_minor + sum(c.expected_cash_minor for c in visits)
    enough = _least(
        limit_minor, most_minor, 1, lambda limit: timeless.on(cash_limit_minor=limit).fits
    )
    return Change(ChangeKind.HIGHER_CASH_LIMIT, enough), tried.on(cash_limit_minor=enough)


def _distance(tried: Trial) -> Step | None:
    most_m = tried.shift.max_distance_m
    timeless = tried.on(end_s=_late(tried))
    if most_m is None or timeless.fits or not timeless.on(max_distance_m=None).fits:
        return None
    high_m = most_m
    while not timeless.on(max_distance_m=high_m).fits:
        high_m *= 2
    enough = _least(most_m, high_m, 1000, lambda m: timeless.on(max_distance_m=m).fits)
    return Change(ChangeKind.MORE_DISTANCE, enough), tried.on(max_distance_m=enough)


def _breaks(tried: Trial) -> Step | None:
    unrested = tried.on(rest_breaks=())
    if not tried.shift.rests_due or tried.on(end_s=_late(tried)).fits or not unrested.fits:
        return None
    return Change(ChangeKind.NO_BREAK), unrested


def _window(tried: Trial) -> Step | None:
    """The window stretched, or another one where there was none, to where the case fits."""
    if ALL_DAY in tried.candidate.windows:
        return None
    begin_s = tried.of(windows=(ALL_DAY,)).begin_s
    if begin_s is None:
        return None
    from_s = to_s = begin_s
    if tried.candidate.windows:
        near = min(tried.candidate.windows, key=lambda w: max(w.from_s - begin_s, begin_s - w.to_s))
        from_s, to_s = min(near.from_s, begin_s), max(near.to_s, begin_s)
    wider = Window(from_s // QUARTER_S * QUARTER_S, ceil(to_s / QUARTER_S) * QUARTER_S)
    return Change(ChangeKind.OTHER_WINDOW, window=wider), tried.of(windows=(wider,))


def _longer_shift(tried: Trial) -> Step | None:
    end_s = tried.shift.end_s
    more_s = _first(lambda more_s: tried.on(end_s=end_s + more_s).fits)
    if more_s is None:
        return None
    return Change(ChangeKind.LONGER_SHIFT, more_s), tried.on(end_s=end_s + more_s)


def _window_of_a_longer_shift(tried: Trial) -> Step | None:
    step = _window(tried.on(end_s=_late(tried)))
    return step and (step[0], step[1].on(end_s=tried.shift.end_s))


FIRST: tuple[Try, ...] = (_lift_ban, _skills, _cash, _distance, _breaks)
LAST: tuple[Try, ...] = (_window_of_a_longer_shift, _longer_shift)
WINDOW_FIRST = (_window, _longer_shift, *LAST)
SHIFT_FIRST = (_longer_shift, _window, *LAST)


def _late(tried: Trial) -> int:
    return tried.shift.end_s + LADDER_S[-1]


def _least(low: int, high: int, step: int, enough: Callable[[int], bool]) -> int:
    """The least of low, low + step, … that is enough; `high` is, and so is what is more."""
    few, many = 0, ceil((high - low) / step)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(low + middle * step) else (middle, many)
    return low + many * step
