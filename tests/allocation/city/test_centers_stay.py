"""A center's members are not separated by a run, unless a manager has split the center."""

from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.choices import NOBODY
from allocation.city.city_day import Sector
from allocation.city.improve_sector import improve_sector
from allocation.city_runs.prepare_sector import may_serve
from allocation.units import OpenCase
from allocation.work import Agent, Case
from core.geometry import LatLon
from routing.planner.fleet import Fleet
from routing.planner.problem import Candidate, Shift
from routing.planner.stop import StopAfter

BRANCH, HERE = UUID(int=1), LatLon(0, 0)
AGENTS = tuple(Agent(UUID(int=10 + n), BRANCH, HERE, 0) for n in range(3))


@st.composite
def sectors(draw: st.DrawFn) -> tuple[Sector, tuple[OpenCase, ...]]:
    """Three agents on a line who would gain by swapping, some cases in centers, which have an owner
    each. A center that is split is none here: its cases come without it."""
    many = draw(st.integers(2, 12))
    of = draw(st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=many, max_size=many))
    owners = draw(st.lists(st.integers(0, 2), min_size=3, max_size=3))
    alone = draw(st.lists(st.integers(0, 2), min_size=many, max_size=many))
    spots = np.array(draw(st.lists(st.integers(0, 3000), min_size=many, max_size=many)))
    owner = np.array(
        [alone[n] if its is None else owners[its] for n, its in enumerate(of)], dtype=np.int64
    )
    units = tuple(
        OpenCase(
            Case(UUID(int=100 + n), BRANCH, HERE, 600), AGENTS[owner[n]].id,
            None if its is None else UUID(int=50 + its),
        )
        for n, its in enumerate(of)
    )  # fmt: skip
    at = np.concatenate([spots, [0, 1500, 3000]])
    travel_s = np.abs(at[:, None] - at[None, :]).astype(np.int32)
    fleet = Fleet(
        tuple(Shift(0, 8 * 3600, many + n, None) for n in range(3)),
        tuple(Candidate(unit.case.id, n, 100.0, 600) for n, unit in enumerate(units)),
        (travel_s,) * 3,
        may_serve(AGENTS, units, owner),
    )
    orders = [np.flatnonzero(owner == n).tolist() for n in range(3)]
    return Sector(np.arange(3), np.arange(many), fleet, owner, orders), units


@settings(max_examples=30, deadline=None)
@given(given_=sectors(), seed=st.integers(0, 9))
def test_no_search_takes_a_member_from_its_centers_agent(
    given_: tuple[Sector, tuple[OpenCase, ...]], seed: int
) -> None:
    sector, units = given_
    found = improve_sector(sector, StopAfter(solutions=300), seed, (0.5, 0.1))
    visitor = np.full(len(units), NOBODY)
    for agent, order in enumerate(found.orders):
        visitor[order] = agent
    for n, unit in enumerate(units):
        if unit.center_id is not None and visitor[n] != NOBODY:
            assert visitor[n] == sector.owner[n]


def test_cases_of_no_center_do_change_hands_in_such_a_search() -> None:
    """What holds the members is their center, and not the search."""
    owner = np.array([0, 1])
    units = tuple(
        OpenCase(Case(UUID(int=100 + n), BRANCH, HERE, 600), AGENTS[owner[n]].id) for n in (0, 1)
    )
    at = np.array([3000, 0, 0, 3000])
    travel_s = np.abs(at[:, None] - at[None, :]).astype(np.int32)
    fleet = Fleet(
        (Shift(0, 28_800, 2, None), Shift(0, 28_800, 3, None)),
        tuple(Candidate(unit.case.id, n, 100.0, 600) for n, unit in enumerate(units)),
        (travel_s,) * 2,
        may_serve(AGENTS[:2], units, owner),
    )
    sector = Sector(np.arange(2), np.arange(2), fleet, owner, [[0], [1]])
    assert improve_sector(sector, StopAfter(solutions=300), 1, (0.5, 0.1)).orders == [[1], [0]]
