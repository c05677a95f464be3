"""What would let a skipped case into a round: each answer is tried with the exact insertion test.

A remedy is one or more changes that do it together. Nothing is said that was not tried: with its
changes applied, the case can be inserted between the stops that stand, and all their rules hold.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from uuid import UUID

from routing.planner.insertion import insertions
from routing.planner.problem import ALL_DAY, Candidate, Problem, Shift, Window
from routing.planner.skipped import Skipped, SkipReason
from routing.planner.terms import NEVER_S, Terms, terms
from routing.planner.timetable import timetable

LADDER_S = tuple(60 * minutes for minutes in (
    5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240
))  # fmt: skip
"""By how much shifts are lengthened: nobody asks for 37 s more, or for half a night."""


class ChangeKind(StrEnum):
    """What may be changed. What `Change.amount` counts stands behind each."""

    LONGER_SHIFT = "longer_shift"  # seconds at the end
    OTHER_WINDOW = "other_window"  # nothing; `window` is what it would have to be
    HIGHER_CASH_LIMIT = "higher_cash_limit"  # minor units: the limit that would do
    HAND_IN_FIRST = "hand_in_first"  # minor units in hand, handed in before the round
    DEPOSIT_ON_THE_WAY = "deposit_on_the_way"  # nothing: a deposit point that rounds pass
    SKILLS = "skills"  # nothing; `needs` are those that are missing
    LIFT_BAN = "lift_ban"  # nothing
    NO_BREAK = "no_break"  # nothing: the breaks at other times
    MORE_DISTANCE = "more_distance"  # metres: the distance that would do
    HIGHER_URGENCY = "higher_urgency"  # the urgency from which it is worth the way
    ORDER = "order"  # nothing: a supervisor orders the visit
    SWAP = "swap"  # hundredths of a score point that the round would lose


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `instead_of` is the stop that a swap takes out."""

    kind: ChangeKind
    amount: int = 0
    window: Window | None = None
    needs: frozenset[str] = frozenset()
    instead_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """Changes that let one case in, all of them together."""

    changes: tuple[Change, ...]


def what_would_help(
    problem: Problem, visited: Sequence[UUID], left_out: Sequence[Skipped]
) -> dict[UUID, tuple[Remedy, ...]]:
    """For each skipped case what would let it into the round of `visited` cases, the least first.

    Empty for a case that nothing tried would help: too far, or no street leads there.
    """
    trial = Trial(problem, visited)
    swaps = trial.swaps([one.candidate.case_id for one in left_out if one.reason in BESIDE])
    full = [one.candidate for one in left_out if one.reason is SkipReason.SHIFT_FULL]
    longer = trial.longer_shifts(full)
    found: dict[UUID, tuple[Remedy, ...]] = {}
    for one in left_out:
        case_id = one.candidate.case_id
        if case_id in longer:
            ways = [longer[case_id]]
        elif one.reason is SkipReason.NOT_WORTH_THE_WAY:
            ways = [trial.worth_it(one.candidate, one.amount)]
        else:
            ways = [trial.changes(one.candidate, steps) for steps in (STEPS, SHIFT_FIRST)]
        if case_id in swaps:
            ways.append((swaps[case_id],))
        found[case_id] = tuple(Remedy(way) for way in dict.fromkeys(ways) if way)
    return found


BESIDE = frozenset({
    SkipReason.NO_TIME_TO_REST, SkipReason.OVER_CASH_LIMIT, SkipReason.WINDOW_MISSED,
    SkipReason.SHIFT_FULL,
})  # fmt: skip
"""Reasons that other stops have a part in: one of them could make room."""


