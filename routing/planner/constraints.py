"""The rules of a round, one function each, hard ones first, as the OR-Tools model knows them.

Each has a twin of the same name in `routing.planner.audit` that measures a finished plan without a
solver. Skills, and cases that could not be visited even alone, are settled before: such candidates
never enter the model. The types are `pywrapcp`'s, imported only in `routing.planner.solver`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from routing.planner.terms import MUST_VISIT_S, Terms

_TIME, _CASH = "time", "cash"


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """An OR-Tools model of one vehicle.

    Node k is the candidate numbered ``numbers[k]``; the two last nodes are the start and the end.
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
        nodes = [*self.numbers, self.terms.start, self.terms.end]
        return self.terms.travel_s[np.ix_(nodes, nodes)]

    def indices(self) -> list[tuple[int, int]]:
        """(OR-Tools index, candidate number) per candidate."""
        return [(self.manager.NodeToIndex(k), number) for k, number in enumerate(self.numbers)]


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
    """A visit begins in one of its windows and early enough to end in contact hours."""
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
    candidates = model.terms.problem.candidates
    pins = [(candidates[number].pin, index) for index, number in model.indices()]
    in_order = [index for _, index in sorted((p, index) for p, index in pins if p is not None)]
    for before, after in pairwise([model.routing.Start(0), *in_order]):
        model.routing.solver().Add(model.routing.NextVar(before) == after)


def within_cash_limit(model: Model) -> None:
    """The cash expected on the round stays within what the agent may still carry."""
    headroom_minor = model.terms.cash_headroom_minor([])
    if headroom_minor is None:
        return
    candidates = model.terms.problem.candidates
    expected = [*(candidates[number].expected_cash_minor for number in model.numbers), 0, 0]
    transit = model.routing.RegisterUnaryTransitVector(expected)
    model.routing.AddDimension(transit, 0, headroom_minor, True, _CASH)


def must_visits_are_kept(model: Model) -> None:
    """Leaving a must-visit out costs more than anything else could gain."""
    for index, number in model.indices():
        if model.terms.problem.candidates[number].must_visit:
            assert model.terms.worth_s[number] >= MUST_VISIT_S
            model.routing.AddDisjunction([index], model.terms.worth_s[number])


def urgency_is_collected(model: Model) -> None:
    """Leaving any other case out costs what its score is worth."""
    for index, number in model.indices():
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
    must_visits_are_kept,
    urgency_is_collected,
    travel_is_saved,
)
