"""A finished round: when each stop happens, who is left out and why, and what it is all worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.planner.deposits import with_deposits
from routing.planner.problem import Candidate, DepositPoint
from routing.planner.skipped import Skipped, skipped
from routing.planner.terms import Terms
from routing.planner.timetable import timetable


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """One visit, in seconds since midnight.

    `travel_s` is the way from the stop or deposit before, a rest on that way not counted. `wait_s`
    is idle time at the door between `arrival_s` and `begin_s`, a rest there not counted.
    """

    candidate: Candidate
    travel_s: int
    arrival_s: int
    wait_s: int
    begin_s: int
    departure_s: int


@dataclass(frozen=True, slots=True)
class PlannedDeposit:
    """All the cash carried, `amount_minor`, is handed in at `point`; times as in `PlannedStop`.

    `before` is how many visits precede it: 0 is before the first, k after the last of k. There is
    at most one deposit between two visits.
    """

    point: DepositPoint
    before: int
    travel_s: int
    arrival_s: int
    wait_s: int
    begin_s: int
    departure_s: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`end_s` is the arrival at the end, or the last departure of a round with an open end.

    `stops` are the visits in order, `deposits` the ways to a counter in order. `breaks_begin_s` has
    one entry per break due in the shift, None for one that the round is over before. `travel_s`
    includes the way to the end, as does `distance_m`, None where no metres are known. `net_value`
    is `score` less what the travel costs, in score points.
    """

    stops: tuple[PlannedStop, ...]
    skipped: tuple[Skipped, ...]
    breaks_begin_s: tuple[int | None, ...]
    end_s: int
    travel_s: int
    score: float
    net_value: float
    deposits: tuple[PlannedDeposit, ...] = ()
    distance_m: int | None = None


def lay_out(terms: Terms, order: Sequence[int]) -> Plan:
    """The plan that visits the candidates numbered `order`, each as early as can be.

    Deposits are where they cost the least travel. `order` must be one that keeps the rules.
    """
    calls = with_deposits(terms, order)
    assert calls is not None, "a round is laid out only when it keeps the rules"
    times = timetable(terms, calls)
    assert times is not None, "so do its deposits"
    stops: list[PlannedStop] = []
    deposits: list[PlannedDeposit] = []
    carried_minor = terms.problem.shift.cash_in_hand_minor
    for nth, (before, number) in enumerate(pairwise([terms.start, *calls])):
        arrival_s, begin_s = times.arrivals_s[nth], times.begins_s[nth]
        rested_s = sum(
            rest.length_s
            for rest, rest_s in zip(terms.rests_due, times.breaks_begin_s, strict=True)
            if rest_s is not None and arrival_s <= rest_s < begin_s
        )
        on_the_clock = {
            "travel_s": terms.leg_s(before, number),
            "arrival_s": arrival_s,
            "wait_s": begin_s - arrival_s - rested_s,
            "begin_s": begin_s,
            "departure_s": times.departures_s[nth],
        }
        if number in terms.counters:
            point = terms.problem.deposits[terms.counters.index(number)]
            deposits.append(
                PlannedDeposit(
                    point=point, before=len(stops), amount_minor=carried_minor, **on_the_clock
                )
            )
            carried_minor = 0
        else:
            stops.append(PlannedStop(terms.problem.candidates[number], **on_the_clock))
            carried_minor += terms.expected_minor(number)
    travel_s = terms.travel_of_s(calls)
    score = sum(stop.candidate.score for stop in stops)
    return Plan(
        stops=tuple(stops),
        skipped=skipped(terms, calls),
        breaks_begin_s=times.breaks_begin_s,
        end_s=times.end_s,
        travel_s=travel_s,
        score=score,
        net_value=score - travel_s / terms.problem.prize_value_s,
        deposits=tuple(deposits),
        distance_m=terms.distance_of_m(calls),
    )
