"""The changes that a scenario is made of: each says what it makes of the branches.

A new kind of change is a dataclass here (or, where it is long, in a file beside) with `applied`,
its name in `KINDS`, and a body in `api/allocation/scenario_changes.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid5

import numpy as np

from allocation.scenarios.field import BranchField, Field, moved_to
from allocation.scenarios.kind import Change, Named
from allocation.scenarios.territory_split import SplitTerritory
from allocation.units import OpenCase
from allocation.work import Agent
from core.errors import InvalidField
from core.geometry import LatLon, LocalPlane
from core.said import say
from streets.profile import Profile

_MADE_UP = UUID("6f1d5b5e-6a2c-5f0e-9c39-2f3c8a4f7b11")
"""The name space of agents who exist in a scenario only."""


@dataclass(frozen=True, slots=True)
class AddAgents(Change):
    """So many more agents in a branch: like one of its own, or starting at a place.

    Without either they start at the branch. Skills and languages add to those of `like_agent_id`.
    """

    branch_id: UUID
    number: int
    like_agent_id: UUID | None = None
    start: LatLon | None = None
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()

    def named(self) -> Named:
        return Named((self.branch_id,), (self.like_agent_id,) if self.like_agent_id else ())

    def applied(self, field: Field) -> Field:
        branch = field.branch(self.branch_id)
        like = field.agent(self.like_agent_id) if self.like_agent_id else None
        if self.like_agent_id and like is None:
            raise InvalidField(
                "changes", say("`like_agent_id`: an agent at work on the scenario's day")
            )
        start = self.start or (like.position if like else None) or branch.location
        if start is None:
            raise InvalidField(
                "changes", say("a `start`, as branch {name} is on no map", name=branch.name)
            )
        first = len(field.made_up) + 1
        numbers = range(first, first + self.number)
        made_up = {uuid5(_MADE_UP, str(n)): f"New agent {n}" for n in numbers}
        new = tuple(self._agent(id_, branch, start, like) for id_ in made_up)
        changed = replace(branch, agents=(*branch.agents, *new))
        return replace(field.with_branch(changed), made_up={**field.made_up, **made_up})

    def _agent(self, id_: UUID, branch: BranchField, start: LatLon, like: Agent | None) -> Agent:
        base = like or Agent(id_, branch.id, start, 0, profile=Profile.TWO_WHEELER)
        languages = base.languages | self.languages
        return replace(
            base, id=id_, branch_id=branch.id, position=start, skills=base.skills | self.skills,
            languages=languages, certificates=base.certificates | self.certificates,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeaveOutAgents(Change):
    """These agents do not work: what they have goes to others.

    With `others_keep`, nobody else's cases change hands for it.
    """

    agent_ids: tuple[UUID, ...]
    others_keep: bool = False

    def named(self) -> Named:
        return Named(agents=self.agent_ids)

    def applied(self, field: Field) -> Field:
        out = frozenset(self.agent_ids)
        return replace(field, branches=tuple(self._branch(b, out) for b in field.branches))

    def _branch(self, branch: BranchField, out: frozenset[UUID]) -> BranchField:
        its = frozenset(a.id for a in branch.agents) & out
        return replace(
            branch,
            agents=tuple(a for a in branch.agents if a.id not in out),
            handing_on=branch.handing_on | its if self.others_keep else branch.handing_on,
        )


@dataclass(frozen=True, slots=True)
class SetCapacity(Change):
    """Agents (all where none are named) take `share` times an equal share of the work, and at most
    `max_cases`; None leaves that as it is."""

    agent_ids: tuple[UUID, ...] = ()
    share: float | None = None
    max_cases: int | None = None

    def named(self) -> Named:
        return Named(agents=self.agent_ids)

    def applied(self, field: Field) -> Field:
        return replace(field, branches=tuple(self._branch(branch) for branch in field.branches))

    def _branch(self, branch: BranchField) -> BranchField:
        named = frozenset(self.agent_ids) or {a.id for a in branch.agents}
        capacity = dict(branch.capacity)
        if self.share is not None:
            capacity |= {a.id: self.share for a in branch.agents if a.id in named}
        agents = branch.agents
        if self.max_cases is not None:
            agents = tuple(
                replace(a, max_cases=self.max_cases) if a.id in named else a for a in agents
            )
        return replace(branch, agents=agents, capacity=capacity)


@dataclass(frozen=True, slots=True)
class CloseBranch(Change):
    """A branch has no agents any more: each case, or center, goes to the branch among
    `to_branch_ids` (all others of the scenario where none are named) whose agents are nearest."""

    branch_id: UUID
    to_branch_ids: tuple[UUID, ...] = ()

    def named(self) -> Named:
        return Named((self.branch_id, *self.to_branch_ids))

    def applied(self, field: Field) -> Field:
        closed = field.branch(self.branch_id)
        closed = replace(closed, cases=tuple(map(_of_no_territory, closed.cases)))
        if len(closed.ids) > 1:
            raise InvalidField(
                "changes", say("to close a branch before branches are taken together")
            )
        others = [branch for branch in field.branches if branch.id != closed.id]
        takers = [field.branch(id_) for id_ in self.to_branch_ids] or others
        takers = [branch for branch in takers if branch.id != closed.id]
        if not takers:
            raise InvalidField(
                "changes", say("another branch in the scenario, to take the cases over")
            )
        goes_to = _nearest(closed, takers)
        changed = {
            taker.id: replace(
                taker,
                cases=(
                    *taker.cases,
                    *moved_to(
                        tuple(
                            c for c, n in zip(closed.cases, goes_to, strict=True)
                            if takers[n].id == taker.id
                        ),
                        taker.id,
                    ),
                ),
            )
            for taker in takers
        }  # fmt: skip
        return replace(field, branches=tuple(changed.get(b.id, b) for b in others))


def _of_no_territory(each: OpenCase) -> OpenCase:
    """Nobody works the territories of a branch that is closed."""
    return replace(each, case=replace(each.case, worked=None, stays_in_territory=False))


def _nearest(closed: BranchField, takers: Sequence[BranchField]) -> list[int]:
    """Which of `takers` has the agent nearest to each case; a center goes as one."""
    if not closed.cases:
        return []
    plane = LocalPlane(closed.cases[0].case.position)

    def xy(positions: Sequence[LatLon]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        table = np.array(positions, dtype=np.float64).reshape(-1, 2)
        return np.stack(plane.xy(table[:, 0], table[:, 1]), axis=1)

    places = xy([c.case.position for c in closed.cases])
    away = np.full((len(places), len(takers)), np.inf)
    for n, taker in enumerate(takers):
        starts = xy([a.position for a in taker.agents])
        for start in starts:
            np.minimum(away[:, n], np.hypot(*(places - start).T), out=away[:, n])
    found = away.argmin(axis=1).tolist()
    first = {c.center_id: n for c, n in reversed(list(zip(closed.cases, found, strict=True)))}
    return [
        first[c.center_id] if c.center_id else n for c, n in zip(closed.cases, found, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class TakeTogether(Change):
    """Branches work as one: any agent may have any case. The first one's weights hold."""

    branch_ids: tuple[UUID, ...]

    def named(self) -> Named:
        return Named(self.branch_ids)

    def applied(self, field: Field) -> Field:
        parts = {field.branch(id_).id: field.branch(id_) for id_ in self.branch_ids}
        first, *others = parts.values()
        whole = replace(
            first,
            ids=frozenset[UUID]().union(*(part.ids for part in parts.values())),
            name=" and ".join(part.name for part in parts.values()),
            agents=tuple(
                replace(a, branch_id=first.id) for part in parts.values() for a in part.agents
            ),
            cases=tuple(c for part in parts.values() for c in moved_to(part.cases, first.id)),
            carried={id_: had for part in parts.values() for id_, had in part.carried.items()},
            capacity={id_: s for part in parts.values() for id_, s in part.capacity.items()},
            handing_on=frozenset[UUID]().union(*(part.handing_on for part in parts.values())),
        )
        gone = {part.id for part in others}
        kept = tuple(branch for branch in field.branches if branch.id not in gone)
        return replace(field, branches=kept).with_branch(whole)


