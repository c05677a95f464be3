"""Where confirmed visits say that an address is."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import distance_m
from geofence.address_points.estimate import Believed, ConfirmedVisit, Estimate, estimates
from geofence.address_points.proposals.proposal import Former, is_worth_proposing
from tests.geofence.shapes.outlines import HERE, at

ADDRESS, OTHER = UUID(int=1), UUID(int=2)
ANA, BEN, EVA = UUID(int=11), UUID(int=12), UUID(int=13)


def believed(
    address: UUID = ADDRESS, sigma_m: float = 16.7, witnesses: tuple[UUID, ...] = ()
) -> Believed:
    return Believed(address, UUID(int=9), HERE, sigma_m, 0, frozenset(witnesses), "source")


def visits(
    agent: UUID, *places: tuple[float, float], address: UUID = ADDRESS, sigma_m: float = 5
) -> list[ConfirmedVisit]:
    return [
        ConfirmedVisit(
            UUID(int=hash((agent.int, n, x, y)) % 2**60),
            address,
            agent,
            at(x, y),
            sigma_m,
            "receipt",
        )
        for n, (x, y) in enumerate(places)
    ]


def estimate(*groups: list[ConfirmedVisit], of: Believed | None = None) -> Estimate | None:
    found = estimates([of or believed()], [visit for group in groups for visit in group])
    return found[0] if found else None


def test_two_agents_who_agree_propose_the_point_between_them() -> None:
    found = estimate(visits(ANA, (40, 0), (42, 2)), visits(BEN, (44, 0)))
    assert found is not None
    assert found.is_news
    assert found.agents == (ANA, BEN)
    assert len(found.agreeing) == 3
    assert distance_m(found.center, at(42, 1)) < 2
    assert found.distance_m == pytest.approx(42, abs=2)
    assert found.sigma_m < 7


def test_who_comes_often_does_not_outvote_two_who_agree() -> None:
    often = visits(EVA, *[(-60.0 + n % 3, float(n % 5)) for n in range(40)])
    found = estimate(visits(ANA, (40, 0)), visits(BEN, (42, 0)), often)
    assert found is not None
    assert found.agents == (ANA, BEN)
    assert found.distance_m == pytest.approx(41, abs=2)


def test_two_agents_at_two_places_propose_nothing() -> None:
    assert estimate(visits(ANA, (60, 0), (60, 1)), visits(BEN, (-60, 0), (-60, 1))) is None


def test_whose_visits_do_not_agree_with_each_other_has_no_vote() -> None:
    torn = visits(EVA, (300, 0), (-300, 0))
    found = estimate(visits(ANA, (40, 0)), visits(BEN, (42, 0)), torn)
    assert found is not None
    assert found.agents == (ANA, BEN)
    assert estimate(visits(ANA, (60, 0)), visits(BEN, (-60, 0)), torn) is None
    assert estimate(torn) is None


def test_one_agent_proposes_from_two_visits_that_agree_on() -> None:
    once = estimate(visits(ANA, (40, 0)))
    twice = estimate(visits(ANA, (40, 0), (41, 0)))
    torn = estimate(visits(ANA, (40, 0), (-80, 0)))
    assert once is not None
    assert not once.is_news
    assert twice is not None
    assert twice.is_news
    assert torn is None or not torn.is_news


@pytest.mark.parametrize(
    ("away_m", "sigma_m", "of"),
    [
        (10, 5, believed()),  # not even a door
        (25, 30, believed(sigma_m=50)),  # its own error explains it
        (40, 5, believed(sigma_m=5)),  # what is believed is known better
    ],
)
def test_what_changes_nothing_is_not_proposed(away_m: float, sigma_m: float, of: Believed) -> None:
    found = estimate(
        visits(ANA, (away_m, 0), sigma_m=sigma_m), visits(BEN, (away_m, 1), sigma_m=sigma_m), of=of
    )
    assert found is not None
    assert not found.is_news


def test_a_second_agent_confirms_a_point_where_they_agree_and_the_first_does_not() -> None:
    own = believed(witnesses=(ANA,), sigma_m=9)
    again = estimate(visits(ANA, (3, 0), (4, 0)), of=own)
    other = estimate(visits(ANA, (3, 0), (4, 0)), visits(BEN, (8, 0)), of=own)
    away = estimate(visits(BEN, (60, 0), (61, 0)), of=own)
    assert again is not None
    assert not again.confirms
    assert other is not None
    assert other.confirms
    assert away is not None
    assert not away.confirms


@given(seed=st.integers(0, 500))
def test_neither_the_order_of_visits_nor_other_addresses_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    here = [
        *visits(ANA, *map(tuple, rng.normal(30, 8, (4, 2)).tolist())),
        *visits(BEN, *map(tuple, rng.normal(30, 8, (3, 2)).tolist())),
    ]
    there = visits(EVA, *map(tuple, rng.normal(-30, 8, (3, 2)).tolist()), address=OTHER)
    alone = estimates([believed()], here)
    mixed = [*here, *there]
    together = estimates(
        [believed(OTHER), believed()], [mixed[i] for i in rng.permutation(len(mixed)).tolist()]
    )
    of_here = [one for one in together if one.believed.address_id == ADDRESS]
    assert [one.agents for one in of_here] == [one.agents for one in alone]
    for one, two in zip(alone, of_here, strict=True):
        assert distance_m(one.center, two.center) < 1e-6
        assert one.sigma_m == pytest.approx(two.sigma_m)


def test_of_many_simulated_addresses_the_proposed_point_is_as_near_as_it_says() -> None:
    rng = np.random.default_rng(3)
    off = []
    for n in range(200):
        truth = rng.normal(0, 30, 2)
        seen = [
            visit
            for agent in (ANA, BEN, EVA)
            for visit in visits(
                agent,
                *map(tuple, (truth + rng.normal(0, 5, 2) + rng.normal(0, 7, (4, 2))).tolist()),
            )
        ]
        found = estimate(seen)
        assert found is not None, n
        off.append(distance_m(found.center, at(*truth.tolist())) ** 2 / found.sigma_m**2)
    # Squared distances in units of the variance are chi-squared with two degrees of freedom: their
    # mean is 2 where the stated error is true, and less where it is careful.
    assert 0.5 < np.mean(off) < 2.5


def test_what_was_not_wanted_is_proposed_again_only_with_a_new_witness_or_elsewhere() -> None:
    found = estimate(visits(ANA, (40, 0), (41, 0)), visits(BEN, (42, 0)))
    assert found is not None

    def former(state: str, agents: tuple[UUID, ...] = (ANA, BEN), x: float = 41) -> Former:
        return Former(at(x, 0), 6, agents, 0, state)

    assert is_worth_proposing(found, None)
    assert is_worth_proposing(found, former("outdated"))
    assert not is_worth_proposing(found, former("open"))
    assert is_worth_proposing(found, former("open", (ANA,)))
    for state in ("rejected", "accepted"):
        assert not is_worth_proposing(found, former(state))
        assert is_worth_proposing(found, former(state, (ANA,)))
        assert is_worth_proposing(found, former(state, x=-40))
