"""What happens on a day under way, and the day as it then is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from benchmarks._field_days import HOUR_S, LEGAL, City
from benchmarks._round_judge import Round
from routing.planner.problem import Candidate, Problem, Shift, Window

MINUTE_S = 60
KINDS = (
    "visited early",
    "visited late",
    "40 minutes late",
    "nobody at home",
    "urgent case added",
    "promise moved to another day",
    "promise moved to an hour of today",
    "agent stops early",
    "window changed",
)


@dataclass(frozen=True, slots=True, eq=False)
class UnderWay:
    """A day of which the first stops are done. `nodes` are those of the problem's places, `order`
    the planned round, `departures_s` when each stop of it ends as planned."""

    problem: Problem
    nodes: NDArray[np.int64]
    order: Round
    departures_s: list[int]
    done: int

    @property
    def left(self) -> Round:
        """Stops still to do."""
        return self.order[self.done :]


@dataclass(frozen=True, slots=True)
class Event:
    """`subject` is the case that the event is about, if any; `changed` is it as it is now, None
    when it is off today's list. `fitted_in`: the new plan should visit it."""

    kind: str
    now_s: int
    end_s: int
    subject: UUID | None = None
    changed: Candidate | None = None
    changed_node: int | None = None
    fitted_in: bool = False


Matrix = Callable[[NDArray[Any]], NDArray[np.int32]]


def event(day: UnderWay, kind: str, city: City, rng: np.random.Generator) -> Event:
    """Something that happens as the agent leaves the last stop done."""
    last = day.problem.candidates[day.order[day.done - 1]]
    delays_s = {
        "visited early": -min(int(rng.integers(5, 10, endpoint=True)) * MINUTE_S, last.service_s),
        "visited late": int(rng.integers(5, 30, endpoint=True)) * MINUTE_S,
        "40 minutes late": 40 * MINUTE_S,
        "nobody at home": 5 * MINUTE_S - last.service_s,
    }
    now_s, end_s = day.departures_s[day.done - 1], day.problem.shift.end_s
    if kind in delays_s:
        return Event(kind, now_s + delays_s[kind], end_s)
    if kind == "agent stops early":
        earlier_s = int(rng.integers(60, 150, endpoint=True)) * MINUTE_S
        return Event(kind, now_s, max(end_s - earlier_s, now_s + HOUR_S))
    if kind == "urgent case added":
        new = Candidate(UUID(int=10**6), -1, 100.0, 20 * MINUTE_S, contact_hours=LEGAL)
        node = int(rng.integers(city.nodes))
        return Event(kind, now_s, end_s, new.case_id, new, node, fitted_in=True)
    return _one_changes(day, kind, now_s, rng)


def _one_changes(day: UnderWay, kind: str, now_s: int, rng: np.random.Generator) -> Event:
    """One of the stops still to do is off the list, or has two hours of what is left of the day."""
    one, end_s = day.problem.candidates[rng.choice(day.left)], day.problem.shift.end_s
    if kind == "promise moved to another day":
        return Event(kind, now_s, end_s, one.case_id)
    opens_s = int(rng.integers(now_s, max(now_s, end_s - 2 * HOUR_S), endpoint=True))
    changed = replace(one, windows=(Window(opens_s, opens_s + 2 * HOUR_S),))
    return Event(kind, now_s, end_s, one.case_id, changed, fitted_in=True)


def rest_of_day(day: UnderWay, event: Event, matrix: Matrix, disturbance_s: int) -> Problem:
    """What is still to plan after the event, from where the agent is; the travel times included."""
    numbers = set(range(len(day.problem.candidates))) - set(day.order[: day.done])
    kept = [day.problem.candidates[n] for n in sorted(numbers)]
    kept = [candidate for candidate in kept if candidate.case_id != event.subject]
    nodes = [int(day.nodes[candidate.place]) for candidate in kept]
    if event.changed is not None:
        kept.append(event.changed)
        at = event.changed_node
        nodes.append(int(day.nodes[event.changed.place]) if at is None else at)
    here = day.problem.candidates[day.order[day.done - 1]].place
    home = day.problem.shift.end_place
    nodes += [int(day.nodes[here]), int(day.nodes[here if home is None else home])]
    known = {candidate.case_id for candidate in kept}
    left = (day.problem.candidates[n].case_id for n in day.left)
    start, end = len(kept), None if home is None else len(kept) + 1
    return Problem(
        shift=Shift(event.now_s, event.end_s, start, end),
        candidates=tuple(replace(c, place=place) for place, c in enumerate(kept)),
        travel_s=matrix(np.array(nodes)),
        former=tuple(case_id for case_id in left if case_id in known),
        disturbance_s=disturbance_s,
    )
