"""The benchmark of agents who drop out: its own field, and what it judges."""

from benchmarks._city_down import AT_S, field_of, inserted, medians, outcomes, rest_at
from benchmarks._field_days import grid_city
from benchmarks._round_part import Streets

TOWN = Streets("grid", grid_city(side=30), None)


def test_full_neighbors_win_back_by_giving_up_what_is_less_urgent() -> None:
    told = outcomes(TOWN, seed=4, agents=6, down=2)
    assert len(told) == 2
    for one in told:
        assert one.insert_only <= one.recovered <= 1
        assert one.taken <= one.orphans
        assert one.recovered > 0
    assert set(medians(told)) == {
        "recovered", "others_moved", "down_ms", "insert_only_recovered",
    }  # fmt: skip


def test_a_visit_that_has_begun_is_ended_and_a_way_is_ridden_to_its_end() -> None:
    field = field_of(TOWN, seed=4, agents=2)
    for agent in range(2):
        rest = rest_at(field, agent, AT_S)
        done = field.order[agent][: len(field.order[agent]) - len(rest.cases)]
        assert rest.place == done[-1]
        assert rest.ready_s == field.departs_s[agent][len(done) - 1]
        assert rest.rides == (rest.ready_s <= AT_S)
    rests = [rest_at(field, agent, AT_S) for agent in range(2)]
    assert 0 <= inserted(field, rests, 0) <= 1
