"""What rides teach, beside the speeds that they were ridden at."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import Floats
from routing.speeds.estimate import ENOUGH, estimate
from routing.speeds.hour_group import HOUR_GROUPS
from routing.speeds.learned import SLOWEST_KMH, LearnedSpeeds, fastest_kmh
from routing.speeds.lesson import Lesson, lesson
from routing.speeds.observed import ClassSums, EdgeSums
from routing.travel.travel_times import travel_times
from tests.routing.speeds.town import (
    MONDAY_S,
    PROFILE,
    Ridden,
    a_tour,
    end_of,
    joining,
    phone,
    ride,
    the_graph,
    the_streets,
)  # fmt: skip

TIMES = travel_times(the_graph(), PROFILE)
PACES = {"primary": 1.8, "secondary": 1.3, "residential": 0.9}


def hour(group: int) -> Floats:
    share = np.zeros(HOUR_GROUPS)
    share[group] = 1.0
    return share


def number(name: str) -> int:
    return the_graph().class_names.index(name)


def a_lesson(
    pace: dict[str, float] | float,
    at_hour: int,
    *,
    every_s: float = 20,
    riders: int = 6,
    seed: int = 1,
    known: LearnedSpeeds | None = None,
) -> Lesson:
    """The lesson of riders who rode all over the town within an hour, at these paces."""
    chance = np.random.default_rng(seed)
    days = []
    for _ in range(riders):
        one = ride(a_tour(chance, 10), MONDAY_S + at_hour * 3600 + 60, pace)
        days.append(phone([one], every_s, chance).rides())
    return lesson(days, "UTC", the_streets(), TIMES, known)


@pytest.mark.parametrize("every_s", [10.0, 30.0, 60.0])
def test_the_pace_of_each_class_is_told_apart_however_rare_the_pings(every_s: float) -> None:
    learned = a_lesson(PACES, 9, every_s=every_s, riders=12)
    speeds = estimate(learned.by_class, learned.by_edge, the_graph())
    for name, pace in PACES.items():
        assert np.exp(speeds.log_pace[9, number(name)]) == pytest.approx(pace, rel=0.12), name


def test_hours_are_told_apart_and_others_take_what_is_known_of_the_class() -> None:
    rush, calm = a_lesson(2.0, 8, riders=12), a_lesson(1.0, 11, riders=12)
    sums = rush.by_class.plus(calm.by_class), rush.by_edge.plus(calm.by_edge)
    pace = estimate(*sums, the_graph()).pace_of(the_graph())[:, number("primary")]
    assert pace[8] == pytest.approx(2.0, rel=0.12)
    assert pace[11] == pytest.approx(1.0, rel=0.12)
    assert pace[11] < pace[15] < pace[8]
    assert pace[15] == pace[24 + 8]


def test_what_nobody_rode_keeps_its_default() -> None:
    graph = the_graph()
    nothing = estimate(ClassSums.none(len(graph.class_names)), EdgeSums.none(), graph)
    assert np.array_equal(nothing.travel_s(graph, PROFILE, hour(9)), graph.travel_s_of(PROFILE))
    learned = a_lesson(1.5, 9)
    speeds = estimate(learned.by_class, learned.by_edge, graph)
    assert not speeds.log_pace[:, number("motorway")].any()


def test_few_rides_move_a_class_less_than_many() -> None:
    graph, road = the_graph(), number("secondary")
    paces = []
    for n in (0.1, 1.0, 10.0, 1000.0):
        sums = ClassSums.none(len(graph.class_names))
        sums.n[9, road], sums.actual_s[9, road], sums.expected_s[9, road] = n, 120 * n, 60 * n
        sums.log_sq[9, road] = 0.2**2 * n
        paces.append(estimate(sums, EdgeSums.none(), graph).pace_of(graph)[9, road])
    assert 1 < paces[0] < paces[1] < paces[2] < paces[3] < 2
    assert paces[3] == pytest.approx(2, rel=0.01)


def test_a_stop_that_nobody_noticed_hardly_counts() -> None:
    def with_stop(stop_s: float) -> float:
        chance = np.random.default_rng(3)
        days = []
        for rider in range(8):
            one = ride(a_tour(chance, 10), MONDAY_S + 9 * 3600 + 60, 1.0)
            at_s = one.at_s.copy()
            at_s[len(at_s) // 2 :] += stop_s if rider < 2 else 0
            days.append(phone([Ridden(one.edges, at_s)], 10, chance).rides())
        learned = lesson(days, "UTC", the_streets(), TIMES, None)
        cells = learned.by_class
        return float(cells.actual_s.sum() / cells.expected_s.sum())

    assert with_stop(0) == pytest.approx(1.0, abs=0.05)
    assert with_stop(100) == pytest.approx(1.0, abs=0.07)


def test_an_edge_that_is_slower_than_its_class_is_known_once_it_was_ridden_enough() -> None:
    graph, chance = the_graph(), np.random.default_rng(4)
    slow = ride([(0, 4), (11, 4)], 0).edges
    days = []
    for _ in range(20):
        start_s = MONDAY_S + 9 * 3600 + 60
        along = ride([(0, 4), (11, 4)], start_s, 1.8)
        days.append(phone([along], 20, chance).rides())
        for row in (5, 7):
            other = ride([(0, row), (11, row)], start_s, 1.0)
            days.append(phone([other], 20, chance).rides())
    learned = lesson(days, "UTC", the_streets(), TIMES, None)
    speeds = estimate(learned.by_class, learned.by_edge, graph)
    pace = speeds.travel_s(graph, PROFILE, hour(9)) / graph.travel_s_of(PROFILE)
    beside = ride([(0, 5), (11, 5)], 0).edges
    assert pace[slow].mean() > 1.25 * pace[beside].mean()
    untouched = ride([(4, 9), (4, 10)], 0).edges
    class_pace = np.exp(speeds.log_pace[9, number("residential")])
    assert pace[untouched] == pytest.approx(class_pace)


def test_an_edge_ridden_rarely_stays_with_its_class() -> None:
    graph, classes = the_graph(), len(the_graph().class_names)
    sums = ClassSums.none(classes)
    once = EdgeSums(
        np.array([3], np.int32), np.array([9], np.int32),
        np.array([ENOUGH - 1]), np.array([300.0]), np.array([100.0]),
    )  # fmt: skip
    assert not len(estimate(sums, once, graph).edges)
    often = replace(once, n=np.array([ENOUGH + 1]))
    assert len(estimate(sums, often, graph).edges) == 1


def speeds_of(log_pace: float, edge_log: float = 0.0) -> LearnedSpeeds:
    graph = the_graph()
    cells = np.full((HOUR_GROUPS, len(graph.class_names)), log_pace)
    nothing = np.zeros(0, np.int32)
    return LearnedSpeeds(graph.class_names, cells, cells, np.array([5], np.int32),
                         np.array([edge_log]), nothing, nothing, np.zeros(0))  # fmt: skip


@given(st.floats(-3, 3), st.floats(-3, 3))
def test_no_street_is_faster_than_allowed_or_slower_than_a_walk(
    log_pace: float, edge_log: float
) -> None:
    graph = the_graph()
    travel_s = speeds_of(log_pace, edge_log).travel_s(graph, PROFILE, hour(3))
    kmh = graph.edge_length_m / travel_s * 3.6
    assert (kmh <= fastest_kmh(graph, PROFILE) * (1 + 1e-9)).all()
    assert (kmh >= SLOWEST_KMH * (1 - 1e-9)).all()


def test_a_posted_limit_is_the_most_that_can_be_learned() -> None:
    graph = the_graph()
    posted = graph.edge_speed_kmh.copy()
    posted[0] = 27.0
    limited = replace(graph, edge_speed_kmh=posted)
    assert fastest_kmh(limited, PROFILE)[0] == pytest.approx(30)


@given(st.lists(st.floats(0, 1), min_size=48, max_size=48).filter(lambda s: sum(s) > 0.1))
def test_a_shift_takes_the_mean_of_its_hours(weights: list[float]) -> None:
    graph = the_graph()
    share = np.array(weights) / sum(weights)
    speeds = speeds_of(0.0)
    by_hour = np.linspace(-0.2, 0.6, 48)
    speeds = replace(speeds, log_pace=np.repeat(by_hour[:, None], len(graph.class_names), 1))
    whole = speeds.travel_s(graph, PROFILE, share)
    each = np.array([speeds.travel_s(graph, PROFILE, hour(g)) for g in range(48)])
    assert whole == pytest.approx(share @ each)


def test_a_class_is_known_by_its_name_when_the_network_is_another() -> None:
    graph = the_graph()
    speeds = speeds_of(0.0, 0.5)
    log_pace = speeds.log_pace.copy()
    log_pace[:, number("primary")] = 0.4
    other = replace(
        graph,
        class_names=tuple(reversed(graph.class_names)),
        edge_class=(len(graph.class_names) - 1 - graph.edge_class).astype(np.int8),
    )
    after = replace(speeds, log_pace=log_pace).without_edges().travel_s(other, PROFILE, hour(9))
    primary = graph.edge_class == number("primary")
    assert after[primary] == pytest.approx(graph.travel_s[primary] * np.exp(0.4))
    assert after[~primary] == pytest.approx(graph.travel_s[~primary])


def test_learned_speeds_foretell_the_legs_of_another_day_better() -> None:
    learned = a_lesson(PACES, 9, riders=12)
    speeds = estimate(learned.by_class, learned.by_edge, the_graph())
    chance = np.random.default_rng(7)
    starts = [(c, r) for c in (0, 3, 5, 6) for r in (1, 4, 6, 9, 11)]
    days = [
        phone([ride([(c, r), (c + 5, r)], MONDAY_S + 9 * 3600, PACES)], 10, chance).rides()
        for c, r in starts
    ]
    other = lesson(days, "UTC", the_streets(), TIMES, speeds)
    actual = other.legs.actual_s
    assert len(actual) > 15
    before = np.median(np.abs(other.default_s / actual - 1))
    after = np.median(np.abs(other.learned_s / actual - 1))
    assert np.isnan(learned.learned_s).all()
    assert after < before / 2


def test_a_leg_knows_how_far_and_how_long_it_was() -> None:
    one = ride([(1, 4), (1, 9)], MONDAY_S + 9 * 3600, 1.0)
    learned = lesson(
        [phone([one], 10, np.random.default_rng(5)).rides()], "UTC", the_streets(), TIMES, None
    )
    assert len(learned.legs.row) == 1
    rode_s, length_m = one.at_s[-1] - one.at_s[0], the_graph().edge_length_m[one.edges].sum()
    # Arriving and setting off belong to no ride: up to a step at either end.
    assert rode_s - 30 < learned.legs.actual_s[0] <= rode_s
    share = learned.legs.actual_s[0] / rode_s
    assert learned.legs.length_m[0] == pytest.approx(share * length_m, rel=0.1)
    assert learned.default_s[0] == pytest.approx(learned.legs.actual_s[0], rel=0.1)


def test_a_ride_that_wandered_about_is_not_judged() -> None:
    start_s = MONDAY_S + 9 * 3600
    straight = ride([(1, 4), (1, 9)], start_s)
    wandering = ride([(1, 4), (9, 4), (9, 9), (1, 9)], start_s)
    chance = np.random.default_rng(8)
    days = [phone([one], 10, chance).rides() for one in (straight, wandering)]
    learned = lesson(days, "UTC", the_streets(), TIMES, None)
    assert learned.rider.tolist() == [0, 1]
    assert learned.rider[learned.judged].tolist() == [0]


def test_riders_apart_teach_what_they_teach_together() -> None:
    chance = np.random.default_rng(6)
    start = ride(a_tour(chance, 8), MONDAY_S + 9 * 3600, PACES)
    tour = [end_of(start), *joining(end_of(start), a_tour(chance, 6))]
    second = ride(tour, float(start.at_s[-1]) + 600, PACES)
    days = [phone([one], 20, chance).rides() for one in (start, second)]
    both = lesson(days, "UTC", the_streets(), TIMES, None)
    assert both.rides == 2
    assert both.rider.tolist() == sorted(both.rider.tolist())
    assert set(both.rider.tolist()) == {0, 1}
