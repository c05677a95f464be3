"""A city's day: everybody's shifts, all cases that could be visited, and a sector's part of it.

Agents and cases are rows, 0 and up. An *order* is the cases that an agent visits, one after the
other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from allocation.choices import NOBODY
from allocation.problem import Floats, Integers
from routing.planner.fleet import Fleet
from routing.planner.problem import Candidate, DepositPoint, Metres, Seconds, Shift

Orders = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, eq=False)
class CityDay:
    """Who works, and what there is to visit.

    The places of `shifts`, `candidates` and `deposits` are rows of `x_m` and `y_m`, positions on a
    plane. `owner` is the agent of each case, `NOBODY` for none; `may_own` says (agent, case).
    A case visited by another agent than its owner costs `price_s` of travel: it will change hands.
    """

    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]
    owner: Integers
    may_own: NDArray[np.bool_]
    x_m: Floats
    y_m: Floats
    price_s: int = 0
    prize_value_s: int = 100
    deposits: tuple[DepositPoint, ...] = ()

    def middles(self, orders: Orders) -> tuple[Floats, Floats]:
        """Where each agent's round is: the middle of its stops, else of where it begins."""
        lists = [
            [self.candidates[case].place for case in order] or [shift.start_place]
            for shift, order in zip(self.shifts, orders, strict=True)
        ]
        many = np.array([len(places) for places in lists])
        places = np.concatenate([np.array(each) for each in lists])
        agent = np.repeat(np.arange(len(lists)), many)
        x_m, y_m = (np.bincount(agent, at[places]) / many for at in (self.x_m, self.y_m))
        return x_m, y_m

    def parts(self, orders: Orders, sectors: Sequence[Integers]) -> list[Integers]:
        """The cases that each sector decides on: those visited there, and of the others those that
        are nearest to one of its stops, or that only one agent may own, who is in it."""
        sector = np.zeros(len(self.shifts), dtype=np.int64)
        for nth, rows in enumerate(sectors):
            sector[rows] = nth
        visitor = visitors(len(self.candidates), orders)
        at = np.array([candidate.place for candidate in self.candidates], dtype=np.int64)
        spot = np.column_stack([self.x_m[at], self.y_m[at]])
        visited = np.flatnonzero(visitor != NOBODY)
        if len(visited):
            _, near = KDTree(spot[visited]).query(spot)
            agent = visitor[visited][near]
        else:
            agent = np.maximum(self.owner, 0)
        bound = (visitor == NOBODY) & (self.may_own.sum(axis=0) == 1)
        agent[bound] = self.may_own[:, bound].argmax(axis=0)
        agent[visited] = visitor[visited]
        return [np.flatnonzero(sector[agent] == nth) for nth in range(len(sectors))]


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Between places, in the order asked for: seconds, and metres where anybody counts them."""

    travel_s: tuple[Seconds, ...]
    distance_m: tuple[Metres, ...] = ()


WaysBetween = Callable[[Integers, Integers], Ways]
"""(agents, places) to the ways between those places: one matrix for all these agents, or one for
each of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Sector:
    """Agents and cases that are decided on together. `orders` are in numbers of the fleet."""

    agents: Integers
    cases: Integers
    fleet: Fleet
    orders: list[list[int]]

    def in_city(self, orders: Orders) -> list[list[int]]:
        """Orders of this sector in cases of the city."""
        return [self.cases[list(order)].tolist() for order in orders]


def sector_of(
    day: CityDay, orders: Orders, agents: Integers, cases: Integers, ways: WaysBetween
) -> Sector:
    """A sector by itself, small enough to be sent to another process."""
    here = [day.candidates[case] for case in cases.tolist()]
    shifts = [day.shifts[agent] for agent in agents.tolist()]
    ends = [shift.start_place if s is None else s for shift in shifts for s in (shift.end_place,)]
    counted = [c.place for c in here] + [s.start_place for s in shifts] + ends
    places = np.array(counted + [point.place for point in day.deposits], dtype=np.int64)
    between = ways(agents, places)
    first, many = len(here), len(shifts)
    owner = day.owner[cases]
    strange = (owner != agents[:, None]) & (owner != NOBODY)
    number = {case: nth for nth, case in enumerate(cases.tolist())}
    fleet = Fleet(
        shifts=tuple(
            replace(
                shift,
                start_place=first + nth,
                end_place=None if shift.end_place is None else first + many + nth,
            )
            for nth, shift in enumerate(shifts)
        ),
        candidates=tuple(replace(each, place=nth) for nth, each in enumerate(here)),
        travel_s=between.travel_s,
        may_serve=day.may_own[np.ix_(agents, cases)],
        prize_value_s=day.prize_value_s,
        deposits=tuple(
            replace(point, place=first + 2 * many + nth) for nth, point in enumerate(day.deposits)
        ),
        distance_m=between.distance_m,
        price_s=np.where(strange, day.price_s, 0),
    )
    return Sector(
        agents, cases, fleet, [[number[case] for case in orders[a]] for a in agents.tolist()]
    )


def visitors(cases: int, orders: Orders) -> Integers:
    """The agent who visits each case, `NOBODY` for none."""
    visitor = np.full(cases, NOBODY, dtype=np.int64)
    for agent, order in enumerate(orders):
        visitor[list(order)] = agent
    return visitor
