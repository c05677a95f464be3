"""How much later each stop of a plan may begin with everything after it still kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.planner.plan import Plan
from routing.planner.problem import ALL_DAY, Problem, RestBreak, Window, begin_windows
from routing.planner.terms import NEVER_S
from routing.planner.timetable import latest_ready


@dataclass(frozen=True, slots=True)
class Node:
    """A visit or a deposit of a plan, in the order in which they are made.

    `visit` and `deposit` are its number among the plan's `stops` or `deposits`, the other one None.
    """

    place: int
    windows: tuple[Window, ...]
    service_s: int
    begin_s: int
    travel_s: int
    visit: int | None = None
    deposit: int | None = None


def nodes(plan: Plan) -> tuple[Node, ...]:
    """The visits and deposits of a plan in one line."""
    made = []
    for number, stop in enumerate(plan.stops):
        its = stop.candidate
        made.append((number, 1, Node(
            its.place, its.begin_windows(), its.service_s, stop.begin_s, stop.travel_s, number
        )))  # fmt: skip
    for number, deposit in enumerate(plan.deposits):
        point = deposit.point
        windows = begin_windows((ALL_DAY,), point.hours, point.service_s)
        made.append((deposit.before, 0, Node(
            point.place, windows, point.service_s, deposit.begin_s, deposit.travel_s, None, number
        )))  # fmt: skip
    made.sort(key=lambda one: one[:2])
    return tuple(node for _, _, node in made)


def slack_s(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """Seconds of slack of each of `nodes(plan)`: it may begin that much later, and not a second
    more, with all later stops in their order, in their windows, with the breaks and the shift kept.

    Breaks may move to other legs for it.
    """
    line, rests = nodes(plan), problem.shift.rests_due
    due_s = _due_at_end(problem, rests)
    found = []
    following = problem.shift.end_place
    for node in reversed(line):
        way_s = 0 if following is None else int(problem.travel_s[node.place, following])
        leave_s = [_latest_leave(rests, taken, due_s, way_s) for taken in range(len(rests) + 1)]
        due_s = [latest_ready(node.windows, leave - node.service_s) for leave in leave_s]
        found.append(due_s[_taken_by(plan, node.begin_s)] - node.begin_s)
        following = node.place
    return tuple(found[::-1])


def _due_at_end(problem: Problem, rests: Sequence[RestBreak]) -> list[int]:
    """When the round must be over, per number of breaks taken: before one that is not is due."""
    end_s = problem.shift.end_s
    return [*(min(end_s, rest.latest_s) for rest in rests), end_s]


def _latest_leave(rests: Sequence[RestBreak], taken: int, due_s: Sequence[int], way_s: int) -> int:
    """The latest departure on a leg with `taken` breaks had, whatever breaks are had on it."""
    latest_s = due_s[taken] - way_s
    for until in range(taken + 1, len(rests) + 1):
        by_s = due_s[until]
        for rest in reversed(rests[taken:until]):
            by_s = by_s - rest.length_s if rest.earliest_s <= by_s - rest.length_s else -NEVER_S
        latest_s = max(latest_s, min(by_s - way_s, rests[taken].latest_s))
    return latest_s


def _taken_by(plan: Plan, begin_s: int) -> int:
    return sum(rest_s is not None and rest_s < begin_s for rest_s in plan.breaks_begin_s)
