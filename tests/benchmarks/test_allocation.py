import numpy as np

from benchmarks._allocation_field import force, gini, tiled
from benchmarks._field_days import grid_city
from benchmarks.allocation import broken, measure


def test_a_small_city_is_measured_and_nothing_moves_that_need_not() -> None:
    field = force(tiled(grid_city(side=12), 2), agents=20, seed=3)
    figures = measure(field, down=1, seed=3, repeats=1)
    assert (figures["cases"], figures["agents"]) == (1_000, 20)
    assert (figures["over_capacity"], figures["idle_moves"], figures["collateral"]) == (0, 0, 0)
    assert figures["orphans_moved"] + figures["orphans_left"] == figures["orphans"] > 0
    assert figures["ours"]["money_gini"] < figures["ours_unfair"]["money_gini"]
    assert figures["ours"]["work_cv"] < figures["nearest_with_room"]["work_cv"]


def test_forbidden_owners_are_found() -> None:
    field = force(grid_city(side=12), agents=10, seed=1)
    owner = np.full(len(field.door), int(np.flatnonzero(~field.skilled)[0]))
    assert broken(field, owner) >= int(field.ask_skill.sum()) > 0


def test_the_gini_coefficient_is_0_for_equals_and_grows_with_what_one_has() -> None:
    assert gini(np.ones(10)) == 0
    assert gini(np.array([0.0, 0, 0, 1])) == 0.75
