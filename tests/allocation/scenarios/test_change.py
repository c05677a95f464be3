"""What each change of a scenario makes of the branches: pure, and in their order."""

from dataclasses import replace
from uuid import UUID

import pytest

from allocation.policy import Policy
from allocation.scenarios.change import (
    KINDS,
    AddAgents,
    CloseBranch,
    LeaveOutAgents,
    SetCapacity,
    SetWeights,
    TakeTogether,
    changed,
)
from allocation.scenarios.field import BranchField, Field
from allocation.scenarios.kind import Change
from allocation.scenarios.store import read, written
from allocation.scenarios.territory_split import SplitTerritory
from allocation.units import OpenCase
from allocation.work import Carried
from core.errors import InvalidField
from core.geometry import LatLon
from tests.allocation.scenes import MIDDLE, NORTH, SOUTH, agent, case

EAST = UUID(int=3)
ANA, BEN = agent(1, east=0.0), agent(2, east=0.05, skills=["center"], languages=["es"])
FAY = agent(3, branch_id=SOUTH, east=0.1)
EVA = agent(4, branch_id=EAST, east=-0.1)


def branch(id_: UUID, name: str, *agents: object, cases: tuple[OpenCase, ...] = ()) -> BranchField:
    return BranchField(
        id_, frozenset([id_]), name, MIDDLE, Policy(), agents, cases,  # type: ignore[arg-type]
    )  # fmt: skip


def open_case(number: int, of: UUID, east: float, center: UUID | None = None) -> OpenCase:
    return OpenCase(case(number, branch_id=of, east=east), None, center)


CASES = (open_case(1, NORTH, 0.09), open_case(2, NORTH, -0.09))
FIELD = Field(
    (
        branch(NORTH, "North", ANA, BEN, cases=CASES),
        branch(SOUTH, "South", FAY),
        branch(EAST, "East", EVA),
    )
)


def test_agents_are_added_like_a_colleague_and_numbered_through() -> None:
    like = AddAgents(NORTH, 2, like_agent_id=BEN.id, skills=frozenset({"car"}))
    found = changed(FIELD, [like, AddAgents(SOUTH, 1, start=LatLon(1, 2))])
    assert sorted(found.made_up.values()) == ["New agent 1", "New agent 2", "New agent 3"]
    first = found.branches[0].agents[2]
    assert (first.position, first.skills) == (BEN.position, frozenset({"center", "car"}))
    assert first.id not in (ANA.id, BEN.id)
    assert found.branches[1].agents[1].position == LatLon(1, 2)
    assert found.branches[1].agents[1].branch_id == SOUTH


def test_an_agent_who_is_left_out_is_gone_and_the_cases_stay() -> None:
    found = changed(FIELD, [LeaveOutAgents((ANA.id, FAY.id))])
    assert [len(b.agents) for b in found.branches] == [1, 0, 1]
    assert found.branches[0].cases == CASES


def test_what_those_left_out_have_is_handed_on_where_others_keep_theirs() -> None:
    found = changed(FIELD, [LeaveOutAgents((ANA.id, FAY.id, UUID(int=77)), others_keep=True)])
    assert [b.handing_on for b in found.branches] == [{ANA.id}, {FAY.id}, frozenset()]
    together = changed(found, [TakeTogether((NORTH, SOUTH))])
    assert together.branches[0].handing_on == {ANA.id, FAY.id}


def test_capacity_is_of_those_named_or_of_all() -> None:
    found = changed(FIELD, [SetCapacity((), 1.2), SetCapacity((BEN.id,), 0.5, 7)])
    north = found.branches[0]
    assert north.capacity == {ANA.id: 1.2, BEN.id: 0.5}
    assert [a.max_cases for a in north.agents] == [None, 7]


def test_cases_of_a_closed_branch_go_where_agents_are_nearest() -> None:
    found = changed(FIELD, [CloseBranch(NORTH)])
    assert [b.id for b in found.branches] == [SOUTH, EAST]
    assert [c.case.id for c in found.branches[0].cases] == [CASES[0].case.id]
    assert {c.case.branch_id for c in found.branches[1].cases} == {EAST}
    to_south = changed(FIELD, [CloseBranch(NORTH, (SOUTH,))])
    assert [len(b.cases) for b in to_south.branches] == [2, 0]


def test_a_center_of_a_closed_branch_goes_as_one() -> None:
    center = UUID(int=9)
    cases = tuple(replace(c, center_id=center) for c in CASES)
    field = FIELD.with_branch(replace(FIELD.branches[0], cases=cases))
    found = changed(field, [CloseBranch(NORTH)])
    assert [len(b.cases) for b in found.branches] == [2, 0]


def test_branches_taken_together_are_one_for_the_rules() -> None:
    field = FIELD.with_branch(replace(FIELD.branches[1], carried={FAY.id: Carried(60, 1)}))
    found = changed(field, [TakeTogether((NORTH, SOUTH))])
    whole = found.branches[0]
    assert (whole.name, whole.ids, len(found.branches)) == (
        "North and South", frozenset({NORTH, SOUTH}), 2,
    )  # fmt: skip
    assert {a.branch_id for a in whole.agents} == {NORTH}
    assert whole.carried == {FAY.id: Carried(60, 1)}
    # A later change finds the whole by either name.
    more = changed(found, [AddAgents(SOUTH, 1)])
    assert len(more.branches[0].agents) == 4


def test_weights_are_set_in_seconds_and_others_stay() -> None:
    found = changed(FIELD, [SetWeights(disturbance_min=2)])
    assert {b.weights for b in found.branches} == {Policy(disturbance_s=120)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([CloseBranch(NORTH), AddAgents(NORTH, 1)], "not closed"),
        ([TakeTogether((NORTH, SOUTH)), CloseBranch(NORTH)], "before branches are taken"),
        ([AddAgents(NORTH, 1, like_agent_id=UUID(int=77))], "at work"),
        ([CloseBranch(NORTH), CloseBranch(SOUTH), CloseBranch(EAST)], "another branch"),
    ],
)
def test_what_cannot_be_says_what_would_be_right(changes: list[Change], expected: str) -> None:
    with pytest.raises(InvalidField, match=expected):
        changed(FIELD, changes)


def test_changes_are_written_and_read_as_they_were() -> None:
    some = [
        AddAgents(NORTH, 2, BEN.id, LatLon(1.5, 2.5), frozenset({"car"}), frozenset({"es"})),
        LeaveOutAgents((ANA.id,), True),
        SplitTerritory(NORTH, "T-1", (ANA.id,), (BEN.id,)),
        SetCapacity((), 1.5),
        CloseBranch(NORTH, (SOUTH,)),
        TakeTogether((NORTH, SOUTH)),
        SetWeights(overload_visits=2.5),
    ]
    assert [read(written(change)) for change in some] == some
    assert {written(change)["kind"] for change in some} | {"demand_file"} == set(KINDS)