@dataclass(frozen=True, slots=True)
class SetWeights(Change):
    """What wishes are worth in all branches, in minutes of travel; None leaves one as it is."""

    disturbance_min: int | None = None
    continuity_min: int | None = None
    fairness_min: int | None = None
    overload_visits: float | None = None

    def applied(self, field: Field) -> Field:
        told = {
            "disturbance_s": None if self.disturbance_min is None else 60 * self.disturbance_min,
            "continuity_s": None if self.continuity_min is None else 60 * self.continuity_min,
            "fairness_s": None if self.fairness_min is None else 60 * self.fairness_min,
            "overload_visits": self.overload_visits,
        }
        news = {name: value for name, value in told.items() if value is not None}
        return replace(
            field,
            branches=tuple(
                replace(branch, weights=replace(branch.weights, **news))  # type: ignore[arg-type]
                for branch in field.branches
            ),
        )


@dataclass(frozen=True, slots=True)
class TakeDemandFile(Change):
    """A demand file as if it had come in. `content` is its bytes in base64, empty where a scenario
    is only told about.

    Cases are read as the file would leave them, so nothing is left to be applied.
    """

    branch_id: UUID
    name: str
    business_date: date
    content: str = ""

    def named(self) -> Named:
        return Named((self.branch_id,))

    def applied(self, field: Field) -> Field:
        return field


KINDS: dict[str, type[Change]] = {
    "add_agents": AddAgents,
    "leave_out_agents": LeaveOutAgents,
    "set_capacity": SetCapacity,
    "close_branch": CloseBranch,
    "take_together": TakeTogether,
    "set_weights": SetWeights,
    "split_territory": SplitTerritory,
    "demand_file": TakeDemandFile,
}
"""The name of each kind of change, as it is stored and told."""


def changed(field: Field, changes: Sequence[Change]) -> Field:
    """The branches once all changes are made, in their order. Raises `InvalidField`."""
    for change in changes:
        field = change.applied(field)
    return field
