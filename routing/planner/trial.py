"""A finished round into which one more case is inserted on trial, with something changed."""

from dataclasses import dataclass, replace
from functools import cached_property

from routing.planner.deposits import with_deposits_and
from routing.planner.insertion import insertions
from routing.planner.plan import Plan
from routing.planner.problem import Candidate, Problem, Shift
from routing.planner.slack import nodes
from routing.planner.terms import NEVER_S, Terms, terms
from routing.planner.timetable import timetable


@dataclass(frozen=True)
class Trial:
    """Visits and deposits that stand, on a shift that may be changed, and a case to be inserted.

    `terms` are of the visits and, last of the candidates, the case. `stands` is in order: a visit's
    number, or ~ the number of a deposit point.
    """

    terms: Terms
    stands: tuple[int, ...]

    @property
    def problem(self) -> Problem:
        """The visits that stand and the case, last, on the shift as changed."""
        return self.terms.problem

    @property
    def visits(self) -> tuple[Candidate, ...]:
        """Those that stand."""
        return self.problem.candidates[:-1]

    @property
    def candidate(self) -> Candidate:
        """The case to be inserted, as changed."""
        return self.problem.candidates[-1]

    @property
    def shift(self) -> Shift:
        """The shift, as changed."""
        return self.problem.shift

    def on(self, **changes: object) -> "Trial":
        """The same on a changed shift."""
        shift = replace(self.shift, **changes)  # type: ignore[arg-type]
        # Places, windows and worth are as before; a shift is read where it is needed.
        its = replace(self.terms, problem=replace(self.problem, shift=shift))
        return replace(self, terms=its)

    def of(self, **changes: object) -> "Trial":
        """The same with the case changed."""
        changed = replace(self.candidate, **changes)  # type: ignore[arg-type]
        its = terms(replace(self.problem, candidates=(*self.visits, changed)))
        return replace(self, terms=its)

    @property
    def fits(self) -> bool:
        """Whether the case can be inserted, by the planner's own exact test."""
        return self.detour_s < NEVER_S

    @property
    def detour_s(self) -> int:
        """The travel that the cheapest insertion adds; `NEVER_S` where there is none."""
        return self._cheapest[0]

    @property
    def begin_s(self) -> int | None:
        """When the visit would begin where its insertion is cheapest; None if it fits nowhere."""
        detour_s, place = self._cheapest
        calls = [*self._calls[:place], len(self.visits), *self._calls[place:]]
        times = timetable(self.terms, calls) if detour_s < NEVER_S else None
        return times.begins_s[place] if times else None

    def with_a_deposit(self) -> "Trial | None":
        """The same with the deposits that room for the case takes, or None if they do not help."""
        order = [number for number in self._calls if number < len(self.visits)]
        calls = with_deposits_and(
            self.terms, order, len(self.visits), from_place=self.terms.pins(order)
        )
        if calls is None:
            return None
        first = self.terms.counters.start
        stands = tuple(
            ~(number - first) if number >= first else number
            for number in calls
            if number != len(self.visits)
        )
        return replace(self, stands=stands)

    @property
    def travel_s(self) -> int:
        """The travel of what stands."""
        return self.terms.travel_of_s(self._calls)

    @cached_property
    def _calls(self) -> list[int]:
        first = self.terms.counters.start
        return [first + ~one if one < 0 else one for one in self.stands]

    @cached_property
    def _cheapest(self) -> tuple[int, int]:
        if self.candidate.barred is not None or not self.candidate.needs <= self.shift.skills:
            return NEVER_S, 0
        tried = insertions(self.terms, self._calls, [len(self.visits)])
        detours_s, places = tried.cheapest()
        return int(detours_s[0]), int(places[0])


def trial(problem: Problem, plan: Plan, candidate: Candidate) -> Trial:
    """Nothing changed yet: `candidate` beside the stops of `plan`."""
    keys = [point.key for point in problem.deposits]
    stands = tuple(
        node.visit
        if node.visit is not None
        else ~keys.index(plan.deposits[node.deposit or 0].point.key)
        for node in nodes(plan)
    )
    visits = tuple(stop.candidate for stop in plan.stops)
    its = terms(replace(problem, candidates=(*visits, candidate), former=()))
    return Trial(its, stands)
