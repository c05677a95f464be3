"""Every rule of a round measured on a finished plan, from its own figures and without a solver.

Which rules there are is told by `RULES`; the search is not asked.
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


@dataclass(frozen=True, slots=True)
class Call:
    """A visit or a deposit as the rules about time, cash and distance see it."""

    case_id: UUID | None
    place: int
    service_s: int
    cash_minor: int
    is_deposit: bool
    travel_s: int
    arrival_s: int
    wait_s: int
    begin_s: int
    departure_s: int


def calls(plan: Plan) -> list[Call]:
    """The visits with the deposits between them, in order."""
    found: list[Call] = []
    for nth in range(len(plan.stops) + 1):
        found += [
            Call(
                None, d.point.place, d.point.service_s, 0, True, d.travel_s, d.arrival_s, d.wait_s,
                d.begin_s, d.departure_s,
            )
            for d in plan.deposits
            if d.before == nth
        ]  # fmt: skip
        found += [
            Call(
                v.candidate.case_id, v.candidate.place, v.candidate.service_s,
                v.candidate.expected_cash_minor, False, v.travel_s, v.arrival_s, v.wait_s,
                v.begin_s, v.departure_s,
            )
            for v in plan.stops[nth : nth + 1]
        ]  # fmt: skip
    return found


def audit(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything wrong with `plan`; empty when it keeps all the rules."""
    unknown = [*cases_are_known(problem, plan), *deposits_are_in_order(problem, plan)]
    # The figures of a case nobody knows cannot be checked against anything.
    return unknown or [violation for rule in RULES for violation in rule(problem, plan)]


