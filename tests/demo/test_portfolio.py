"""The invented portfolio is always the same, and a demand file like any lender's."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from collection.portfolio.demand_file import read_demand_file
from core.geometry import LatLon, distance_m
from demo.centers import GROUP, MEMBERS, centers_of
from demo.portfolio import BRANCHES, CASH_LIMITS, CURRENCY, Portfolio, portfolio
from streets.graph import StreetGraph

MONDAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def invented(city: StreetGraph) -> Portfolio:
    return portfolio(city, MONDAY)


def test_the_same_seed_makes_the_same_portfolio_and_another_another(
    city: StreetGraph, invented: Portfolio
) -> None:
    assert portfolio(city, MONDAY) == invented
    assert portfolio(city, MONDAY, seed=2).demand_file != invented.demand_file


def test_people_stay_the_same_on_another_day(city: StreetGraph, invented: Portfolio) -> None:
    tuesday = portfolio(city, MONDAY.replace(day=24))
    bare = {"demand_file": b"", "rows": ()}
    assert replace(tuesday, **bare) == replace(invented, **bare)  # type: ignore[arg-type]
    assert centers_of(tuesday.rows) == centers_of(invented.rows)


def test_the_demand_file_is_read_without_a_problem(invented: Portfolio) -> None:
    read = read_demand_file(invented.demand_file, currency=CURRENCY)
    assert read.problems == ()
    assert read.ignored_columns == ()
    assert len(read.rows) == invented.cases == 600
    assert read.trailer is not None
    assert len({row.loan_account_no for row in read.rows}) == 600


def test_some_addresses_must_be_geocoded_and_all_are_in_both_towns(invented: Portfolio) -> None:
    rows = read_demand_file(invented.demand_file, currency=CURRENCY).rows
    known = [row for row in rows if row.position is not None]
    assert 30 < len(rows) - len(known) < 130
    towns = Counter(row.branch_code for row in rows)
    assert set(towns) == {code for code, _, _ in BRANCHES}
    assert min(towns.values()) > 150


def test_agents_live_near_their_branch_and_newcomers_may_carry_little(invented: Portfolio) -> None:
    places = {code: at for code, _, at in BRANCHES}
    assert len(invented.agents) == 12
    assert Counter(agent.cash_limit_minor for agent in invented.agents)[CASH_LIMITS[0]] == 2
    for agent in invented.agents:
        assert distance_m(agent.home, places[agent.branch_code]) < 15_000


def test_centers_are_of_neighbors_in_groups(invented: Portfolio) -> None:
    doors = {row["customer_id"]: row for row in invented.rows}
    for center in centers_of(invented.rows):
        assert len(set(center.customers)) == MEMBERS
        assert [len(members) for members in center.groups.values()] == [GROUP, GROUP]
        for ref in center.customers:
            row = doors[ref]
            assert row["branch_code"] == center.branch_code
            assert distance_m(LatLon(float(row["lat"]), float(row["lon"])), center.at) < 1_500
