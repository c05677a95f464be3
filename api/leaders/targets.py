"""Targets and costs of a month."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from api.deps import Leader, Now, Read, Tx
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant
from collection.figures.targets import store
from collection.figures.targets.set_month import set_costs, set_targets
from collection.figures.targets.target import MOST_MINOR, Cost, CostKind, Target, check_month
from identity.permission import Permission
from identity.principal import Principal

router = Router(prefix="/v1", tags=["figures"])

BranchCode = Annotated[str, Field(min_length=1, max_length=20)]
Amount = Annotated[int, Field(ge=0, le=MOST_MINOR)]


class TargetBody(Body):
    """A target; without an agent it is the branch's own. Null takes it away."""

    branch: BranchCode
    agent_id: UUID | None = None
    figure: Annotated[str, Field(max_length=60)]
    amount: Amount | None


class TargetsBody(Body):
    """Targets to set; those that are not named stay."""

    items: Annotated[list[TargetBody], Field(min_length=1, max_length=2000)]


class CostBody(Body):
    """A cost in minor units; without an agent it is the branch's own. Null takes it away."""

    branch: BranchCode
    agent_id: UUID | None = None
    kind: CostKind
    amount_minor: Amount | None


class CostsBody(Body):
    """Costs to set; those that are not named stay."""

    items: Annotated[list[CostBody], Field(min_length=1, max_length=2000)]


class SetAnswer(Answer):
    """A target or cost: `name` is its figure or its kind, `amount` in its unit."""

    branch: str
    agent_id: UUID | None
    agent: str | None
    name: str
    amount: int
    set_at: Instant
    set_by: str


class MonthAnswer(Answer):
    """All that is set for a month, and whether the caller may set it."""

    items: list[SetAnswer]
    may_set: bool


class AgentAnswer(Answer):
    """An agent, and the branch that they work for."""

    id: UUID
    name: str
    branch: str


class AgentsAnswer(Answer):
    """Agents, by name."""

    items: list[AgentAnswer]


@router.get("/figures/agents")
async def get_agents(
    branch: Annotated[str, Query(max_length=20)], caller: Leader, session: Read
) -> AgentsAnswer:
    """The agents of a branch, for whom targets and costs can be set."""
    found = await store.agents(session, branch)
    return AgentsAnswer(items=[AgentAnswer.model_validate(one) for one in found])


async def _of(session: Read, caller: Principal, table: store.Table, month: date) -> MonthAnswer:
    check_month(month)
    found = await store.of_month(session, table, month)
    return MonthAnswer(
        items=[SetAnswer.model_validate(row) for row in found],
        may_set=Permission.FIGURES_ACT in caller.permissions,
    )


@router.get("/targets/{month}")
async def get_targets(month: Day, caller: Leader, session: Read) -> MonthAnswer:
    """What is to be reached in a month."""
    return await _of(session, caller, "target", month)


@router.put("/targets/{month}")
async def put_targets(
    month: Day, body: TargetsBody, caller: Leader, session: Tx, now: Now
) -> MonthAnswer:
    """Set targets of a month, all or none. The same again changes nothing."""
    wanted = [Target(t.branch, t.agent_id, t.figure, t.amount) for t in body.items]
    await set_targets(session, caller.id, month, wanted, now)
    return await _of(session, caller, "target", month)


@router.get("/costs/{month}")
async def get_costs(month: Day, caller: Leader, session: Read) -> MonthAnswer:
    """What collecting cost in a month."""
    return await _of(session, caller, "cost", month)


@router.put("/costs/{month}")
async def put_costs(
    month: Day, body: CostsBody, caller: Leader, session: Tx, now: Now
) -> MonthAnswer:
    """Set costs of a month, all or none. The same again changes nothing."""
    spent = [Cost(c.branch, c.agent_id, c.kind, c.amount_minor) for c in body.items]
    await set_costs(session, caller.id, month, spent, now)
    return await _of(session, caller, "cost", month)