class Trial:
    """A round of some visits, to which others are added on trial."""

    def __init__(self, problem: Problem, visited: Sequence[UUID]) -> None:
        self.problem = problem
        self._number = {c.case_id: n for n, c in enumerate(problem.candidates)}
        self._order = [self._number[case_id] for case_id in visited]
        self._terms = terms(problem)

    def fits(self, candidate: Candidate, shift: Shift) -> bool:
        """Whether a case, as it is given, can be inserted into the round on such a shift."""
        return self._cheapest(candidate, shift)[0] < NEVER_S

    def changes(self, candidate: Candidate, steps: Sequence["Try"]) -> tuple[Change, ...]:
        """The changes that let a case in, tried in the order of `steps`; none if hopeless."""
        shift, made = self.problem.shift, []
        for make in steps:
            if self.fits(candidate, shift):
                break
            step = make(self, candidate, shift)
            if step is not None:
                change, candidate, shift = step
                made.append(change)
        detour_s, _, _ = self._cheapest(candidate, shift)
        if detour_s >= NEVER_S:
            return ()
        return (*made, *self.worth_it(candidate, detour_s))

    def worth_it(self, candidate: Candidate, detour_s: int) -> tuple[Change, ...]:
        """What makes a case worth a detour; nothing where it is."""
        prize_value_s = self.problem.prize_value_s
        if candidate.must_visit or detour_s < round(candidate.score * prize_value_s):
            return ()
        urgency = detour_s // prize_value_s + 1
        if urgency > MOST_URGENT:
            return (Change(ChangeKind.ORDER),)
        return (Change(ChangeKind.HIGHER_URGENCY, urgency),)

    def longer_shifts(self, candidates: Sequence[Candidate]) -> dict[UUID, tuple[Change, ...]]:
        """For each case by how much longer a shift alone lets it in; all of them tried at once."""
        numbers = [self._number[candidate.case_id] for candidate in candidates]
        tried: dict[int, list[int]] = {}

        def detours(more_s: int) -> list[int]:
            if more_s not in tried:
                shift = replace(self.problem.shift, end_s=self.problem.shift.end_s + more_s)
                its = replace(self._terms, problem=replace(self.problem, shift=shift))
                tried[more_s] = insertions(its, self._order, numbers).cheapest()[0].tolist()
            return tried[more_s]

        found = {}
        for row, candidate in enumerate(candidates):
            at = bisect_left(
                LADDER_S,
                True,
                key=lambda more_s: detours(more_s)[row] < NEVER_S,
            )
            if at < len(LADDER_S):
                more_s = LADDER_S[at]
                rest = self.worth_it(candidate, detours(more_s)[row])
                found[candidate.case_id] = (Change(ChangeKind.LONGER_SHIFT, more_s), *rest)
        return found

    def swaps(self, case_ids: Sequence[UUID]) -> dict[UUID, Change]:
        """For each case the stop whose place it could take at the least loss, if there is one."""
        numbers = [self._number[case_id] for case_id in case_ids]
        if not numbers:
            return {}
        before_s = self._terms.net_s(self._order)
        best: dict[UUID, tuple[int, UUID]] = {}
        for place, taken in enumerate(self._order):
            its = self.problem.candidates[taken]
            if its.must_visit or its.pin is not None:
                continue
            order = self._order[:place] + self._order[place + 1 :]
            without_s = self._terms.net_s(order)
            detours_s, _ = insertions(self._terms, order, numbers).cheapest()
            for case_id, number, detour_s in zip(
                case_ids, numbers, detours_s.tolist(), strict=True
            ):
                if detour_s < NEVER_S and self._allowed(number):
                    loss_s = before_s - without_s - self._terms.worth_s[number] + detour_s
                    if case_id not in best or loss_s < best[case_id][0]:
                        best[case_id] = loss_s, its.case_id
        return {
            case_id: Change(
                ChangeKind.SWAP, round(100 * loss_s / self.problem.prize_value_s),
                instead_of=instead_of,
            )
            for case_id, (loss_s, instead_of) in best.items()
        }  # fmt: skip

    def begin_s(self, candidate: Candidate, shift: Shift) -> int | None:
        """When the visit would begin where it is inserted at the least detour; None if nowhere."""
        detour_s, place, its = self._cheapest(candidate, shift)
        if detour_s >= NEVER_S:
            return None
        order = list(range(len(self._order)))
        order.insert(place, len(order))
        times = timetable(its, order)
        return times.begins_s[place] if times else None

    def _allowed(self, number: int) -> bool:
        its = self.problem.candidates[number]
        return its.barred is None and its.needs <= self.problem.shift.skills

    def _cheapest(self, candidate: Candidate, shift: Shift) -> tuple[int, int, Terms]:
        """The least detour (`NEVER_S` for none), its position, and the terms it was found in."""
        visits = [self.problem.candidates[number] for number in self._order]
        its = terms(replace(
            self.problem, shift=shift, candidates=(*visits, candidate), former=()
        ))  # fmt: skip
        if candidate.barred is not None or not candidate.needs <= shift.skills:
            return NEVER_S, 0, its
        detours_s, places = insertions(its, range(len(visits)), [len(visits)]).cheapest()
        return int(detours_s[0]), int(places[0]), its


MOST_URGENT = 100

Step = tuple[Change, Candidate, Shift]


