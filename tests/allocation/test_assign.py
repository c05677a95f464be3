import numpy as np
import pytest
from hypothesis import given, settings

from allocation.audit import audit
from allocation.eligibility import misfit
from allocation.policy import LoadStep, Policy
from allocation.problem import Problem
from allocation.solver import assign
from allocation.work import Case
from tests.allocation.scenes import (
    NORTH,
    SOUTH,
    agent,
    case,
    problem,
    problems,
    published,
    town,
)


def test_each_case_goes_to_the_nearest_agent_while_there_is_room() -> None:
    west, east = agent(1, east=-0.1), agent(2, east=0.1)
    near_west, near_east = case(1, east=-0.08), case(2, east=0.07)
    answer = assign(problem([west, east], [near_west, near_east]))
    assert set(answer.owners) == {(near_west.id, west.id), (near_east.id, east.id)}
    assert (answer.unplaced, answer.moved, answer.overloaded) == ((), (), ())


def test_a_case_moves_only_when_that_saves_more_travel_than_the_relation_is_worth() -> None:
    far, near = agent(1, east=0.02), agent(2, east=0.0)
    visit = case(1, incumbent=far)
    scene = problem([far, near], [visit])
    saving_s = float(scene.travel_s[0, 0] - scene.travel_s[1, 0])
    kept = assign(scene, Policy(disturbance_s=int(saving_s) + 1))
    moved = assign(scene, Policy(disturbance_s=int(saving_s) - 1))
    assert kept.owners == ((visit.id, far.id),)
    assert kept.moved == ()
    assert moved.moved == ((visit.id, far.id, near.id),)


def test_work_spreads_before_the_nearest_agent_is_full() -> None:
    near, far = agent(1, capacity_min=100), agent(2, east=0.002, capacity_min=100)
    answer = assign(problem([near, far], [case(n, service_min=10) for n in range(10)]))
    loads = [sum(owned.agent_id == a.id for owned in answer.owners) for a in (near, far)]
    assert loads[0] < 10
    assert min(loads) >= 2


def test_an_agent_is_given_at_most_one_visit_above_capacity() -> None:
    only = agent(1, capacity_min=100)
    answer = assign(problem([only], [case(n, service_min=20) for n in range(9)]))
    assert len(answer.owners) == 6
    (overload,) = answer.overloaded
    assert (overload.load_s, overload.capacity_s) == (120 * 60, 100 * 60)


def test_short_capacity_leaves_the_least_urgent_and_says_how_many_minutes_are_missing() -> None:
    only = agent(1, capacity_min=60)
    cases = [case(n, service_min=20, priority=10 * n) for n in range(1, 8)]
    answer = assign(problem([only], cases))
    assert {lost.case_id for lost in answer.unplaced} == {c.id for c in cases[:3]}
    assert {lost.reason.short_by_min for lost in answer.unplaced} == {60}
    assert answer.unplaced[0].reason.sentence("North") == (
        "capacity of branch North short by 60 minutes"
    )


def test_a_long_case_displaces_a_less_urgent_one_rather_than_stay_behind() -> None:
    agents = [agent(1, capacity_min=50), agent(2, capacity_min=50)]
    calm = [case(n, service_min=40, priority=5) for n in (1, 2)]
    urgent = case(3, service_min=40, priority=95)
    answer = assign(problem(agents, [*calm, urgent]), Policy(overload_visits=0))
    assert urgent.id in {owned.case_id for owned in answer.owners}
    assert len(answer.owners) == 2


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (case(1, branch_id=SOUTH), "branch B has no agent at work"),
        (case(1, skills=["diver"]), "no agent in branch B has skill diver"),
        (case(1, skills=["center", "vehicle"]), "no agent in branch B has all of center, vehicle"),
        (
            case(1, skills=["center"], language="arn"),
            "no agent in branch B with the skills speaks arn",
        ),
    ],
)
def test_a_case_that_nobody_may_own_comes_back_with_the_reason(wanted: Case, expected: str) -> None:
    agents = [
        agent(1, skills=["center"], languages=["es"]),
        agent(2, skills=["vehicle"], languages=["arn"]),
    ]
    answer = assign(problem(agents, [wanted]))
    assert answer.owners == ()
    assert [lost.reason.sentence("B") for lost in answer.unplaced] == [expected]


@pytest.mark.parametrize("no_way", [np.inf, np.nan])
def test_a_case_that_no_street_leads_to_comes_back_as_out_of_reach(no_way: float) -> None:
    scene = problem([agent(1)], [case(1), case(2)])
    scene.travel_s[0, 1] = no_way
    answer = assign(scene)
    assert [owned.case_id for owned in answer.owners] == [case(1).id]
    assert [lost.reason.code for lost in answer.unplaced] == ["out_of_reach"]


def test_an_agent_without_capacity_keeps_pins_and_gets_nothing_else() -> None:
    resting, working = agent(1, capacity_min=0), agent(2, east=0.1)
    pinned = case(1, incumbent=resting, pinned=True)
    free = case(2, incumbent=resting)
    answer = assign(problem([resting, working], [pinned, free]))
    assert set(answer.owners) == {(pinned.id, resting.id), (free.id, working.id)}


