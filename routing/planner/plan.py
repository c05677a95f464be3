"""A finished round: when each stop happens, who is left out and why, and what it is all worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.planner.problem import Candidate
from routing.planner.skipped import Skipped, skipped
from routing.planner.terms import Terms
from routing.planner.timetable import timetable


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One visit, in seconds since midnight.

    `travel_s` is the way from the stop before, a rest on that way not counted. `wait_s` is idle
    time at the door between `arrival_s` and `begin_s`, a rest there not counted.
    """

    candidate: Candidate
    travel_s: int
    arrival_s: int
    wait_s: int
    begin_s: int
    departure_s: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`end_s` is the arrival at the end, or the last departure of a round with an open end.

    `break_begin_s` is None for a round that needs no rest. `travel_s` includes the way to the end.
    `net_value` is `score` less what the travel costs, in score points.
    """

    stops: tuple[PlannedStop, ...]
    skipped: tuple[Skipped, ...]
    break_begin_s: int | None
    end_s: int
    travel_s: int
    score: float
    net_value: float


def lay_out(terms: Terms, order: Sequence[int]) -> Plan:
    """The plan that visits the candidates numbered `order`, each as early as can be.

    `order` must be one that keeps its times.
    """
    times = timetable(terms, order)
    assert times is not None, "a round is laid out only when it keeps its times"
    candidates, rest = terms.problem.candidates, terms.rest_due
    stops = []
    for nth, (before, number) in enumerate(zip([terms.start, *order], order, strict=False)):
        arrival_s, begin_s = times.arrivals_s[nth], times.begins_s[nth]
        rested_here = times.break_begin_s is not None and arrival_s <= times.break_begin_s < begin_s
        stops.append(
            PlannedStop(
                candidate=candidates[number],
                travel_s=terms.leg_s[before][number],
                arrival_s=arrival_s,
                wait_s=begin_s - arrival_s - (rest.length_s if rest and rested_here else 0),
                begin_s=begin_s,
                departure_s=times.departures_s[nth],
            )
        )
    travel_s = terms.travel_of_s(order)
    score = sum(candidates[number].score for number in order)
    return Plan(
        stops=tuple(stops),
        skipped=skipped(terms, order),
        break_begin_s=times.break_begin_s,
        end_s=times.end_s,
        travel_s=travel_s,
        score=score,
        net_value=score - travel_s / terms.problem.prize_value_s,
    )
