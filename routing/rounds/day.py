"""An agent's day put as a problem for the planner: from facts in UTC to seconds of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.money import Money
from identity.language import language_code
from routing.deposit_points.deposit_point import DepositPoint as OurDepositPoint
from routing.planner.explain import LANGUAGE
from routing.planner.problem import Candidate, DepositPoint, Problem, RestBreak, Shift, Window
from routing.rounds.expected_cash import expected_cash_minor
from routing.rounds.facts import AgentDay, CaseToVisit
from routing.rounds.places import Places, obstacles, places
from routing.rounds.windows import Asked, asked
from routing.travel.city import City

MOST_CANDIDATES = 400
"""How many cases a round is chosen from; the less urgent ones beyond wait for another day."""

FIRST_CASE = 2
"""The place of the first case: 0 is the start and 1 the end of the round."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A case that cannot be planned, with a name for the reason and its words."""

    case: CaseToVisit
    code: str
    words: str
    change: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A problem, with where its places meet the streets.

    Place 0 is the start, 1 the finish, then come the candidates in order, then the deposit points.
    `notes` says in words what stands in the way of any good round.
    """

    problem: Problem
    places: Places
    candidates: tuple[CaseToVisit, ...]
    asked: tuple[Asked, ...]
    unplaced: tuple[Unplaced, ...]
    notes: tuple[str, ...]


def prepare(
    day: AgentDay, city: City, former: Sequence[UUID] = (), disturbance_s: int = 0
) -> Prepared:
    """The planner's problem for an agent's day.

    `former` are the cases of the round that stands, in order; leaving one out or moving it costs
    `disturbance_s` of travel.
    """
    considered, unplaced = _considered(day)
    counters = day.deposit_points
    found, obstacles_ = obstacles(
        city,
        day.profile,
        [*(c.position for c in considered if c.position), *(p.position for p in counters)],
        [*(case.line for case in considered), *("" for _ in counters)],
    )
    unplaced += [
        Unplaced(case, why.obstacle, why.text, "a corrected address, or a pin at the door")
        for case, why in zip(considered, obstacles_, strict=False)
        if why
    ]
    kept = [row for row, why in enumerate(obstacles_) if why is None]
    cases = tuple(considered[row] for row in kept if row < len(considered))
    reachable = tuple(counters[row - len(considered)] for row in kept if row >= len(considered))
    start = day.start or day.home
    at = places(city, day.profile, [start, day.finish or start], found.at(kept))
    travel_s, distance_m = at.travel_s(), at.distance_m()
    if day.start is None:
        # Who begins at the first visit is there at once.
        travel_s[0, :] = 0
        distance_m[0, :] = 0
    wishes = tuple(asked(day, case) for case in cases)
    problem = Problem(
        shift=shift_of(day),
        candidates=candidates_of(day, cases, wishes, at),
        travel_s=travel_s,
        deposits=counters_of(day, reachable, FIRST_CASE + len(cases)),
        distance_m=distance_m,
        former=tuple(former),
        disturbance_s=disturbance_s,
    )
    return Prepared(problem, at, cases, wishes, tuple(unplaced), _notes(day, cases, reachable))


def counters_of(
    day: AgentDay, points: Sequence[OurDepositPoint], first_place: int
) -> tuple[DepositPoint, ...]:
    """The points as the planner knows them, in places from `first_place` on; none without a limit
    on cash."""
    if day.cash_limit_minor is None:
        return ()
    return tuple(
        DepositPoint(
            name=point.name,
            place=place,
            hours=tuple(
                Window(day.clock_s(hours.from_time), day.clock_s(hours.to_time))
                for hours in point.open_on(day.day.weekday())
            ),
            service_s=point.service_s,
            key=point.id,
        )
        for place, point in enumerate(points, first_place)
    )


def _considered(day: AgentDay) -> tuple[list[CaseToVisit], list[Unplaced]]:
    """The cases on the map whose stage lets them be visited, at most `MOST_CANDIDATES`: ordered
    ones, then the most urgent."""
    unplaced = [
        Unplaced(case, "stage", why, case.stage.would_help)
        for case in day.cases
        if (why := case.held_back)
    ]
    unplaced += [
        Unplaced(case, "not_on_the_map", "its address is not on the map yet",
                 "a position: from a pin at the first visit, or from the demand file")
        for case in day.cases
        if case.position is None and not case.held_back
    ]  # fmt: skip
    located = [case for case in day.cases if case.position is not None and not case.held_back]
    if len(located) <= MOST_CANDIDATES:
        return located, unplaced
    first = sorted(located, key=lambda c: (c.instruction is None, -c.urgency, c.case_id))
    taken = {case.case_id for case in first[:MOST_CANDIDATES]}
    unplaced += [
        Unplaced(case, "too_many_cases",
                 f"{len(located)} cases for one day: only the {MOST_CANDIDATES} most urgent were"
                 " looked at", "cases given to other agents, or an order to visit this one")
        for case in first[MOST_CANDIDATES:]
    ]  # fmt: skip
    return [case for case in located if case.case_id in taken], unplaced


def language_need(language: str) -> str:
    """The need of an agent who speaks a language."""
    return f"{LANGUAGE}{language_code(language)}"


def _needs(day: AgentDay, case: CaseToVisit) -> frozenset[str]:
    # An agent of whom no language is known is taken to manage.
    if not case.language or not day.languages:
        return case.needs
    return case.needs | {language_need(case.language)}


def shift_of(day: AgentDay) -> Shift:
    """The shift as the planner knows it: from place 0 to place 1, or to an open end."""
    rests: list[RestBreak] = []
    for rest in day.rests:
        earliest_s = day.second(rest.begins_at)
        if rests:
            earliest_s = max(earliest_s, rests[-1].latest_s + rests[-1].length_s)
        rests.append(RestBreak(earliest_s, earliest_s + rest.slack_s, rest.length_s))
    return Shift(
        start_s=day.second(day.begins_at),
        end_s=day.second(day.ends_at),
        start_place=0,
        end_place=1 if day.finish else None,
        rest_breaks=tuple(rests),
        skills=day.skills | {language_need(language) for language in day.languages},
        cash_in_hand_minor=day.cash_in_hand_minor,
        cash_limit_minor=day.cash_limit_minor,
        max_distance_m=day.max_distance_m,
    )


def candidates_of(
    day: AgentDay, cases: Sequence[CaseToVisit], wishes: Sequence[Asked], at: Places
) -> tuple[Candidate, ...]:
    """The cases as the planner knows them, in places from `FIRST_CASE` on, as in `at`."""
    next_first = sorted(
        (case.instruction.made_at, case.case_id)
        for case in cases
        if case.instruction and case.instruction.instruction.kind == "next_stop"
    )
    pins = {case_id: pin for pin, (_, case_id) in enumerate(next_first, 1)}
    return tuple(
        Candidate(
            case_id=case.case_id,
            place=place,
            score=case.urgency,
            service_s=case.service_s
            + (case.area.search_s if case.area else 0)
            + 2 * at.walk_s(place),
            windows=wish.windows,
            contact_hours=wish.contact_hours,
            must_visit=wish.must_visit,
            pin=pins.get(case.case_id),
            needs=_needs(day, case),
            expected_cash_minor=expected_cash_minor(
                case.due_minor, day.cash_share, promise_due=case.promise_due
            ),
            barred=wish.barred,
            dpd=case.dpd,
            promise_due=case.promise_due,
        )
        for place, (case, wish) in enumerate(zip(cases, wishes, strict=True), FIRST_CASE)
    )


def _notes(
    day: AgentDay, cases: Sequence[CaseToVisit], points: Sequence[OurDepositPoint]
) -> tuple[str, ...]:
    notes = []
    least_minor = min((case.due_minor for case in cases), default=0)
    limit_minor = day.cash_limit_minor
    if limit_minor is not None and limit_minor < least_minor:
        limit, least = Money(limit_minor, day.currency), Money(least_minor, day.currency)
        notes.append(
            f"The cash limit of {limit} is below the smallest amount due, {least}: no customer can"
            " pay in full in cash"
        )
    if limit_minor is not None and not points and day.cash_in_hand_minor >= limit_minor:
        notes.append(
            "The cash limit is reached before the round begins, and there is no deposit point to"
            " hand in at"
        )
    if not day.cases:
        notes.append("No open case is assigned to this agent for a visit today")
    return tuple(notes)
