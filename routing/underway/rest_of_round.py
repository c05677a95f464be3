"""The rest of a round as a problem: what stands is kept to, and the way that is ridden is ended."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from routing.planner.audit import Violation
from routing.planner.problem import UNREACHABLE_S, Candidate, Problem
from routing.rounds.facts import AgentDay
from routing.underway.ride import Ride

DISTURBANCE_S = 300
"""What a disturbed stop costs: the agent reads the list again, a customer may have been told."""

PREFERENCES = frozenset({"pins_come_first", "must_visits_are_kept"})
"""Rules that a replan may have to give up: the day has run away from them."""


def day_left(day: AgentDay, ride: Ride | None) -> AgentDay:
    """The day from when the agent can go on: after the visit under way, or when said to be late."""
    if ride is None:
        return day
    ready_s = max(day.begins_at.timestamp(), ride.ready_s or 0.0, _visiting_until(ride))
    ready_at = datetime.fromtimestamp(min(ready_s, day.ends_at.timestamp()), UTC)
    return replace(day, begins_at=ready_at)


def _visiting_until(ride: Ride) -> float:
    return max(((s.here_s or 0.0) + s.service_s for s in ride.stops if s.is_here), default=0.0)


def rest_of_ride(
    problem: Problem, ride: Ride | None, must: Collection[UUID], now: datetime
) -> Problem:
    """`rest_of_round` for a round in force, if any. Who has set out ends the way begun first."""
    stops = [s for s in ride.stops if s.case_id] if ride else []
    to_come = [s.case_id for s in stops if not s.is_here and s.case_id]
    riding = stops[0] if stops and not stops[0].is_here and ride else None
    has_set_out = ride is not None and now.timestamp() >= ride.begins_s
    riding_to = riding.case_id if riding and has_set_out and not riding.is_gone else None
    return rest_of_round(problem, to_come, riding_to, must)


def rest_of_round(
    problem: Problem, former: Sequence[UUID], riding_to: UUID | None, must: Collection[UUID]
) -> Problem:
    """`problem` with the round that stands: `former`, the cases still to visit, in order.

    `riding_to` stays the next stop if it can be reached in its hours; `must` are visited whatever
    they are worth. Cases that are no candidates are left out.
    """
    known = {candidate.case_id: candidate for candidate in problem.candidates}
    pinned = riding_to if riding_to in known and _in_time(problem, known[riding_to]) else None
    return replace(
        problem,
        candidates=tuple(
            replace(
                candidate,
                pin=0 if candidate.case_id == pinned else candidate.pin,
                must_visit=candidate.must_visit or candidate.case_id in must,
            )
            for candidate in problem.candidates
        ),
        former=tuple(case_id for case_id in former if case_id in known),
        disturbance_s=DISTURBANCE_S,
    )


def _in_time(problem: Problem, candidate: Candidate) -> bool:
    windows = candidate.begin_windows()
    if not windows or candidate.barred or not candidate.needs <= problem.shift.skills:
        return False
    travel_s = int(problem.travel_s[problem.shift.start_place, candidate.place])
    arrive_s = problem.shift.start_s + travel_s
    begin_s = next((max(arrive_s, w.from_s) for w in windows if arrive_s <= w.to_s), None)
    if travel_s == UNREACHABLE_S or begin_s is None:
        return False
    home_s = 0
    if problem.shift.end_place is not None:
        home_s = int(problem.travel_s[candidate.place, problem.shift.end_place])
    return begin_s + candidate.service_s + home_s <= problem.shift.end_s


def given_up(problem: Problem, broken: Sequence[Violation]) -> Problem | None:
    """`problem` without the pins and musts that a plan could not keep; None when it broke more."""
    if not broken or any(violation.rule not in PREFERENCES for violation in broken):
        return None
    cases = {violation.case_id for violation in broken}
    candidates = tuple(
        replace(c, pin=None, must_visit=False) if c.case_id in cases else c
        for c in problem.candidates
    )
    return replace(problem, candidates=candidates)


def travel_in_order_s(problem: Problem, cases: Sequence[UUID]) -> int:
    """The travel of visiting these cases in order, from the start to the end of the round."""
    place_of = {candidate.case_id: candidate.place for candidate in problem.candidates}
    places = [problem.shift.start_place, *(place_of[case] for case in cases if case in place_of)]
    if problem.shift.end_place is not None and len(places) > 1:
        places.append(problem.shift.end_place)
    return sum(int(problem.travel_s[a, b]) for a, b in pairwise(places))
