"""Fleet instances of the rounds benchmark: made, read, and judged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks._fleet_instances import KINDS, Instance, made, parse, read_folder
from benchmarks._round_fleets import Outcome, Task, by_py_vrp, judged, tasks_of

TEXT = """R_small

VEHICLE
NUMBER     CAPACITY
  3         20

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      0          0          0          0        100          0
    1      3          4         10          0         50         10
    2      6          8         10         20         24         10
    3      0         10         10          0         90         10
"""


@pytest.fixture
def small() -> Instance:
    return parse("small", TEXT)


def test_a_published_file_is_read_in_tenths(small: Instance, tmp_path: Path) -> None:
    assert (small.vehicles, small.capacity, small.customers) == (3, 20, 3)
    assert small.distance[0].tolist() == [0, 50, 100, 100]
    assert small.distance[1, 3] == 67  # √45 in tenths, rounded down
    assert small.demand.tolist() == [0, 10, 10, 10]
    assert (small.ready[2], small.due[2], small.service[2]) == (200, 240, 100)
    (tmp_path / "r.TXT").write_text(TEXT)
    assert [instance.name for instance in read_folder(tmp_path)] == ["r"]


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="letter: not an instance"):
        parse("letter", "Dear all,\n\n1 2 3\n")
    with pytest.raises(ValueError, match=r"no \.txt file"):
        read_folder(tmp_path)


def test_routes_are_judged_by_the_instance_alone(small: Instance) -> None:
    way = 50 + 50 + 100
    assert judged(small, [[1, 2], [3]], team=False) == Outcome(2, 3, way + 200, 30)
    assert judged(small, [[1, 2], []], team=True) == Outcome(1, 2, way, 20)
    assert judged(small, [], team=False) == Outcome(0, 0, 0, 0)


@pytest.mark.parametrize(
    "routes",
    [
        [[1, 2], [2]],  # twice
        [[1, 1]],
        [[0, 1]],  # the depot is no customer
        [[1, 2, 3]],  # 30 on a van for 20
        [[3, 2]],  # there too late
    ],
)
def test_routes_that_break_a_rule_count_for_nothing(
    small: Instance, routes: list[list[int]]
) -> None:
    assert judged(small, routes, team=False) is None


def test_a_van_is_back_before_the_depot_shuts(small: Instance) -> None:
    due = small.due.copy()
    due[0] = 299
    assert judged(replace(small, due=due), [[3]], team=False) is None
    due[0] = 300
    assert judged(replace(small, due=due), [[3]], team=False) is not None


def test_a_team_carries_nothing(small: Instance) -> None:
    assert judged(replace(small, capacity=5), [[1, 2]], team=False) is None
    assert judged(replace(small, capacity=5), [[1, 2]], team=True) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_each_customer_of_an_instance_can_be_served_alone(kind: str) -> None:
    instance, same, other = made(kind, 100, 7), made(kind, 100, 7), made(kind, 100, 8)
    assert (instance.distance == same.distance).all()
    assert (instance.due == same.due).all()
    assert not (instance.distance == other.distance).all()
    assert instance.customers == 100
    alone = [[customer] for customer in range(1, 101)]
    assert judged(instance, alone, team=False) is not None
    narrow = (instance.due - instance.ready)[1:] < 0.6 * instance.due[0]
    assert narrow.mean() > 0.15


def test_clusters_are_nearer_than_chance() -> None:
    apart = {kind: np.median(made(kind, 200, 1).distance) for kind in ("R1", "C1")}
    nearest = {
        kind: np.median(np.sort(made(kind, 200, 1).distance, axis=1)[:, 5]) for kind in ("R1", "C1")
    }
    assert nearest["C1"] / apart["C1"] < 0.6 * nearest["R1"] / apart["R1"]


def test_the_peer_serves_a_small_instance_well(small: Instance) -> None:
    task = Task(small, team=False, seconds=0.1, seed=1)
    outcome = judged(small, by_py_vrp(task, 3), team=False)
    assert outcome == Outcome(2, 3, 363, 30)
    team = judged(small, by_py_vrp(replace(task, team=True), 1), team=True)
    assert team is not None
    assert team.score == 30


def test_given_instances_are_solved_in_both_ways(small: Instance) -> None:
    assert [(task.instance.name, task.team) for task in tasks_of(1, [small])] == [
        ("small", False),
        ("small", True),
    ]
    names = [task.instance.name for task in tasks_of(1, None) if not task.team]
    assert names == [f"{kind} 100" for kind in KINDS] + ["R1 200", "C1 200", "RC1 200"]
