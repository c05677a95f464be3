"""A city's day: everybody's shifts, all cases that could be visited, and a sector's part of it.

Agents and cases are rows, 0 and up. An *order* is the cases that an agent visits, one after the
other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.choices import NOBODY
from allocation.city.room import Room
from allocation.city.sectors import Points
from allocation.problem import Integers
from routing.planner.fleet import Fleet
from routing.planner.problem import Candidate, DepositPoint, Metres, Seconds, Shift

Orders = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, eq=False)
class CityDay:
    """Who works, and what there is to visit.

    The places of `shifts`, `candidates` and `deposits` are rows of `points`. `owner` is the agent
    of each case, `NOBODY` for none; `may_own` says (agent, case). A case visited by another agent
    than its owner costs `price_s` of travel: it will change hands, as far as there is `room`.
    """

    shifts: tuple[Shift, ...]
    candidates: tuple[Candidate, ...]
    owner: Integers
    may_own: NDArray[np.bool_]
    points: Points
    price_s: int = 0
    prize_value_s: int = 100
    deposits: tuple[DepositPoint, ...] = ()
    room: Room | None = None

    @property
    def spots(self) -> Points:
        """Where the cases are."""
        return self.points[[candidate.place for candidate in self.candidates]]

    @property
    def homes(self) -> Points:
        """Where the shifts begin."""
        return self.points[[shift.start_place for shift in self.shifts]]

    @property
    def only(self) -> Integers:
        """Per case the agent who alone may own it, `NOBODY` where several may."""
        alone = self.may_own.sum(axis=0) == 1
        return np.where(alone, self.may_own.argmax(axis=0), NOBODY)


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Between places, in the order asked for: one matrix for all agents, or one for each. Metres
    are there where a shift is limited in them."""

    travel_s: tuple[Seconds, ...]
    distance_m: tuple[Metres, ...] = ()


WaysBetween = Callable[[Integers, Integers], Ways]
"""(agents, places) to the ways of these agents between those places."""


@dataclass(frozen=True, slots=True, eq=False)
class Sector:
    """Agents and cases that are decided on together. `owner` and `orders` are in numbers of the
    fleet: its shifts, and its candidates; an owner elsewhere is `NOBODY`."""

    agents: Integers
    cases: Integers
    fleet: Fleet
    owner: Integers
    orders: list[list[int]]
    room: Room | None = None


def sector_of(
    day: CityDay, orders: Orders, agents: Integers, cases: Integers, ways: WaysBetween
) -> Sector:
    """A sector by itself, small enough to be sent to another process."""
    here = [day.candidates[case] for case in cases.tolist()]
    shifts = [day.shifts[agent] for agent in agents.tolist()]
    first, many = len(here), len(shifts)
    places = [candidate.place for candidate in here]
    places += [shift.start_place for shift in shifts]
    places += [s.start_place if s.end_place is None else s.end_place for s in shifts]
    places += [point.place for point in day.deposits]
    between = ways(agents, np.array(places, dtype=np.int64))
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
    in_sector = np.full(len(day.shifts) + 1, NOBODY, dtype=np.int64)
    in_sector[agents] = np.arange(many)
    its_orders = [[number[case] for case in orders[agent]] for agent in agents.tolist()]
    return Sector(agents, cases, fleet, in_sector[owner], its_orders, day.room)


def visitors(cases: int, orders: Orders) -> Integers:
    """The agent who visits each case, `NOBODY` for none."""
    visitor = np.full(cases, NOBODY, dtype=np.int64)
    for agent, order in enumerate(orders):
        visitor[list(order)] = agent
    return visitor
