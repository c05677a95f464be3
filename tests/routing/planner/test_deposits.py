"""Where a round hands in cash when one more visit is put into it."""

from hypothesis import given

from routing.planner.deposits import with_deposits, with_deposits_and
from routing.planner.problem import Problem
from routing.planner.terms import terms
from tests.routing.planner.days import days


@given(days(most=5, pins=False))
def test_one_more_visit_takes_the_best_of_all_places(problem: Problem) -> None:
    its = terms(problem)
    if not its.count:
        return
    *order, one_more = range(its.count)
    for first in range(len(order) + 1):
        tried = (
            with_deposits(its, [*order[:place], one_more, *order[place:]])
            for place in range(first, len(order) + 1)
        )
        possible = [calls for calls in tried if calls is not None]
        found = with_deposits_and(its, order, one_more, first)
        assert (found is None) == (not possible)
        if found is not None:
            visits = [number for number in found if number not in its.counters]
            assert visits[:first] == order[:first]
            assert [number for number in visits if number != one_more] == order
            assert its.travel_of_s(found) == min(map(its.travel_of_s, possible))
