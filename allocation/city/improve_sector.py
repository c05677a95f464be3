"""A sector searched, and its rounds held to the rules once more; runs in a child process."""

from collections.abc import Sequence
from dataclasses import dataclass

from allocation.city.city_day import Sector
from routing.errors import PlanBreaksRules
from routing.planner.audit import audit
from routing.planner.fleet import Fleet
from routing.planner.plan import Plan, lay_out
from routing.planner.stop import StopAfter
from routing.planner.terms import terms


@dataclass(frozen=True, slots=True)
class Improved:
    """Per agent of a sector: the order, in numbers of its fleet, its score and its travel."""

    orders: list[list[int]]
    scores: list[float]
    travels_s: list[int]


def improve_sector(
    sector: Sector, stop: StopAfter, seed: int, heat: tuple[float, float]
) -> Improved:
    """Rounds that together are never worth less than the sector's. Raises `PlanBreaksRules`."""
    # numba is imported only where a search runs.
    from routing.planner.improve_fleet import improve_fleet

    orders = improve_fleet(sector.fleet, sector.orders, stop, seed, heat)
    plans = [audited(sector.fleet, nth, order) for nth, order in enumerate(orders)]
    return Improved(orders, [plan.score for plan in plans], [plan.travel_s for plan in plans])


def audited(fleet: Fleet, nth: int, order: Sequence[int]) -> Plan:
    """The plan of the `nth` agent who visits `order`. Raises `PlanBreaksRules` if it breaks one."""
    problem = fleet.alone(nth, order)
    plan = lay_out(terms(problem), range(len(order)))
    if broken := audit(problem, plan):
        raise PlanBreaksRules(tuple(str(violation) for violation in broken))
    return plan
