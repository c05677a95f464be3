"""A round in words for the people who live with it: why each stop, why not each other case, and
what would change that."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import ceil
from uuid import UUID

from core.money import Money
from core.said import say, say_many
from routing.planner.change import Change, ChangeKind, Remedy
from routing.planner.plan import Plan, PlannedDeposit, PlannedStop
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
    words = {
        SkipReason.BARRED: candidate.barred or say("may not be visited"),
        SkipReason.NOT_TODAY: say("may not be visited today"),
        SkipReason.MISSING_SKILL: say("needs {missing}", missing=needs_in_words(missing)),
        SkipReason.UNREACHABLE: say("unreachable by street"),
        SkipReason.OUT_OF_SHIFT: (
            say(
                "cannot be reached at {windows} even as the only visit: {minutes} too late",
                windows=windows,
                minutes=minutes,
            )
        ),
        SkipReason.NO_TIME_TO_REST: say("would leave no time for the break"),
        SkipReason.OVER_CASH_LIMIT: say(
            "over the cash limit by {amount}", amount=Money(skipped.amount, currency)
        ),
        SkipReason.OVER_DISTANCE: (
            say(
                "would make the round {amount:.1f} km longer than it may be",
                amount=skipped.amount / 1000,
            )
        ),
        SkipReason.WINDOW_MISSED: (
            say(
                "its window {windows} can't be reached beside the other stops: {minutes} too late",
                windows=windows,
                minutes=minutes,
            )
        ),
        SkipReason.SHIFT_FULL: say("shift full: would need {minutes} more", minutes=minutes),
        SkipReason.NOT_WORTH_THE_WAY: (
            say(
                "not worth the way: {minutes} of travel for urgency {score:.0f}",
                minutes=minutes,
                score=candidate.score,
            )
        ),
        SkipReason.COULD_BE_ADDED: say("could be added for {minutes} of travel", minutes=minutes),
    }
    return words[skipped.reason]


def why_deposit(deposit: PlannedDeposit, currency: str) -> str:
    """Why the round goes by a counter."""
    amount = Money(deposit.amount_minor, currency)
    words: list[str] = [
        say(
            "hands in {amount}, which the next visits would take over the cash limit", amount=amount
        )
    ]
    if deposit.wait_s:
        words.append(say("{wait_s} to wait", wait_s=_minutes(deposit.wait_s)))
    return "; ".join(
        [*words, say("{travel_s} from the last stop", travel_s=_minutes(deposit.travel_s))]
    )


def would_help(
    remedies: Sequence[Remedy],
    stops: Mapping[UUID, str],
    currency: str,
    clock: Clock = hours_and_minutes,
) -> str:
    """What would let a skipped case in, the ways joined by "or"; empty where nothing would.

    `stops` is what the round's stops are called, by case.
    """
    ways = [
        reduce(
            lambda one, other: say("{one} and {other}", one=one, other=other),
            (_change(change, stops, currency, clock) for change in remedy.changes),
        )
        for remedy in remedies
    ]
    if not ways:
        return ""
    return reduce(lambda one, other: say("{one}, or {other}", one=one, other=other), ways)


def needs_in_words(needs: frozenset[str]) -> str:
    """Skills and languages as people say them."""
    words = (
        say("an agent who speaks {language}", language=need.removeprefix(LANGUAGE))
        if need.startswith(LANGUAGE)
        else need
        for need in sorted(needs)
    )
    return ", ".join(words)


LANGUAGE = "language:"
"""What a need begins with that is a language, not a skill."""


def _change(change: Change, stops: Mapping[UUID, str], currency: str, clock: Clock) -> str:
    window = f"{clock(change.window.from_s)}–{clock(change.window.to_s)}" if change.window else ""
    points = f"{abs(change.amount) / 100:.0f}"
    stop = stops.get(change.instead_of, say("another stop")) if change.instead_of else ""
    money = Money(change.amount, currency)
    words = {
        ChangeKind.LONGER_SHIFT: say("{amount} more shift", amount=_minutes(change.amount)),
        ChangeKind.OTHER_WINDOW: say("a window of {window}", window=window),
        ChangeKind.HIGHER_CASH_LIMIT: say("a cash limit of {money}", money=money),
        ChangeKind.HAND_IN_FIRST: say("handing in the {money} in hand first", money=money),
        ChangeKind.DEPOSIT_ON_THE_WAY: (
            say("a deposit on the way, in all {amount} more travel", amount=_minutes(change.amount))
        ),
        ChangeKind.SKILLS: needs_in_words(change.needs),
        ChangeKind.LIFT_BAN: say("the ban lifted"),
        ChangeKind.NO_BREAK: say("the break at another time"),
        ChangeKind.MORE_DISTANCE: say(
            "{amount} km as the longest distance", amount=ceil(change.amount / 1000)
        ),
        ChangeKind.HIGHER_URGENCY: say("an urgency of {amount}", amount=change.amount),
        ChangeKind.ORDER: say("an order to visit it"),
        ChangeKind.SWAP: (
            say(
                "a swap with {stop}, with which the round is worth {points} {how}",
                stop=stop,
                points=points,
                how=say("less") if change.amount >= 0 else say("more"),
            )
        ),
    }
    return words[change.kind]


def _urgency(candidate: Candidate) -> list[str]:
    words: list[str] = []
    if candidate.pin is not None:
        words.append(say("pinned here"))
    if candidate.must_visit:
        words.append(say("must be visited"))
    if candidate.promise_due:
        words.append(say("promise due today"))
    if candidate.dpd:
        words.append(say_many("{count} day past due", "{count} days past due", candidate.dpd))
    words.append(say("urgency {score:.0f}", score=candidate.score))
    return words


def _timing(problem: Problem, stop: PlannedStop, clock: Clock) -> list[str]:
    shift, candidate = problem.shift, stop.candidate
    window = next(w for w in candidate.begin_windows() if w.from_s <= stop.begin_s <= w.to_s)
    opens = window.from_s > shift.start_s
    closes = window.to_s + candidate.service_s < shift.end_s
    words: list[str] = []
    if opens and closes:
        words.append(
            say(
                "must begin between {from_s} and {to_s}",
                from_s=clock(window.from_s),
                to_s=clock(window.to_s),
            )
        )
    elif opens:
        words.append(say("not before {from_s}", from_s=clock(window.from_s)))
    elif closes:
        words.append(say("must begin before {to_s}", to_s=clock(window.to_s)))
    if stop.wait_s:
        words.append(say("{wait_s} to wait", wait_s=_minutes(stop.wait_s)))
    return words


def _way(stop: PlannedStop, nth: int) -> str:
    return say(
        "{travel_s} from the {how}",
        travel_s=_minutes(stop.travel_s),
        how=say("last stop") if nth else say("start"),
    )


def _minutes(seconds: int) -> str:
    return say("{count} min", count=ceil(seconds / 60))
