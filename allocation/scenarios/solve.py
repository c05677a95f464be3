"""Solve a scenario: the branches as they are, allocated as they are, and as they would be."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

from allocation.allocate import street_travel_s, with_capacity
from allocation.policy import Policy
from allocation.problem import Assignment, Problem
from allocation.proposals.figures import AWAY, Figures, PlannedRounds, figures_of
from allocation.proposals.ground import Ground, Owners, changes_of, portfolios_of
from allocation.proposals.proposal import Portfolio, ProposedChange, WithoutAgent
from allocation.proposals.store import NewProposal
from allocation.reason import Reason
from allocation.reassignment import reassign, stand_in
from allocation.scenarios.change import changed
from allocation.scenarios.field import BranchField, Field
from allocation.scenarios.load import Loaded
from allocation.scenarios.rounds import plan_days, would_be_days
from allocation.scenarios.scenario import Scenario
from allocation.solver import assign
from allocation.units import decided, units_of
from core.said import plain
from routing.rounds.plan_rounds import SolveAll
from routing.travel.city import City

Assign = Callable[[Problem, Policy, frozenset[UUID]], Awaitable[Assignment]]
"""Does what `assigned` does; the caller decides in which process."""

Told = Callable[[str, float], Awaitable[None]]
"""Hears what is being done, and which share of all is done."""


def assigned(problem: Problem, policy: Policy, handing_on: frozenset[UUID]) -> Assignment:
    """Owners for all cases; where some agents are `handing_on`, for theirs only."""
    if handing_on:
        return reassign(problem, handing_on, stand_in(policy))
    return assign(problem, policy)


NOBODY_HAS_IT = WithoutAgent(UUID(int=0), "not_yet_allocated", "nobody has it")
NOT_AT_WORK = WithoutAgent(UUID(int=0), AWAY, "its agent is not at work that day")


@dataclass(frozen=True, slots=True)
class Solved:
    """An allocation of all branches: who has which case, and what that makes of what is."""

    owners: Mapping[UUID, UUID | None]
    changes: tuple[ProposedChange, ...]
    portfolios: tuple[Portfolio, ...]
    without: tuple[WithoutAgent, ...]

    def figures(self, rounds: PlannedRounds | None) -> Figures:
        """In figures."""
        return figures_of(self.portfolios, self.changes, self.without, rounds)


async def solve(
    loaded: Loaded, scenario: Scenario, solver: Assign, solve_all: SolveAll, told: Told
) -> NewProposal:
    """The proposal that a scenario comes to, with figures beside what is.

    Raises `InvalidField` where the changes cannot be made.
    """
    field = changed(loaded.would_be, scenario.changes)
    # 1. As it is, as an allocation would have it anyway, and as it would be.
    await told("Measuring what is", 0.1)
    now = as_it_is(await grounds_of(loaded.live, loaded.cities), loaded.names)
    await told("Allocating as it is", 0.2)
    allocated = await _solved(loaded, loaded.live, scenario.name, solver)
    await told("Allocating as it would be", 0.35)
    proposed = await _solved(loaded, field, scenario.name, solver)
    # 2. The rounds of the day, for who wants to know.
    rounds: tuple[PlannedRounds | None, PlannedRounds | None] = (None, None)
    if scenario.with_rounds:
        rounds = await _rounds(loaded, field, proposed, solve_all, told)
    await told("Writing it down", 0.98)
    return NewProposal(
        scenario.branch_id,
        tuple(scenario.branch_ids),
        "scenario",
        scenario.name,
        proposed.changes,
        problems=[
            {"row": p.line, "column": p.column, "value": p.value, "expected": p.expected}
            for p in loaded.problems
        ],
        figures={
            "now": msgspec.to_builtins(now.figures(rounds[0]), enc_hook=plain),
            "allocated": msgspec.to_builtins(allocated.figures(None), enc_hook=plain),
            "proposed": msgspec.to_builtins(proposed.figures(rounds[1]), enc_hook=plain),
            "parts": _told(field, loaded.names),
        },
        portfolios=proposed.portfolios,
        without=proposed.without,
    )


def _told(field: Field, names: Mapping[UUID, str]) -> list[dict[str, object]]:
    """What territories were split into, with agents by name."""
    called = {**names, **field.made_up}
    return [
        {
            "territory": part.territory,
            "agents": sorted(called[id_] for id_ in part.agent_ids),
            "cases": part.cases,
            "work_min": part.work_min,
            "is_whole": part.is_whole,
        }
        for part in field.parts
    ]


async def _ground(branch: BranchField, cities: Mapping[UUID, City]) -> Ground:
    units = units_of(branch.cases)
    work = [unit.work for unit in units]
    agents = with_capacity(branch.agents, work, branch.carried)
    share = branch.capacity
    agents = tuple(
        replace(a, capacity_s=int(a.capacity_s * share[a.id])) if a.id in share else a
        for a in agents
    )
    travel_s = await asyncio.to_thread(street_travel_s, cities[branch.id], agents, work)
    return Ground(Problem(agents, tuple(work), travel_s), tuple(units))


async def grounds_of(field: Field, cities: Mapping[UUID, City]) -> list[Ground]:
    """The grounds of all branches, with the ways between agents and cases. `cities` by branch."""
    return [await _ground(branch, cities) for branch in field.branches]


def as_it_is(grounds: Sequence[Ground], names: Mapping[UUID, str]) -> Solved:
    """What agents have now."""
    return with_owners(grounds, names, {}, "")


def with_owners(
    grounds: Sequence[Ground], names: Mapping[UUID, str], owners: Owners, reason: str
) -> Solved:
    """What agents have now, and what changes if `owners` had these cases, for this `reason`."""
    portfolios: list[Portfolio] = []
    changes: list[ProposedChange] = []
    without: list[WithoutAgent] = []
    having: dict[UUID, UUID | None] = {}
    branch_of = {a.id: a.branch_id for ground in grounds for a in ground.problem.agents}
    branch_of |= {c.case.id: c.case.branch_id for ground in grounds for c in ground.cases}
    for ground in grounds:
        portfolios += portfolios_of(ground, [c.owner_id for c in ground.cases], names)
        changes += changes_of(ground, owners, reason, branch_of)
        having |= {c.case.id: owners.get(c.case.id, c.owner_id) for c in ground.cases}
    for case_id, owner_id in having.items():
        if owner_id not in branch_of:
            without.append(replace(NOT_AT_WORK if owner_id else NOBODY_HAS_IT, case_id=case_id))
    return Solved(having, tuple(changes), tuple(portfolios), tuple(without))


async def _solved(loaded: Loaded, field: Field, reason: str, solver: Assign) -> Solved:
    live = {a.id: a.branch_id for b in loaded.live.branches for a in b.agents}
    branch_of = live | {c.case.id: c.case.branch_id for b in loaded.live.branches for c in b.cases}
    hypothetical = frozenset(field.made_up) | frozenset(loaded.labels)
    names = {**loaded.names, **field.made_up}
    owners: dict[UUID, UUID | None] = {}
    changes: list[ProposedChange] = []
    portfolios: list[Portfolio] = []
    without: list[WithoutAgent] = []
    for branch in field.branches:
        ground = await _ground(branch, loaded.cities)
        answer = await solver(ground.problem, branch.weights, branch.handing_on)
        # What nobody can take over stays with who will be back.
        result = decided(ground.units, answer, frozenset(live) - branch.handing_on)
        mine: dict[UUID, UUID | None] = {c.case.id: c.owner_id for c in ground.cases}
        mine |= {**dict(result.given), **dict.fromkeys(result.ended)}
        owners |= mine
        before = [c.owner_id for c in ground.cases]
        portfolios += portfolios_of(ground, before, names, hypothetical)
        changes += changes_of(ground, mine, reason, branch_of, hypothetical, loaded.labels)
        without += [
            WithoutAgent(u.case_id, u.reason.code, u.reason.sentence(branch.name), facts(u.reason))
            for u in result.unplaced
        ]
    return Solved(owners, tuple(changes), tuple(portfolios), tuple(without))


def facts(reason: Reason) -> dict[str, object]:
    """A reason's numbers, those that there are."""
    told: dict[str, object] = msgspec.to_builtins(reason, enc_hook=plain)
    return {k: v for k, v in told.items() if v and k not in ("code", "branch_id")}


async def _rounds(
    loaded: Loaded, field: Field, proposed: Solved, solve_all: SolveAll, told: Told
) -> tuple[PlannedRounds, PlannedRounds]:
    agents = [agent for branch in field.branches for agent in branch.agents]
    would_be = would_be_days(loaded.days, agents, proposed.owners, loaded.visits)
    total, done = max(1, len(loaded.days) + len(would_be)), 0

    async def planned(more: int) -> None:
        nonlocal done
        done += more
        await told(f"Planning rounds, {done} of {total}", 0.5 + 0.45 * done / total)

    await planned(0)
    now = await plan_days(loaded.days, loaded.cities, solve_all, planned)
    return now, await plan_days(would_be, loaded.cities, solve_all, planned)
