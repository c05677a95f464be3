"""Rides matched to streets, beside where they really went."""

import numpy as np
import pytest

from routing.speeds.match import Matched, match
from tests.routing.speeds.town import (
    MONDAY_S,
    Phone,
    Ridden,
    a_tour,
    end_of,
    joining,
    phone,
    ride,
    the_graph,
    the_streets,
)  # fmt: skip

NINE = MONDAY_S + 9 * 3600


def right_share(sent: Phone, ridden: list[Ridden]) -> tuple[float, float]:
    """The share of the matched metres on the edges really ridden in that very step, and of the
    ridden metres that were matched at all."""
    graph, rides = the_graph(), sent.rides()
    matched = match(rides, the_streets())
    right_m = all_m = 0.0
    metres = np.abs(matched.share) * graph.edge_length_m[matched.edge]
    for row, edge, length_m in zip(matched.ping, matched.edge, metres, strict=True):
        began_s, ended_s = rides.t_s[row - 1], rides.t_s[row]
        really = {
            e
            for one in ridden
            for e, since, until in zip(one.edges, one.at_s[:-1], one.at_s[1:], strict=True)
            if since < ended_s and until > began_s
        }
        all_m += length_m
        right_m += length_m * (int(edge) in really)
    true_m = sum(graph.edge_length_m[one.edges].sum() for one in ridden)
    return right_m / all_m, all_m / true_m


@pytest.mark.parametrize(("every_s", "least"), [(10.0, 0.94), (30.0, 0.96), (60.0, 0.95)])
def test_nearly_all_of_the_way_is_matched_to_the_streets_ridden(
    every_s: float, least: float
) -> None:
    chance = np.random.default_rng(5)
    right, covered = [], []
    for _ in range(6):
        ridden: list[Ridden] = []
        start_s = NINE
        for _ in range(3):
            tour = a_tour(chance, 6)
            if ridden:
                tour = [end_of(ridden[-1]), *joining(end_of(ridden[-1]), tour)]
            ridden.append(ride(tour, start_s))
            start_s = float(ridden[-1].at_s[-1]) + 600
        shares = right_share(phone(ridden, every_s, chance), ridden)
        right.append(shares[0])
        covered.append(shares[1])
    assert np.mean(right) > least
    assert np.mean(covered) > 0.85
    assert max(covered) < 1.05


def edges_of(matched: Matched) -> set[int]:
    return set(matched.edge[np.abs(matched.share) > 0.05].tolist())


def test_a_jump_of_the_phone_leads_nobody_away() -> None:
    chance = np.random.default_rng(6)
    ridden = ride([(1, 1), (1, 8), (9, 8)], NINE)
    sent = phone([ridden], 10, chance)
    lat = sent.lat.copy()
    lat[len(lat) // 2] += 0.02
    matched = match(Phone(sent.t_s, lat, sent.lon, sent.accuracy_m).rides(), the_streets())
    assert edges_of(matched) <= set(ridden.edges)
    assert matched.linked.sum() > 10


def test_nothing_is_inferred_across_a_silence() -> None:
    chance = np.random.default_rng(7)
    ridden = ride([(1, 1), (1, 10), (10, 10), (10, 1)], NINE)
    middle_s = float(ridden.at_s.mean())
    sent = phone([ridden], 20, chance).without(middle_s - 110, middle_s + 110)
    rides = sent.rides()
    matched = match(rides, the_streets())
    across = np.flatnonzero(np.diff(rides.t_s) > 150) + 1
    assert len(across) == 1
    assert not matched.linked[across[0]]
    assert not (matched.ping == across[0]).any()


def test_a_ride_against_a_one_way_street_teaches_nothing_of_it() -> None:
    graph, chance = the_graph(), np.random.default_rng(8)
    east = ride([(0, 2), (11, 2)], NINE)
    there = phone([east], 15, chance)
    back = Phone(there.t_s, there.lat[::-1], there.lon[::-1], there.accuracy_m[::-1])
    row_two = set(east.edges)
    assert edges_of(match(there.rides(), the_streets())) == row_two
    ridden_backwards = match(back.rides(), the_streets())
    metres = np.abs(ridden_backwards.share) * graph.edge_length_m[ridden_backwards.edge]
    on_row_two = np.isin(ridden_backwards.edge, list(row_two))
    assert metres[on_row_two].sum() < 0.1 * graph.edge_length_m[east.edges].sum()


def test_off_the_streets_no_way_is_known() -> None:
    ferry = phone([ride([(1, 1), (1, 10)], NINE)], 15, np.random.default_rng(9))
    at_sea = Phone(ferry.t_s, ferry.lat - 0.1, ferry.lon - 0.1, ferry.accuracy_m)
    rides = at_sea.rides()
    assert len(rides) == 1
    matched = match(rides, the_streets())
    assert not matched.linked.any()
    assert not len(matched.edge)


def test_a_day_without_movement_has_no_rides() -> None:
    sent = phone([ride([(1, 1), (1, 2)], NINE)], 15, np.random.default_rng(10))
    still = Phone(sent.t_s[:20], sent.lat[:20], sent.lon[:20], sent.accuracy_m[:20])
    assert len(still.rides()) == 0
    matched = match(still.rides(), the_streets())
    assert not len(matched.edge)


def test_no_pings_have_no_rides() -> None:
    nothing = np.zeros(0)
    assert len(Phone(nothing, nothing, nothing, nothing).rides()) == 0


def test_a_stay_at_a_customer_parts_rides_and_counts_for_none() -> None:
    chance = np.random.default_rng(11)
    first = ride([(1, 1), (1, 9)], NINE)
    second = ride([(1, 9), (10, 9)], float(first.at_s[-1]) + 400)
    rides = phone([first, second], 10, chance).rides()
    assert len(rides) == 2
    inside = (rides.t_s > first.at_s[-1] + 15) & (rides.t_s < second.at_s[0] - 15)
    assert not inside.any()


def test_a_proven_visit_too_short_for_a_stop_parts_rides_too() -> None:
    chance = np.random.default_rng(12)
    first = ride([(1, 1), (1, 9)], NINE)
    second = ride([(1, 9), (10, 9)], float(first.at_s[-1]) + 80)
    sent = phone([first, second], 10, chance)
    assert len(sent.rides()) == 1
    assert len(sent.rides([(float(first.at_s[-1]), float(second.at_s[0]))])) == 2


def test_a_walk_is_no_ride() -> None:
    walk = ride([(1, 1), (1, 6)], NINE, 6.0)
    assert len(phone([walk], 10, np.random.default_rng(13)).rides()) == 0