def cases_are_known(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Stops and skipped cases are candidates of the problem, unchanged."""
    known = {c.case_id: c for c in problem.candidates}
    for candidate in _named(plan):
        if known.get(candidate.case_id) != candidate:
            yield Violation("cases_are_known", "is no candidate of this round", candidate.case_id)


def deposits_are_in_order(_problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Deposits lie before, between or after visits, in order, one at most in each place."""
    gaps = [deposit.before for deposit in plan.deposits]
    if sorted(set(gaps)) != gaps or any(not 0 <= gap <= len(plan.stops) for gap in gaps):
        yield Violation("deposits_are_in_order", f"has deposits at {gaps} of {len(plan.stops)}")


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


def nobody_barred_is_visited(_problem: Problem, plan: Plan) -> Iterator[Violation]:
    """No visit to a case that may not be visited today."""
    for stop in plan.stops:
        if stop.candidate.barred is not None:
            detail = f"is barred: {stop.candidate.barred}"
            yield Violation("nobody_barred_is_visited", detail, stop.candidate.case_id)


def time_passes(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Stops last their service time, ways take the matrix's time, waits are what is left."""
    left_s, place = problem.shift.start_s, problem.shift.start_place
    for call in calls(plan):
        case_id, matrix_s = call.case_id, _travel_s(problem, place, call.place)
        if call.travel_s != matrix_s:
            detail = f"travels {call.travel_s} s where the matrix says {matrix_s} s"
            yield Violation("time_passes", detail, case_id)
        if (way_s := call.arrival_s - left_s) < matrix_s:
            yield Violation("time_passes", f"arrives after {way_s} s of {matrix_s} s", case_id)
        if (lasts_s := call.departure_s - call.begin_s) != call.service_s:
            detail = f"lasts {lasts_s} s, not {call.service_s} s"
            yield Violation("time_passes", detail, case_id)
        rested_s = _rested_s(problem, plan, call.arrival_s, call.begin_s)
        idle_s = call.begin_s - call.arrival_s - rested_s
        if idle_s < 0 or call.wait_s != idle_s:
            yield Violation("time_passes", f"waits {call.wait_s} s, not {idle_s} s", case_id)
        left_s, place = call.departure_s, call.place
    if plan.end_s < left_s + (home_s := _way_home_s(problem, plan)):
        yield Violation("time_passes", f"is at the end before the {home_s} s there are over")


def within_shift(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The round ends in the shift. (That it does not begin before is a matter of `time_passes`.)"""
    if calls(plan) and plan.end_s > problem.shift.end_s:
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
    """No visit brings more cash than may be carried; one that expects none is always allowed."""
    limit_minor, carried_minor = problem.shift.cash_limit_minor, problem.shift.cash_in_hand_minor
    for call in calls(plan):
        carried_minor = 0 if call.is_deposit else carried_minor + call.cash_minor
        if call.cash_minor and limit_minor is not None and carried_minor > limit_minor:
            detail = f"brings {carried_minor - limit_minor} minor units over the limit"
            yield Violation("within_cash_limit", detail, call.case_id)


def deposits_are_whole(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A deposit is at a counter of the problem, in its hours, of all the cash carried by then."""
    carried_minor, deposited = problem.shift.cash_in_hand_minor, iter(plan.deposits)
    for call in calls(plan):
        if not call.is_deposit:
            carried_minor += call.cash_minor
            continue
        deposit = next(deposited)
        if deposit.point not in problem.deposits:
            yield Violation(
                "deposits_are_whole", f"deposits at {deposit.point.name}, not a counter"
            )
        if not any(
            h.from_s <= deposit.begin_s and deposit.departure_s <= h.to_s
            for h in deposit.point.hours
        ):
            detail = f"deposits at {deposit.point.name} at {deposit.begin_s} s, out of its hours"
            yield Violation("deposits_are_whole", detail)
        if deposit.amount_minor != carried_minor:
            detail = f"deposits {deposit.amount_minor} minor units of {carried_minor}"
            yield Violation("deposits_are_whole", detail)
        carried_minor = 0


def within_distance(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The plan's metres are those of its ways, and no more than the round may have."""
    if problem.distance_m is None:
        if plan.distance_m is not None:
            yield Violation("within_distance", f"claims {plan.distance_m} m where none are known")
        return
    metres, place = problem.distance_m, problem.shift.start_place
    total_m = 0
    for call in calls(plan):
        total_m += round(float(metres[place, call.place]))
        place = call.place
    if calls(plan) and problem.shift.end_place is not None:
        total_m += round(float(metres[place, problem.shift.end_place]))
    if plan.distance_m != total_m:
        yield Violation("within_distance", f"claims {plan.distance_m} m, not {total_m} m")
    if problem.shift.max_distance_m is not None and total_m > problem.shift.max_distance_m:
        over_m = total_m - problem.shift.max_distance_m
        yield Violation("within_distance", f"is {over_m} m longer than it may be")


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
    travel_s = sum(call.travel_s for call in calls(plan)) + _way_home_s(problem, plan)
    if plan.travel_s != travel_s:
        yield Violation("travel_is_saved", f"claims {plan.travel_s} s of travel, not {travel_s} s")


RULES = (
    cases_are_placed_once,
    skills_are_there,
    nobody_barred_is_visited,
    time_passes,
    within_shift,
    begins_in_a_window,
    rest_is_taken,
    pins_come_first,
    within_cash_limit,
    deposits_are_whole,
    within_distance,
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
    end_place, made = problem.shift.end_place, calls(plan)
    if end_place is None or not made:
        return 0
    return _travel_s(problem, made[-1].place, end_place)


def _rested_s(problem: Problem, plan: Plan, from_s: int, to_s: int) -> int:
    """How long the breaks are that begin from `from_s` on and before `to_s`."""
    return sum(
        rest.length_s
        for rest, begin_s in zip(problem.shift.rests_due, plan.breaks_begin_s, strict=False)
        if begin_s is not None and from_s <= begin_s < to_s
    )


def _leaves_time_for(rest: RestBreak, begin_s: int, problem: Problem, plan: Plan) -> bool:
    """Whether the break lies between two stops that are far enough apart for way and breaks."""
    made = calls(plan)
    free = [problem.shift.start_s, *(call.departure_s for call in made)]
    busy = [*(call.begin_s for call in made), plan.end_s]
    ways_s = [*(call.travel_s for call in made), _way_home_s(problem, plan)]
    return begin_s >= plan.end_s or any(
        free_s <= begin_s
        and begin_s + rest.length_s <= busy_s
        and busy_s - free_s >= way_s + _rested_s(problem, plan, free_s, busy_s)
        for free_s, busy_s, way_s in zip(free, busy, ways_s, strict=True)
    )
