"""A sector searched, and its rounds held to the rules once more; runs in a child process."""

from collections.abc import Sequence
from dataclasses import dataclass

from allocation.city.city_day import Sector
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
            orders = max(fitting, sector.orders, key=lambda each: _net_s(fleet, each))
    plans = [audited(fleet, nth, order) for nth, order in enumerate(orders)]
    return Improved(orders, [plan.score for plan in plans], [plan.travel_s for plan in plans])


def audited(fleet: Fleet, nth: int, order: Sequence[int]) -> Plan:
    """The plan of the `nth` agent who visits `order`. Raises `PlanBreaksRules` if it breaks one."""
    problem = fleet.alone(nth, order)
    plan = lay_out(terms(problem), range(len(order)))
    if broken := audit(problem, plan):
        raise PlanBreaksRules(tuple(str(violation) for violation in broken))
    return plan


def _net_s(fleet: Fleet, orders: Sequence[Sequence[int]]) -> float:
    """What rounds are worth, less their travel and the price of what changes hands."""
    net_s = 0.0
    for nth, order in enumerate(orders):
        problem = fleet.alone(nth, order)
        net_s += lay_out(terms(problem), range(len(order))).net_value * fleet.prize_value_s
        net_s -= fleet.price_s[nth, list(order)].sum() if fleet.price_s is not None else 0
    return net_s