def _lift_ban(_trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    if candidate.barred is None:
        return None
    freed = replace(candidate, barred=None)
    if not freed.contact_hours:
        freed = replace(freed, contact_hours=(ALL_DAY,))
    return Change(ChangeKind.LIFT_BAN), freed, shift


def _skills(_trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    missing = candidate.needs - shift.skills
    if not missing:
        return None
    skilled = replace(shift, skills=shift.skills | missing)
    return Change(ChangeKind.SKILLS, needs=missing), candidate, skilled


def _cash(trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    limit_minor = shift.cash_limit_minor
    if limit_minor is None or not candidate.expected_cash_minor:
        return None
    # Is it the cash that keeps the case out, beside whatever else does?
    free = replace(candidate, expected_cash_minor=0)
    if not trial.fits(free, shift) and trial.fits(candidate, replace(shift, end_s=_far(shift))):
        return None
    if shift.cash_in_hand_minor:
        emptied = replace(shift, cash_in_hand_minor=0)
        if trial.fits(candidate, emptied):
            change = Change(ChangeKind.HAND_IN_FIRST, shift.cash_in_hand_minor)
            return change, candidate, emptied
    visits = sum(c.expected_cash_minor for c in trial.problem.candidates)
    most_minor = shift.cash_in_hand_minor + visits
    enough = _least(
        limit_minor, max(most_minor, limit_minor), 1,
        lambda limit: trial.fits(
            candidate, replace(shift, cash_limit_minor=limit, end_s=_far(shift))
        ),
    )  # fmt: skip
    if enough is None or enough == limit_minor:
        return None
    raised = replace(shift, cash_limit_minor=enough)
    return Change(ChangeKind.HIGHER_CASH_LIMIT, enough), candidate, raised


def _window(trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    if candidate.windows == (ALL_DAY,):
        return None
    free = replace(candidate, windows=(ALL_DAY,))
    begin_s = trial.begin_s(free, shift)
    if begin_s is None:
        return None
    near = min(
        candidate.windows, key=lambda w: max(w.from_s - begin_s, begin_s - w.to_s), default=None
    )
    wider = Window(begin_s, begin_s)
    if near is not None and near.from_s <= near.to_s:
        wider = Window(min(near.from_s, begin_s), max(near.to_s, begin_s))
    # People say times in quarters of an hour; the window only ever grows by it.
    wider = Window(wider.from_s // QUARTER_S * QUARTER_S, -(-wider.to_s // QUARTER_S) * QUARTER_S)
    return (
        Change(ChangeKind.OTHER_WINDOW, window=wider),
        replace(candidate, windows=(wider,)),
        shift,
    )


QUARTER_S = 900


def _breaks(trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    unrested = replace(shift, rest_breaks=())
    if not shift.rests_due or not trial.fits(candidate, unrested):
        return None
    if trial.fits(candidate, replace(shift, end_s=_far(shift))):
        return None
    return Change(ChangeKind.NO_BREAK), candidate, unrested


def _distance(trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    if shift.max_distance_m is None:
        return None
    endless = replace(shift, max_distance_m=None, end_s=_far(shift))
    if not trial.fits(candidate, endless) or trial.fits(
        candidate, replace(shift, end_s=_far(shift))
    ):
        return None
    enough = _least(
        shift.max_distance_m, 2 * shift.max_distance_m + 100_000, 1000,
        lambda metres: trial.fits(
            candidate, replace(shift, max_distance_m=metres, end_s=_far(shift))
        ),
    )  # fmt: skip
    if enough is None:
        return None
    raised = replace(shift, max_distance_m=enough)
    return Change(ChangeKind.MORE_DISTANCE, enough), candidate, raised


def _longer_shift(trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    def longer(more_s: int) -> Shift:
        return replace(shift, end_s=shift.end_s + more_s)

    at = bisect_left(LADDER_S, True, key=lambda more_s: trial.fits(candidate, longer(more_s)))
    if at == len(LADDER_S):
        return None
    return Change(ChangeKind.LONGER_SHIFT, LADDER_S[at]), candidate, longer(LADDER_S[at])


def _window_of_a_longer_shift(trial: Trial, candidate: Candidate, shift: Shift) -> Step | None:
    step = _window(trial, candidate, replace(shift, end_s=_far(shift)))
    return step and (step[0], step[1], shift)


Try = Callable[[Trial, Candidate, Shift], Step | None]

FIRST: tuple[Try, ...] = (_lift_ban, _skills, _cash, _breaks, _distance)
STEPS = (*FIRST, _window, _longer_shift, _window_of_a_longer_shift, _longer_shift)
SHIFT_FIRST = (*FIRST, _longer_shift, _window, _window_of_a_longer_shift, _longer_shift)
"""In the order in which they are tried; a step is taken only where it helps, or clears the way."""


def _far(shift: Shift) -> int:
    return shift.end_s + LADDER_S[-1]


def _least(low: int, high: int, step: int, enough: Callable[[int], bool]) -> int | None:
    """The least of low, low + step, … that is enough, up to about `high`; None if none is.

    What is enough stays so when there is more of it.
    """
    if not enough(high):
        return None
    few, many = -1, ceil((high - low) / step)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if enough(low + middle * step) else (middle, many)
    return low + many * step
