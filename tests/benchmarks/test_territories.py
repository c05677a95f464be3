from benchmarks._allocation_field import force, tiled
from benchmarks._field_days import grid_city
from benchmarks.territories import measure


def test_ours_are_whole_and_more_even_than_the_peers() -> None:
    city = tiled(grid_city(side=12), 2)
    figures = measure(city, force(city, agents=12, seed=3), 0.1, seed=3)
    assert (figures["territories"], figures["cases"]) == (12, 600)
    assert figures["ours"]["not_whole"] == 0
    assert figures["ours"]["most_to_mean"] < figures["kmeans"]["most_to_mean"]
    assert figures["to_nearest_home"]["most_to_mean"] < 1