def test_a_case_pinned_to_someone_who_left_is_not_given_to_another() -> None:
    answer = assign(problem([agent(1)], [case(1, incumbent=agent(7), pinned=True)]))
    assert answer.owners == ()
    assert [lost.reason.code for lost in answer.unplaced] == ["pinned_agent_missing"]


def test_a_full_neighborhood_is_served_by_agents_farther_away_than_the_nearest() -> None:
    crowd = [agent(n, east=0.001 * n, capacity_min=20) for n in range(4)]
    far = agent(9, east=0.15)
    cases = [case(n, service_min=20) for n in range(12)]
    answer = assign(problem([*crowd, far], cases), Policy(nearest=4))
    assert answer.unplaced == ()
    assert sum(owned.agent_id == far.id for owned in answer.owners) >= 4


@settings(max_examples=100, deadline=None)
@given(scene=problems())
def test_every_answer_passes_the_audit(scene: Problem) -> None:
    answer = assign(scene)
    assert audit(scene, answer) == ()


@settings(max_examples=100, deadline=None)
@given(scene=problems())
def test_a_published_answer_is_left_as_it_is(scene: Problem) -> None:
    first = assign(scene)
    again = assign(published(scene, first))
    assert set(again.owners) == set(first.owners)
    assert again.moved == ()


@settings(max_examples=60, deadline=None)
@given(scene=problems(max_agents=4, max_cases=12))
def test_no_case_is_left_for_capacity_while_an_eligible_agent_has_room(scene: Problem) -> None:
    answer = assign(scene)
    load_s = dict.fromkeys(scene.agent_index, 0)
    count = dict.fromkeys(scene.agent_index, 0)
    for owned in answer.owners:
        taken = scene.cases[scene.case_index[owned.case_id]]
        load_s[owned.agent_id] += taken.service_s
        count[owned.agent_id] += taken.members
    limit_s = dict(zip(scene.agent_index, scene.limit_s(Policy()).tolist(), strict=True))
    for lost in answer.unplaced:
        if lost.reason.code not in ("capacity_short", "cases_short"):
            continue
        column = scene.case_index[lost.case_id]
        wanted = scene.cases[column]
        for row, someone in enumerate(scene.agents):
            if misfit(someone, wanted) or not np.isfinite(scene.travel_s[row, column]):
                continue
            most = len(scene.cases) * 2 if someone.max_cases is None else someone.max_cases
            time_short = load_s[someone.id] + wanted.service_s > limit_s[someone.id]
            assert time_short or count[someone.id] + wanted.members > most


def test_the_same_town_is_assigned_alike_twice_and_within_its_limits() -> None:
    scene = town(40, 1_000, utilization=0.9)
    answer = assign(scene)
    assert answer == assign(town(40, 1_000, utilization=0.9))
    assert audit(scene, answer) == ()
    assert answer.unplaced == ()


def test_nothing_moves_in_a_town_where_nothing_changed() -> None:
    scene = town(40, 1_000, utilization=1.05)
    first = assign(scene)
    assert assign(published(scene, first)).moved == ()
    assert first.unplaced != ()


def test_when_agents_leave_the_others_keep_their_customers() -> None:
    scene = town(40, 1_000, utilization=0.8)
    settled = published(scene, assign(scene))
    gone = {a.id for a in settled.agents[:2]}
    left = Problem(settled.agents[2:], settled.cases, settled.travel_s[2:])
    answer = assign(left)
    assert answer.unplaced == ()
    disturbed = [move for move in answer.moved if move.from_id not in gone]
    assert len(disturbed) <= 0.02 * len(answer.moved)


def test_the_flow_travels_less_than_handing_cases_to_the_nearest_with_room_one_by_one() -> None:
    scene = town(40, 1_000, utilization=0.95)
    room_s = scene.limit_s(Policy()).copy()
    greedy_s = 0.0
    for column, wanted in enumerate(scene.cases):
        able = np.array([wanted.skills <= a.skills for a in scene.agents])
        open_to = np.flatnonzero(able & (room_s >= wanted.service_s))
        row = open_to[np.argmin(scene.travel_s[open_to, column])]
        room_s[row] -= wanted.service_s
        greedy_s += float(scene.travel_s[row, column])
    assert assign(scene).travel_s < greedy_s


def test_load_steps_that_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        Policy(load_steps=(LoadStep(0.5, 2.0), LoadStep(0.9, 1.0)))


def test_a_matrix_of_the_wrong_shape_or_an_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="one row per agent"):
        Problem((agent(1),), (case(1),), np.zeros((1, 2), dtype=np.float32))
    with pytest.raises(ValueError, match="twice"):
        problem([agent(1), agent(1)], [])


def test_a_pin_needs_an_incumbent() -> None:
    with pytest.raises(ValueError, match="pinned"):
        case(1, pinned=True)


def test_straight_line_travel_is_distance_times_detour_over_speed() -> None:
    scene = problem([agent(1, east=0.0)], [case(1, east=0.01)])
    assert scene.travel_s[0, 0] == pytest.approx(963.6 * 1.3 / 5, rel=0.01)
    assert scene.cases[0].branch_id == NORTH
