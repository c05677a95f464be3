"""A round in words for the people who live with it: why each stop, why not each other case."""

from collections.abc import Callable
from math import ceil

from core.money import Money
from routing.planner.plan import Plan, PlannedStop
from routing.planner.problem import Candidate, Problem
from routing.planner.skipped import Skipped, SkipReason

Clock = Callable[[int], str]


def hours_and_minutes(seconds: int) -> str:
    """``34200`` is ``09:30``; right on every day that does not change its clocks."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def why(problem: Problem, plan: Plan, clock: Clock = hours_and_minutes) -> tuple[str, ...]:
    """One line per stop, in order: what makes it urgent, what fixes its time, how far it is."""
    return tuple(
        "; ".join([*_urgency(stop.candidate), *_timing(problem, stop, clock), _way(stop, nth)])
        for nth, stop in enumerate(plan.stops)
    )


def why_not(
    problem: Problem, skipped: Skipped, currency: str, clock: Clock = hours_and_minutes
) -> str:
    """One line for a case that is left out, with the figure that decided."""
    candidate = skipped.candidate
    missing = candidate.needs - problem.shift.skills
    windows = " or ".join(f"{clock(w.from_s)}–{clock(w.to_s)}" for w in candidate.begin_windows())
    minutes = _minutes(skipped.amount)
    return {
        SkipReason.BARRED: candidate.barred or "may not be visited",
        SkipReason.NOT_TODAY: "may not be visited today",
        SkipReason.MISSING_SKILL: f"needs {', '.join(sorted(missing))}",
        SkipReason.UNREACHABLE: "unreachable by street",
        SkipReason.OUT_OF_SHIFT: (
            f"cannot be reached at {windows} even as the only visit: {minutes} too late"
        ),
        SkipReason.NO_TIME_TO_REST: "would leave no time for the break",
        SkipReason.OVER_CASH_LIMIT: f"over the cash limit by {Money(skipped.amount, currency)}",
        SkipReason.OVER_DISTANCE: (
            f"would make the round {skipped.amount / 1000:.1f} km longer than it may be"
        ),
        SkipReason.WINDOW_MISSED: (
            f"its window {windows} can't be reached beside the other stops: {minutes} too late"
        ),
        SkipReason.SHIFT_FULL: f"shift full: would need {minutes} more",
        SkipReason.NOT_WORTH_THE_WAY: (
            f"not worth the way: {minutes} of travel for urgency {candidate.score:.0f}"
        ),
        SkipReason.COULD_BE_ADDED: f"could be added for {minutes} of travel",
    }[skipped.reason]


def _urgency(candidate: Candidate) -> list[str]:
    words = []
    if candidate.pin is not None:
        words.append("pinned here")
    if candidate.must_visit:
        words.append("must be visited")
    if candidate.promise_due:
        words.append("promise due today")
    if candidate.dpd:
        words.append(f"{candidate.dpd} {'day' if candidate.dpd == 1 else 'days'} past due")
    words.append(f"urgency {candidate.score:.0f}")
    return words


def _timing(problem: Problem, stop: PlannedStop, clock: Clock) -> list[str]:
    shift, candidate = problem.shift, stop.candidate
    window = next(w for w in candidate.begin_windows() if w.from_s <= stop.begin_s <= w.to_s)
    opens = window.from_s > shift.start_s
    closes = window.to_s + candidate.service_s < shift.end_s
    words = []
    if opens and closes:
        words.append(f"must begin between {clock(window.from_s)} and {clock(window.to_s)}")
    elif opens:
        words.append(f"not before {clock(window.from_s)}")
    elif closes:
        words.append(f"must begin before {clock(window.to_s)}")
    if stop.wait_s:
        words.append(f"{_minutes(stop.wait_s)} to wait")
    return words


def _way(stop: PlannedStop, nth: int) -> str:
    return f"{_minutes(stop.travel_s)} from the {'last stop' if nth else 'start'}"


def _minutes(seconds: int) -> str:
    return f"{ceil(seconds / 60)} min"
