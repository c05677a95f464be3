"""Every rule of a round measured on a finished plan, from its own figures and without a solver.

The rules of `routing.planner.constraints` have their twins here under the same names; the first
ones below are settled before a model is built.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from routing.planner.plan import Plan
from routing.planner.problem import Candidate, Problem, RestBreak


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks: the rule's function name, what is wrong, and at which case."""

    rule: str
    detail: str
    case_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {f'case {self.case_id}' if self.case_id else 'round'} {self.detail}"


def audit(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything wrong with `plan`; empty when it keeps all the rules."""
    unknown = list(cases_are_known(problem, plan))
    # The figures of a case nobody knows cannot be checked against anything.
    return unknown or [violation for rule in RULES for violation in rule(problem, plan)]


def cases_are_known(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Stops and skipped cases are candidates of the problem, unchanged."""
    known = {c.case_id: c for c in problem.candidates}
    for candidate in _named(plan):
        if known.get(candidate.case_id) != candidate:
            yield Violation("cases_are_known", "is no candidate of this round", candidate.case_id)


def cases_are_placed_once(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Each candidate is either one stop or skipped once."""
    times = Counter(candidate.case_id for candidate in _named(plan))
    for candidate in problem.candidates:
        if (count := times[candidate.case_id]) != 1:
            yield Violation(
                "cases_are_placed_once", f"is in the plan {count} times", candidate.case_id
            )


def skills_are_there(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The agent has every skill that a visited case needs."""
    for stop in plan.stops:
        if missing := stop.candidate.needs - problem.shift.skills:
            detail = f"needs {', '.join(sorted(missing))}"
            yield Violation("skills_are_there", detail, stop.candidate.case_id)


def time_passes(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Visits last their service time, ways take the matrix's time, waits are what is left."""
    left_s, place = problem.shift.start_s, problem.shift.start_place
    for stop in plan.stops:
        case_id, matrix_s = stop.candidate.case_id, _travel_s(problem, place, stop.candidate.place)
        if stop.travel_s != matrix_s:
            detail = f"travels {stop.travel_s} s where the matrix says {matrix_s} s"
            yield Violation("time_passes", detail, case_id)
        if (way_s := stop.arrival_s - left_s) < matrix_s:
            yield Violation("time_passes", f"arrives after {way_s} s of {matrix_s} s", case_id)
        if (visit_s := stop.departure_s - stop.begin_s) != stop.candidate.service_s:
            detail = f"lasts {visit_s} s, not {stop.candidate.service_s} s"
            yield Violation("time_passes", detail, case_id)
        rested_s = _rested_s(problem, plan, stop.arrival_s, stop.begin_s)
        idle_s = stop.begin_s - stop.arrival_s - rested_s
        if idle_s < 0 or stop.wait_s != idle_s:
            yield Violation("time_passes", f"waits {stop.wait_s} s, not {idle_s} s", case_id)
        left_s, place = stop.departure_s, stop.candidate.place
    if plan.end_s < left_s + (home_s := _way_home_s(problem, plan)):
        yield Violation("time_passes", f"is at the end before the {home_s} s there are over")


def within_shift(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The round ends in the shift. (That it does not begin before is a matter of `time_passes`.)"""
    if plan.stops and plan.end_s > problem.shift.end_s:
        yield Violation(
            "within_shift", f"ends {plan.end_s - problem.shift.end_s} s after the shift"
        )


def begins_in_a_window(_problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A visit begins in one of its windows and lies wholly inside contact hours."""
    for stop in plan.stops:
        candidate, begin_s, end_s = stop.candidate, stop.begin_s, stop.departure_s
        if not any(w.from_s <= begin_s <= w.to_s for w in candidate.windows):
            detail = f"begins at {begin_s} s, in none of its windows"
            yield Violation("begins_in_a_window", detail, candidate.case_id)
        if not any(h.from_s <= begin_s and end_s <= h.to_s for h in candidate.contact_hours):
            detail = f"is from {begin_s} s to {end_s} s, not within contact hours"
            yield Violation("begins_in_a_window", detail, candidate.case_id)


def rest_is_taken(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Each break begins in its hours, and the round leaves the time for it where it stands."""
    rests = problem.shift.rests_due
    if len(plan.breaks_begin_s) != len(rests):
        yield Violation("rest_is_taken", f"has {len(plan.breaks_begin_s)} of {len(rests)} breaks")
        return
    for rest, begin_s in zip(rests, plan.breaks_begin_s, strict=True):
        if begin_s is None:
            if plan.stops and plan.end_s > rest.latest_s:
                yield Violation("rest_is_taken", "has no break although one is due")
            continue
        if not rest.earliest_s <= begin_s <= rest.latest_s:
            yield Violation("rest_is_taken", f"rests at {begin_s} s, outside the hours for it")
        if not _leaves_time_for(rest, begin_s, problem, plan):
            yield Violation(
                "rest_is_taken", f"leaves no {rest.length_s} s for the break at {begin_s} s"
            )


def pins_come_first(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Pinned cases open the round in the order of their pins."""
    pinned = [c for c in problem.candidates if c.pin is not None]
    wanted = [c.case_id for c in sorted(pinned, key=lambda c: (c.pin, problem.candidates.index(c)))]
    found = [stop.candidate.case_id for stop in plan.stops[: len(wanted)]]
    for place, case_id in enumerate(wanted, start=1):
        if found[place - 1 : place] != [case_id]:
            yield Violation("pins_come_first", f"is not stop {place}, where it is pinned", case_id)


def within_cash_limit(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The cash expected on the round stays within what the agent may still carry."""
    headroom_minor = problem.shift.cash_headroom_minor
    expected_minor = sum(stop.candidate.expected_cash_minor for stop in plan.stops)
    if headroom_minor is not None and expected_minor > headroom_minor:
        over_minor = expected_minor - headroom_minor
        yield Violation("within_cash_limit", f"expects {over_minor} minor units over the limit")


def must_visits_are_kept(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every must-visit is a stop."""
    visited = {stop.candidate.case_id for stop in plan.stops}
    for candidate in problem.candidates:
        if candidate.must_visit and candidate.case_id not in visited:
            yield Violation("must_visits_are_kept", "is left out", candidate.case_id)


def urgency_is_collected(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The score is that of the stops, the net value that less what the travel costs."""
    score = sum(stop.candidate.score for stop in plan.stops)
    net_value = score - plan.travel_s / problem.prize_value_s
    if abs(plan.score - score) > 1e-6 or abs(plan.net_value - net_value) > 1e-6:
        detail = f"claims {plan.score} and {plan.net_value}, not {score} and {net_value}"
        yield Violation("urgency_is_collected", detail)


def travel_is_saved(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The travel is that of all the ways, the last one included."""
    travel_s = sum(stop.travel_s for stop in plan.stops) + _way_home_s(problem, plan)
    if plan.travel_s != travel_s:
        yield Violation("travel_is_saved", f"claims {plan.travel_s} s of travel, not {travel_s} s")


RULES = (
    cases_are_placed_once,
    skills_are_there,
    time_passes,
    within_shift,
    begins_in_a_window,
    rest_is_taken,
    pins_come_first,
    within_cash_limit,
    must_visits_are_kept,
    urgency_is_collected,
    travel_is_saved,
)


def _named(plan: Plan) -> Iterator[Candidate]:
    yield from (stop.candidate for stop in plan.stops)
    yield from (skipped.candidate for skipped in plan.skipped)


def _travel_s(problem: Problem, from_place: int, to_place: int) -> int:
    return int(problem.travel_s[from_place, to_place])


def _way_home_s(problem: Problem, plan: Plan) -> int:
    end_place = problem.shift.end_place
    if end_place is None or not plan.stops:
        return 0
    return _travel_s(problem, plan.stops[-1].candidate.place, end_place)


def _rested_s(problem: Problem, plan: Plan, from_s: int, to_s: int) -> int:
    """How long the breaks are that begin from `from_s` on and before `to_s`."""
    return sum(
        rest.length_s
        for rest, begin_s in zip(problem.shift.rests_due, plan.breaks_begin_s, strict=False)
        if begin_s is not None and from_s <= begin_s < to_s
    )


def _leaves_time_for(rest: RestBreak, begin_s: int, problem: Problem, plan: Plan) -> bool:
    """Whether the break lies between two visits that are far enough apart for way and breaks."""
    free = [problem.shift.start_s, *(stop.departure_s for stop in plan.stops)]
    busy = [*(stop.begin_s for stop in plan.stops), plan.end_s]
    ways_s = [*(stop.travel_s for stop in plan.stops), _way_home_s(problem, plan)]
    return begin_s >= plan.end_s or any(
        free_s <= begin_s
        and begin_s + rest.length_s <= busy_s
        and busy_s - free_s >= way_s + _rested_s(problem, plan, free_s, busy_s)
        for free_s, busy_s, way_s in zip(free, busy, ways_s, strict=True)
    )
