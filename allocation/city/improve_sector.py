"""A sector searched, and its rounds held to the rules once more; runs in a child process."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from allocation.city.city_day import Sector, visitors
from allocation.city.room import within
from routing.errors import PlanBreaksRules
from routing.planner.audit import audit
from routing.planner.fleet import Fleet
from routing.planner.plan import Plan, lay_out
from routing.planner.stop import StopAfter
from routing.planner.terms import terms, worth_of_s


@dataclass(frozen=True, slots=True)
class Improved:
    """Per agent of a sector: the order, in numbers of its fleet, its score and its travel."""

    orders: list[list[int]]
    scores: list[float]
    travels_s: list[int]


def improve_sector(
    sector: Sector, stop: StopAfter, seed: int, heat: tuple[float, float]
) -> Improved:
    """Rounds that together are never worth less than the sector's, and leave each agent room.

    Raises `PlanBreaksRules` when one does not pass its audit.
    """
    # numba is imported only where a search runs.
    from routing.planner.improve_fleet import improve_fleet

    fleet = sector.fleet
    orders = improve_fleet(fleet, sector.orders, stop, seed, heat)
    if sector.room is not None:
        worth_s = worth_of_s(fleet.candidates, fleet.prize_value_s)
        fitting = within(sector.room, sector.owner, worth_s, orders)
        if fitting != orders:
            # What goes back to its owner may still find a place there, and nowhere else.
            agents = np.arange(len(orders))[:, None]
            visitor = visitors(len(fleet.candidates), fitting)
            own = replace(
                fleet, may_serve=fleet.may_serve & ((sector.owner == agents) | (visitor == agents))
            )
            fitting = improve_fleet(own, fitting, StopAfter(solutions=0), seed)
            orders = max(fitting, sector.orders, key=lambda each: _net_s(fleet, each))
    return _told(fleet, orders)


def first_rounds(sector: Sector, stop: StopAfter, seed: int) -> Improved:
    """The round of each agent alone, with the cases that are the agent's own, `stop` for each."""
    # OR-Tools and numba are imported only where a search runs.
    from routing.planner.solver import plan

    orders, fleet = [], sector.fleet
    for nth in range(len(fleet.shifts)):
        own = (sector.owner == nth) & fleet.may_serve[nth]
        numbers = [int(number) for number in own.nonzero()[0]]
        made = plan(fleet.alone(nth, numbers), stop, seed)
        number_of = {fleet.candidates[number].case_id: number for number in numbers}
        orders.append([number_of[stop.candidate.case_id] for stop in made.stops])
    return _told(fleet, orders)


def audited(fleet: Fleet, nth: int, order: Sequence[int]) -> Plan:
    """The plan of the `nth` agent who visits `order`. Raises `PlanBreaksRules` if it breaks one."""
    problem = fleet.alone(nth, order)
    plan = lay_out(terms(problem), range(len(order)))
    if broken := audit(problem, plan):
        raise PlanBreaksRules(tuple(str(violation) for violation in broken))
    return plan


def _told(fleet: Fleet, orders: list[list[int]]) -> Improved:
    plans = [audited(fleet, nth, order) for nth, order in enumerate(orders)]
    return Improved(orders, [plan.score for plan in plans], [plan.travel_s for plan in plans])


def _net_s(fleet: Fleet, orders: Sequence[Sequence[int]]) -> float:
    """What rounds are worth, less their travel and the price of what changes hands."""
    net_s = 0.0
    for nth, order in enumerate(orders):
        problem = fleet.alone(nth, order)
        net_s += lay_out(terms(problem), range(len(order))).net_value * fleet.prize_value_s
        net_s -= fleet.price_s[nth, list(order)].sum() if fleet.price_s is not None else 0
    return net_s
