"""Robust means of many groups at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.address_points.robust import Means, robust_means

READINGS = st.lists(
    st.tuples(st.integers(0, 3), st.floats(-200, 200), st.floats(-200, 200), st.floats(4, 40)),
    min_size=1,
    max_size=30,
)
Readings = list[tuple[int, float, float, float]]


def means(readings: Readings) -> Means:
    group, x, y, sigma = (np.array(column) for column in zip(*readings, strict=True))
    return robust_means(np.unique(group, return_inverse=True)[1], x, y, sigma**2)


@given(readings=READINGS, seed=st.integers(0, 1000))
def test_the_order_of_readings_changes_nothing(readings: Readings, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(readings))
    one, two = means(readings), means([readings[i] for i in order.tolist()])
    assert one.x.tolist() == two.x.tolist()
    assert one.y.tolist() == two.y.tolist()
    assert one.variance.tolist() == two.variance.tolist()
    assert one.agrees[order].tolist() == two.agrees.tolist()


@given(readings=READINGS)
def test_groups_do_not_know_of_each_other(readings: Readings) -> None:
    together = means(readings)
    for number, group in enumerate(sorted({g for g, *_ in readings})):
        alone = means([one for one in readings if one[0] == group])
        assert together.x[number] == pytest.approx(alone.x[0], abs=1e-6)
        assert together.variance[number] == pytest.approx(alone.variance[0], rel=1e-6)


def test_without_outliers_it_is_the_weighted_mean_and_its_error() -> None:
    found = means([(0, 0, 0, 5), (0, 2, 0, 10), (0, 1, 1, 5)])
    weights = np.array([1 / 25, 1 / 100, 1 / 25])
    assert found.x[0] == pytest.approx((weights * [0, 2, 1]).sum() / weights.sum(), abs=0.02)
    assert found.variance[0] == pytest.approx(1 / weights.sum())
    assert found.agrees.all()


@given(far=st.floats(100, 100_000), bearing=st.floats(0, 6.28))
def test_two_of_five_far_away_carry_it_nowhere(far: float, bearing: float) -> None:
    off = (0, far * np.cos(bearing), far * np.sin(bearing), 5.0)
    found = means([(0, 1, 0, 5), (0, -1, 0, 5), (0, 0, 2, 5), off, off])
    assert np.hypot(found.x[0], found.y[0]) < 3
    assert found.agrees.tolist() == [True, True, True, False, False]


def test_readings_that_scatter_more_than_they_say_are_believed_less() -> None:
    calm = means([(0, 0, 0, 5), (0, 1, 0, 5), (0, 0, 1, 5)])
    wild = means([(0, 12, 0, 5), (0, -12, 0, 5), (0, 0, 12, 5)])
    assert wild.variance[0] > 2 * calm.variance[0]
