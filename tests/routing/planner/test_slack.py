from dataclasses import replace

from hypothesis import given

from routing.planner.plan import Plan, lay_out
from routing.planner.problem import DepositPoint, Problem, Window
from routing.planner.slack import nodes, slack_s
from routing.planner.solver import plan
from routing.planner.stop import StopAfter
from routing.planner.terms import terms
from routing.planner.timetable import timetable
from tests.routing.planner.days import MINUTE, NINE, NOON, case, day, days


def test_the_last_stop_may_be_as_late_as_the_shift_allows() -> None:
    problem = day(case(1), at_s=[600])
    made = lay_out(terms(problem), [0])
    # Begins at 09:10, lasts 10 minutes, home takes 10: 7 h 30 min are left.
    assert slack_s(problem, made) == (7 * 3_600 + 30 * 60,)


def test_a_window_at_a_later_stop_takes_the_slack_of_the_one_before() -> None:
    problem = day(case(1), case(2, windows=(Window(NINE, NINE + 3_600),)), at_s=[600, 1_200])
    made = lay_out(terms(problem), [0, 1])
    first, second = slack_s(problem, made)
    assert second == NINE + 3_600 - made.stops[1].begin_s
    assert first == second


def test_a_deposit_has_slack_until_its_counter_closes() -> None:
    hours = (Window(NINE, NOON),)
    point = DepositPoint("Main branch", 0, hours, 5 * MINUTE, case(9).case_id)
    cases = (case(1, expected_cash_minor=80), case(2, expected_cash_minor=80))
    problem = day(*cases, at_s=[600, 600], cash_limit_minor=100)
    problem = replace(problem, deposits=(point,))
    made = lay_out(terms(problem), [0, 1])
    assert [node.deposit for node in nodes(made)] == [None, 0, None]
    by_the_counter = slack_s(problem, made)[1]
    assert made.deposits[0].begin_s + by_the_counter == NOON - 5 * MINUTE


@given(days())
def test_a_stop_may_begin_later_by_its_slack(problem: Problem) -> None:
    made = plan(problem, StopAfter(solutions=20), 1)
    for nth, (node, slack) in enumerate(zip(nodes(made), slack_s(problem, made), strict=True)):
        assert slack >= 0
        assert _keeps(problem, made, nth, node.begin_s + slack)
        if not problem.shift.rests_due:
            assert not _keeps(problem, made, nth, node.begin_s + slack + 1)


def _keeps(problem: Problem, made: Plan, nth: int, begin_s: int) -> bool:
    """Whether the round keeps its times when its `nth` stop begins at `begin_s` and not before."""
    line = nodes(made)
    if not any(w.from_s <= begin_s <= w.to_s for w in line[nth].windows):
        return False
    late, ever = (Window(begin_s, begin_s),), (Window(0, 10**6),)
    candidates, deposits = list(problem.candidates), list(problem.deposits)
    numbers = {c.case_id: n for n, c in enumerate(candidates)}
    keys = [point.key for point in deposits]
    calls = []
    for at, node in enumerate(line):
        if node.visit is not None:
            number = numbers[made.stops[node.visit].candidate.case_id]
            if at == nth:
                candidates[number] = replace(candidates[number], windows=late, contact_hours=ever)
        else:
            point = made.deposits[node.deposit or 0].point
            number = len(candidates) + 2 + len(deposits)
            deposits.append(
                replace(point, hours=(Window(begin_s, begin_s + point.service_s),))
                if at == nth
                else problem.deposits[keys.index(point.key)]
            )
        calls.append(number)
    changed = replace(problem, candidates=tuple(candidates), deposits=tuple(deposits), former=())
    return timetable(terms(changed), calls) is not None
