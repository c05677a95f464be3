"""The rules of a round, one function each, hard ones first, as an OR-Tools model knows them.

Each has a twin of the same name in `routing.planner.audit` that measures a finished plan without a
solver. Skills, barred cases, and cases that could not be visited even alone, are settled before:
such candidates never enter the model. The types are `pywrapcp`'s,
imported only in `tests.routing.planner.or_tools`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from routing.planner.terms import MUST_VISIT_S, Terms

_TIME, _CASH, _DISTANCE, _RANK = "time", "cash", "distance", "rank"


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """An OR-Tools model of one vehicle.

    Node k is ``numbers[k]``: candidates, then counters, each as often as it may be called at. The
    two last nodes are the start and the end.
    """

    terms: Terms
    numbers: Sequence[int]
    manager: Any
    routing: Any

    @property
    def time(self) -> Any:
        """The dimension whose value at a node is when the visit there begins."""
        return self.routing.GetDimensionOrDie(_TIME)

    @property
    def service_s(self) -> list[int]:
        """Per node, the start and the end included."""
        return [*(self.terms.service_s[number] for number in self.numbers), 0, 0]

    @property
    def travel_s(self) -> Any:
        """The matrix between nodes."""
        return self.terms.ways_s(self.nodes[:, None], self.nodes)

    @property
    def nodes(self) -> Any:
        """Per node its number."""
        return np.array([*self.numbers, self.terms.start, self.terms.end])

    def indices(self) -> list[tuple[int, int]]:
        """(OR-Tools index, number) per candidate and counter."""
        return [(self.manager.NodeToIndex(k), number) for k, number in enumerate(self.numbers)]

    def visits(self) -> list[tuple[int, int]]:
        """(OR-Tools index, candidate number) per candidate."""
        return [(index, number) for index, number in self.indices() if number < self.terms.count]

    def counters(self) -> list[int]:
        """OR-Tools indices of the counters."""
        return [index for index, number in self.indices() if number >= self.terms.count]


def time_passes(model: Model) -> None:
    """A visit takes its service time, and the way to the next takes the matrix's time."""
    shift = model.terms.problem.shift
    step_s = model.travel_s + np.array(model.service_s)[:, None]
    transit = model.routing.RegisterTransitMatrix(step_s.tolist())
    model.routing.AddDimension(transit, shift.end_s, shift.end_s, False, _TIME)


def within_shift(model: Model) -> None:
    """The round begins when the shift does and is over when it ends."""
    shift = model.terms.problem.shift
    model.time.CumulVar(model.routing.Start(0)).SetValue(shift.start_s)
    model.time.CumulVar(model.routing.End(0)).SetMax(shift.end_s)


def begins_in_a_window(model: Model) -> None:
    """A visit begins in one of its windows and early enough to end in contact hours.

    So does a deposit in the counter's hours.
    """
    for index, number in model.indices():
        windows, begin = model.terms.windows[number], model.time.CumulVar(index)
        begin.SetRange(windows[0].from_s, windows[-1].to_s)
        for before, after in pairwise(windows):
            begin.RemoveInterval(before.to_s + 1, after.from_s - 1)


def rest_is_taken(model: Model) -> None:
    """Each break begins in its hours and lies outside every visit; after the round is fine too."""
    rests = model.terms.rests_due
    if not rests:
        return
    intervals = [
        model.routing.solver().FixedDurationIntervalVar(
            rest.earliest_s, rest.latest_s, rest.length_s, False, f"rest {nth}"
        )
        for nth, rest in enumerate(rests)
    ]
    model.time.SetBreakIntervalsOfVehicle(intervals, 0, model.service_s)


def pins_come_first(model: Model) -> None:
    """Pinned cases open the round in the order of their pins."""
    candidates, routing = model.terms.problem.candidates, model.routing
    pins = [(candidates[number].pin, index) for index, number in model.visits()]
    in_order = [index for _, index in sorted((p, index) for p, index in pins if p is not None)]
    if not in_order:
        return
    # Visits are counted, so that a deposit may lie between two pins.
    counts = [*(int(number < model.terms.count) for number in model.numbers), 0, 0]
    transit = routing.RegisterUnaryTransitVector(counts)
    routing.AddDimension(transit, 0, len(counts), True, _RANK)
    rank = routing.GetDimensionOrDie(_RANK)
    for nth, index in enumerate(in_order):
        routing.ActiveVar(index).SetValue(1)
        rank.CumulVar(index).SetValue(nth)


def within_cash_limit(model: Model) -> None:
    """The cash carried stays within the limit; a deposit takes it down to nothing."""
    routing, shift, its = model.routing, model.terms.problem.shift, model.terms
    if (limit_minor := shift.cash_limit_minor) is None:
        return
    for index in model.counters():
        routing.AddDisjunction([index], 0)
    # A deposit takes off the limit and gives back, as slack, what was not there to be taken.
    steps = [its.expected_minor(n) if n < its.count else -limit_minor for n in model.numbers]
    transit = routing.RegisterUnaryTransitVector([*steps, 0, 0])
    routing.AddDimension(transit, limit_minor, limit_minor, False, _CASH)
    cash = routing.GetDimensionOrDie(_CASH)
    # Who has too much in hand may still go where no cash is expected, or deposit first.
    cash.CumulVar(routing.Start(0)).SetValue(min(shift.cash_in_hand_minor, limit_minor))
    for index in (routing.Start(0), *(index for index, _ in model.visits())):
        cash.SlackVar(index).SetValue(0)


def within_distance(model: Model) -> None:
    """The ways of the round add up to its distance at most."""
    its, most_m = model.terms, model.terms.problem.shift.max_distance_m
    if most_m is None:
        return
    ways_m = its.ways_m(model.nodes[:, None], model.nodes)
    transit = model.routing.RegisterTransitMatrix(ways_m.tolist())
    model.routing.AddDimension(transit, 0, most_m, True, _DISTANCE)


def must_visits_are_kept(model: Model) -> None:
    """Leaving a must-visit out costs more than anything else could gain."""
    for index, number in model.visits():
        if model.terms.problem.candidates[number].must_visit:
            assert model.terms.worth_s[number] >= MUST_VISIT_S
            model.routing.AddDisjunction([index], model.terms.worth_s[number])


def urgency_is_collected(model: Model) -> None:
    """Leaving any other case out costs what its score is worth."""
    for index, number in model.visits():
        if not model.terms.problem.candidates[number].must_visit:
            model.routing.AddDisjunction([index], model.terms.worth_s[number])


def travel_is_saved(model: Model) -> None:
    """Every second on the way costs."""
    cost = model.routing.RegisterTransitMatrix(model.travel_s.tolist())
    model.routing.SetArcCostEvaluatorOfAllVehicles(cost)


RULES = (
    time_passes,
    within_shift,
    begins_in_a_window,
    rest_is_taken,
    pins_come_first,
    within_cash_limit,
    within_distance,
    must_visits_are_kept,
    urgency_is_collected,
    travel_is_saved,
)
