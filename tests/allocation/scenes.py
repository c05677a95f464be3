"""Small allocation problems, with the meaningful facts written at the call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import strategies as st

from allocation.problem import Assignment, Floats, Owned, Problem, Travel
from allocation.work import NOTHING, Agent, Case, Known, Worked
from core.geometry import LatLon, LocalPlane

NORTH = UUID(int=1)
SOUTH = UUID(int=2)
MIDDLE = LatLon(-29.95, -71.25)


def agent(
    number: int,
    *,
    branch_id: UUID = NORTH,
    east: float = 0.0,
    capacity_min: int = 480,
    skills: Sequence[str] = (),
    languages: Sequence[str] = (),
    **more: Any,
) -> Agent:
    """Agent `number`, `east` degrees of longitude from the middle of the scene."""
    return Agent(
        id=UUID(int=1_000 + number),
        branch_id=branch_id,
        position=LatLon(MIDDLE.lat, MIDDLE.lon + east),
        capacity_s=capacity_min * 60,
        skills=frozenset(skills),
        languages=frozenset(languages),
        **more,
    )


def case(
    number: int,
    *,
    branch_id: UUID = NORTH,
    east: float = 0.0,
    service_min: int = 20,
    skills: Sequence[str] = (),
    language: str | None = None,
    priority: int = 50,
    incumbent: Agent | None = None,
    pinned: bool = False,
    **more: Any,
) -> Case:
    """Case `number`, `east` degrees of longitude from the middle of the scene."""
    return Case(
        id=UUID(int=1_000_000 + number),
        branch_id=branch_id,
        position=LatLon(MIDDLE.lat, MIDDLE.lon + east),
        service_s=service_min * 60,
        skills=frozenset(skills),
        languages=frozenset([language] if language else []),
        priority=priority,
        incumbent_id=incumbent.id if incumbent else None,
        pinned=pinned,
        **more,
    )


def problem(agents: Sequence[Agent], cases: Sequence[Case]) -> Problem:
    """A problem over straight-line travel."""
    return Problem(tuple(agents), tuple(cases), straight_line_travel_s(agents, cases))


def assignment_of(owners: Mapping[Case, Agent]) -> Assignment:
    """What a manager would draw by hand: owners only."""
    pairs = tuple(Owned(case.id, agent.id) for case, agent in owners.items())
    return Assignment(owners=pairs, unplaced=(), moved=(), overloaded=(), travel_s=0.0)


def published(before: Problem, assignment: Assignment) -> Problem:
    """The same problem once `assignment` is in force."""
    owner = {owned.case_id: owned.agent_id for owned in assignment.owners}
    cases = (
        c if c.pinned and c.id not in owner else replace(c, incumbent_id=owner.get(c.id))
        for c in before.cases
    )
    return Problem(before.agents, tuple(cases), before.travel_s)


def town(agents: int, cases: int, *, utilization: float, seed: int = 1) -> Problem:
    """A random branch: a third of the agents may visit the tenth of the cases that need a skill."""
    rng = np.random.default_rng(seed)
    east = rng.uniform(-0.1, 0.1, agents + cases)
    service_min = rng.integers(8, 41, cases)
    capacity_min = int(service_min.sum() / agents / utilization)
    return problem(
        [
            agent(
                n,
                east=float(east[n]),
                capacity_min=int(capacity_min * rng.uniform(0.8, 1.2)),
                skills=["center"] if n % 3 == 0 else [],
            )
            for n in range(agents)
        ],
        [
            case(
                n,
                east=float(east[agents + n]),
                service_min=int(service_min[n]),
                skills=["center"] if n % 10 == 0 else [],
                priority=int(rng.integers(1, 101)),
            )
            for n in range(cases)
        ],
    )


SOME_CERTIFICATES = st.sampled_from([NOTHING, frozenset({"cards"}), frozenset({"cards", "cars"})])
SOME_TAGS = st.sampled_from([NOTHING, NOTHING, frozenset({"dog"}), frozenset({"dog", "vip"})])


@st.composite
def problems(draw: st.DrawFn, max_agents: int = 6, max_cases: int = 30) -> Problem:
    """Anything from an empty branch to an overloaded one, with pins, gaps and lost incumbents."""
    branches = st.sampled_from([NORTH, SOUTH])
    east = st.floats(-0.2, 0.2)
    skills = st.sets(st.sampled_from(["center", "vehicle"]), max_size=2).map(sorted)
    agents = [
        agent(
            n,
            branch_id=draw(branches),
            east=draw(east),
            capacity_min=draw(st.integers(0, 200)),
            skills=draw(skills),
            languages=draw(st.sampled_from([(), ("es",), ("es", "arn")])),
            gender=draw(st.sampled_from([None, "female", "male"])),
            certificates=draw(SOME_CERTIFICATES),
            excluded_tags=draw(SOME_TAGS),
            cash_limit_minor=draw(st.sampled_from([None, 0, 500, 1_000])),
            max_cases=draw(st.sampled_from([None, None, 0, 3])),
        )
        for n in range(draw(st.integers(0, max_agents)))
    ]
    grounds = [
        Worked("T-1", frozenset(a.id for a in agents[:2])),
        Worked("T-2", frozenset([agent(99).id])),
    ]
    someone = st.one_of(st.none(), st.sampled_from([*agents, agent(99)]))
    cases = []
    for n in range(draw(st.integers(0, max_cases))):
        incumbent = draw(someone)
        cases.append(
            case(
                n,
                branch_id=draw(branches),
                east=draw(east),
                service_min=draw(st.integers(1, 60)),
                skills=draw(st.one_of(st.just([]), skills)),
                language=draw(st.sampled_from([None, None, "es", "arn"])),
                priority=draw(st.integers(1, 100)),
                incumbent=incumbent,
                pinned=incumbent is not None and draw(st.integers(0, 9)) == 0,
                genders=draw(st.sampled_from([NOTHING, NOTHING, NOTHING, frozenset({"female"})])),
                certificates=draw(st.one_of(st.just(NOTHING), SOME_CERTIFICATES)),
                tags=draw(SOME_TAGS),
                not_with=frozenset({agents[n % len(agents)].id} if agents and n % 5 == 0 else ()),
                barred=draw(st.sampled_from([None] * 9 + ["in court"])),
                cash_minor=draw(st.sampled_from([0, 100, 500, 501, 2_000])),
                expected_minor=draw(st.integers(0, 1_000)),
                members=draw(st.sampled_from([1, 1, 1, 2])),
                worked=draw(st.sampled_from([None, *grounds])),
                stays_in_territory=draw(st.booleans()),
                known_by=tuple(Known(a.id, 0.5) for a in agents[: draw(st.integers(0, 2))]),
            )
        )
    whole = problem(agents, cases)
    lost = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 29)), max_size=4))
    for row, column in lost:
        if row < len(agents) and column < len(cases):
            whole.travel_s[row, column] = np.inf
    return whole


def straight_line_travel_s(
    agents: Sequence[Agent], cases: Sequence[Case], speed_mps: float = 5.0, detour: float = 1.3
) -> Travel:
    """Seconds of travel guessed from the distance on the map, `detour` times as long."""
    if not agents or not cases:
        return np.zeros((len(agents), len(cases)), dtype=np.float32)
    plane = LocalPlane(agents[0].position)
    ax, ay = plane.xy(*_columns(agent.position for agent in agents))
    cx, cy = plane.xy(*_columns(case.position for case in cases))
    distance_m = np.hypot(ax[:, None] - cx[None, :], ay[:, None] - cy[None, :])
    return (distance_m * (detour / speed_mps)).astype(np.float32)


def _columns(positions: Iterable[LatLon]) -> tuple[Floats, Floats]:
    table = np.array(list(positions), dtype=np.float64)
    return table[:, 0], table[:, 1]
