"""A territory split in two: even, whole, each part for its own agents, centers undivided."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.policy import Policy
from allocation.scenarios.field import BranchField, Field, TerritoryField
from allocation.scenarios.territory_split import SplitTerritory
from allocation.territories.proposals.halves import halves, within
from allocation.territories.proposals.streets import ground_of
from allocation.territories.shape import shape_in
from allocation.units import OpenCase
from allocation.work import Agent, Case
from core.errors import InvalidField
from core.geometry import LatLon
from streets.profile import Profile
from tests.streets.small_city import at, small_graph

BRANCH, CENTER = UUID(int=1), UUID(int=9)
GROUND = ground_of(small_graph(), Profile.TWO_WHEELER)
WEST, EAST = LatLon(*at(0, 150)), LatLon(*at(400, 150))


def agent(number: int, home: LatLon) -> Agent:
    return Agent(UUID(int=100 + number), BRANCH, home, 0)


ANA, BEN = agent(1, WEST), agent(2, EAST)


def cases(many: int, center: UUID | None = None) -> tuple[OpenCase, ...]:
    rng = np.random.default_rng(5)
    spots = zip(rng.uniform(0, 400, many), rng.uniform(0, 300, many), strict=True)
    return tuple(
        OpenCase(Case(UUID(int=1000 + n), BRANCH, LatLon(*at(float(x), float(y))), 1200), None)
        for n, (x, y) in enumerate(spots)
    )


def field(its: tuple[OpenCase, ...], shape: bytes | None = None) -> Field:
    inside = frozenset(each.case.id for each in its)
    north = BranchField(BRANCH, frozenset([BRANCH]), "North", WEST, Policy(), (ANA, BEN), its)
    return Field((north,), territories={(BRANCH, "T-1"): TerritoryField(inside, shape, GROUND)})


SPLIT = SplitTerritory(BRANCH, "T-1", (BEN.id,), (ANA.id,))


def test_each_half_is_for_its_agents_who_get_the_nearer_one() -> None:
    done = SPLIT.applied(field(cases(40)))
    assert [part.territory for part in done.parts] == ["T-1/1", "T-1/2"]
    assert {part.agent_ids for part in done.parts} == {(ANA.id,), (BEN.id,)}
    assert sum(part.cases for part in done.parts) == 40
    work_min = [part.work_min for part in done.parts]
    assert max(work_min) <= 1.15 * sum(work_min) / 2
    assert all(part.is_whole for part in done.parts)
    lon: dict[UUID, list[float]] = {ANA.id: [], BEN.id: []}
    for each in done.branches[0].cases:
        assert each.case.bound_to is not None
        (only,) = each.case.bound_to.agents
        lon[only].append(each.case.position.lon)
    # Told the wrong way round, the agents still get what is nearer to their homes.
    assert np.mean(lon[ANA.id]) < np.mean(lon[BEN.id])


def test_a_case_elsewhere_stays_as_it_is() -> None:
    its = cases(12)
    territory = TerritoryField(frozenset(c.case.id for c in its[:10]), None, GROUND)
    done = SPLIT.applied(replace(field(its), territories={(BRANCH, "T-1"): territory}))
    assert done.branches[0].cases[10:] == its[10:]
    assert sum(part.cases for part in done.parts) == 10


@settings(max_examples=15, deadline=None)
@given(many=st.integers(6, 30), members=st.sets(st.integers(0, 29), min_size=2, max_size=6))
def test_a_center_is_never_divided(many: int, members: set[int]) -> None:
    its = tuple(
        replace(each, center_id=CENTER if n in members else None)
        for n, each in enumerate(cases(many))
    )
    done = SPLIT.applied(field(its))
    of_center = {c.case.worked for c in done.branches[0].cases if c.center_id}
    assert len(of_center) <= 1


def test_halves_keep_to_the_territorys_own_streets() -> None:
    ring = [at(-20, -20), at(220, -20), at(220, 320), at(-20, 320), at(-20, -20)]
    box = {"type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in ring]]}
    ground = within(GROUND, shape_in(box).wkb, [])
    assert ground is not None
    assert 0 < len(ground.streets.x_m) < len(GROUND.streets.x_m)
    places = [c.case.position for c in cases(20)]
    found = halves(ground, places, np.ones(20))
    assert found is not None
    assert found.is_whole == (True, True)
    assert abs(int(found.half.sum()) - 10) <= 3


@pytest.mark.parametrize(
    ("its", "change", "expected"),
    [
        ((), SPLIT, "0 are due, nowhere"),
        (cases(1), SPLIT, "1 are due, at one crossing"),
        (cases(9), replace(SPLIT, first_agent_ids=(UUID(int=7),)), "at work on the scenario's day"),
    ],
)
def test_what_cannot_be_split_says_what_would_be_right(
    its: tuple[OpenCase, ...], change: SplitTerritory, expected: str
) -> None:
    with pytest.raises(InvalidField, match=expected):
        change.applied(field(its))


def test_a_territory_without_streets_says_so() -> None:
    ring = [at(9000, 9000), at(9100, 9000), at(9100, 9100), at(9000, 9000)]
    box = {"type": "Polygon", "coordinates": [[[lon, lat] for lat, lon in ring]]}
    with pytest.raises(InvalidField, match="9 are due, where it has no streets"):
        SPLIT.applied(field(cases(9), shape_in(box).wkb))
