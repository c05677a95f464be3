from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.problem import Problem
from allocation.reassignment import STAND_IN, reassign
from allocation.solver import assign
from tests.allocation.scenes import SOUTH, agent, case, problem, problems, published, town


def test_only_the_absent_agents_cases_move_and_to_the_neighbor() -> None:
    ill, near, far = agent(1), agent(2, east=0.02), agent(3, east=0.2)
    orphan, other = case(1, incumbent=ill), case(2, incumbent=far)
    answer = reassign(problem([ill, near, far], [orphan, other]), {ill.id})
    assert answer.moved == ((orphan.id, ill.id, near.id),)
    assert (answer.unplaced, answer.overloaded) == ((), ())


def test_two_visits_above_capacity_are_allowed_and_said() -> None:
    ill, near = agent(1), agent(2, capacity_min=40)
    own = [case(n, incumbent=near) for n in (1, 2)]
    orphans = [case(n, incumbent=ill, priority=n) for n in range(10, 14)]
    answer = reassign(problem([ill, near], [*own, *orphans]), {ill.id})
    assert {move.case_id for move in answer.moved} == {orphans[2].id, orphans[3].id}
    assert {lost.case_id for lost in answer.unplaced} == {orphans[0].id, orphans[1].id}
    assert {lost.reason.short_by_min for lost in answer.unplaced} == {40}
    assert answer.overloaded == ((near.id, 80 * 60, 40 * 60),)


def test_cases_nobody_else_may_own_come_back_with_reasons() -> None:
    ill = agent(1, skills=["vehicle"], branch_id=SOUTH)
    skilled, plain = agent(2, skills=["vehicle"]), agent(3, branch_id=SOUTH)
    cases = [
        case(1, branch_id=SOUTH, skills=["vehicle"], incumbent=ill),
        case(2, branch_id=SOUTH, incumbent=ill, pinned=True),
        case(3, branch_id=SOUTH, incumbent=ill),
    ]
    answer = reassign(problem([ill, skilled, plain], cases), {ill.id})
    reasons = {lost.case_id: lost.reason.code for lost in answer.unplaced}
    assert reasons == {
        cases[0].id: "no_agent_with_skill",
        cases[1].id: "pinned_agent_missing",
    }
    assert [move.to_id for move in answer.moved] == [plain.id]


def test_an_absent_agent_who_is_not_in_the_problem_hands_on_cases_all_the_same() -> None:
    near = agent(2)
    orphan = case(1, incumbent=agent(1))
    answer = reassign(problem([near], [orphan]), {agent(1).id})
    assert answer.moved == ((orphan.id, agent(1).id, near.id),)


def test_nobody_absent_moves_nothing() -> None:
    scene = town(10, 100, utilization=0.8)
    answer = reassign(published(scene, assign(scene)), frozenset())
    assert (answer.moved, answer.unplaced, answer.overloaded) == ((), (), ())


def test_a_receiver_who_was_already_overloaded_gets_no_more() -> None:
    ill, full, free = agent(1), agent(2, capacity_min=20), agent(3, east=0.1)
    own = [case(n, incumbent=full) for n in range(4)]
    answer = reassign(problem([ill, full, free], [*own, case(9, incumbent=ill)]), {ill.id})
    assert [move.to_id for move in answer.moved] == [free.id]


@settings(max_examples=100, deadline=None)
@given(scene=problems(), picks=st.sets(st.integers(0, 5), max_size=3))
def test_every_orphan_moves_or_has_a_reason_and_no_receiver_breaks_the_limit(
    scene: Problem, picks: set[int]
) -> None:
    absent: set[UUID] = {a.id for n, a in enumerate(scene.agents) if n in picks}
    answer = reassign(scene, absent)
    orphans = {c.id for c in scene.cases if c.incumbent_id in absent}
    moved = [move.case_id for move in answer.moved]
    left = [lost.case_id for lost in answer.unplaced if lost.case_id in orphans]
    assert sorted(moved + left) == sorted(orphans)
    told = [own.case_id for own in answer.owners] + [lost.case_id for lost in answer.unplaced]
    assert sorted(told) == sorted(case.id for case in scene.cases)

    owner = {c.id: c.incumbent_id for c in scene.cases}
    owner |= {move.case_id: move.to_id for move in answer.moved}
    limits = dict(zip(scene.agent_index, scene.limit_s(STAND_IN).tolist(), strict=True))
    for receiver in {move.to_id for move in answer.moved}:
        assert receiver not in absent
        load_s = sum(c.service_s for c in scene.cases if owner[c.id] == receiver)
        assert load_s <= limits[receiver]
        capacity_s = scene.agents[scene.agent_index[receiver]].capacity_s
        assert (receiver in {o.agent_id for o in answer.overloaded}) == (load_s > capacity_s)


@settings(max_examples=100, deadline=None)
@given(
    priorities=st.lists(st.integers(1, 100), min_size=1, max_size=20),
    rooms=st.lists(st.integers(0, 4), min_size=1, max_size=4),
)
def test_of_equal_visits_the_urgent_are_placed_first(
    priorities: list[int], rooms: list[int]
) -> None:
    ill = agent(0)
    others = [agent(n + 1, east=0.03 * n, capacity_min=20 * r) for n, r in enumerate(rooms)]
    orphans = [case(n, priority=p, incumbent=ill) for n, p in enumerate(priorities)]
    answer = reassign(problem([ill, *others], orphans), {ill.id}, replace(STAND_IN, nearest=2))
    placed = {move.case_id for move in answer.moved}
    assert len(placed) == min(len(orphans), sum(r + 2 for r in rooms if r))
    worst_placed = min((c.priority for c in orphans if c.id in placed), default=100)
    assert all(c.priority <= worst_placed for c in orphans if c.id not in placed)
