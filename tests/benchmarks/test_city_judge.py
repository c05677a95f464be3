"""The judge of a city's rounds sees what is wrong with them, and its bound is one."""

import numpy as np
import pytest

from benchmarks import _city_baseline as baseline
from benchmarks._city_field import CityField, city_field, travel_s
from benchmarks._city_judge import Judged, bound, judged
from benchmarks._field_days import grid_city


@pytest.fixture(scope="module")
def field() -> CityField:
    return city_field(grid_city(side=20), agents=2, seed=3)


def test_rounds_are_worth_their_visits_and_ways(field: CityField) -> None:
    matrix = travel_s(field, np.arange(102), np.arange(102))
    home = 0 if field.shifts[0].end_place is None else int(matrix[5, 100])
    found = judged(field, [[5], []], "judging")
    assert found == Judged(field.candidates[5].score, int(matrix[100, 5]) + home, 1)
    assert bound(field, matrix) > found.score


@pytest.mark.parametrize("wrong", [[[1], [1]], [[1]], [[], []], [list(range(50)), []]])
def test_who_visits_twice_or_nobody_or_all_day_and_night_ends_the_benchmark(
    field: CityField, wrong: list[list[int]]
) -> None:
    with pytest.raises(SystemExit, match="no figures"):
        judged(field, wrong, "judging")


def test_the_peer_gives_each_agent_the_mean_of_cases_at_least_travel() -> None:
    from_home_s = np.array([[1, 2, 9, 5], [8, 9, 1, 1]], dtype=np.int32)
    assert baseline.owners(from_home_s).tolist() == [0, 0, 1, 1]
