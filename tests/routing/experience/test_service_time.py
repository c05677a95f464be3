from hypothesis import given
from hypothesis import strategies as st

from routing.experience.service_time import (
    DEFAULT_S,
    LEAST_SHARE,
    MOST_SHARE,
    MOST_WEIGHT,
    Stays,
    default_weight,
    learned_times,
    shrunk_s,
)

MEANS = st.floats(60, 7_200)
WEIGHTS = st.floats(3, 60)


def stays(visits: int, mean_s: float, variance_s2: float = 40_000.0) -> Stays:
    return Stays("MICRO", "B1", visits, mean_s, variance_s2)


@given(st.integers(1, 10_000), MEANS, WEIGHTS)
def test_what_is_learned_lies_between_the_default_and_the_visits(
    visits: int, mean_s: float, weight: float
) -> None:
    low, high = sorted((mean_s, float(DEFAULT_S)))
    bounded = min(max(low, LEAST_SHARE * DEFAULT_S), MOST_SHARE * DEFAULT_S)
    learned = shrunk_s(visits, mean_s, weight, DEFAULT_S)
    assert bounded - 1 <= learned <= max(high, DEFAULT_S) + 1
    assert LEAST_SHARE * DEFAULT_S <= learned <= MOST_SHARE * DEFAULT_S


@given(st.integers(1, 1_000), MEANS, WEIGHTS)
def test_more_visits_pull_it_nearer_to_their_mean(
    visits: int, mean_s: float, weight: float
) -> None:
    few, many = (shrunk_s(n, mean_s, weight, DEFAULT_S) for n in (visits, 2 * visits))
    assert abs(many - mean_s) <= abs(few - mean_s) + 1


def test_one_odd_visit_hardly_moves_it() -> None:
    (one,) = learned_times([stays(1, 5_000.0, 0.0)])
    assert one.service_s == round((5_000 + MOST_WEIGHT * DEFAULT_S) / (1 + MOST_WEIGHT))
    assert one.visits == 1


def test_kinds_that_clearly_differ_are_told_apart() -> None:
    short, long = learned_times([stays(200, 400.0), stays(200, 1_500.0)])
    assert abs(short.service_s - 400) < 20
    assert abs(long.service_s - 1_500) < 30


def test_kinds_that_differ_by_chance_keep_the_default() -> None:
    noisy = [stays(4, DEFAULT_S + off, 90_000.0) for off in (-60, 0, 60)]
    assert default_weight(noisy, DEFAULT_S) == MOST_WEIGHT
    assert all(abs(one.service_s - DEFAULT_S) <= 4 for one in learned_times(noisy))


def test_kinds_that_nobody_visited_are_left_out() -> None:
    assert learned_times([stays(0, 0.0)]) == ()
