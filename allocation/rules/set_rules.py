"""Managers set what decides who may own which case. The next allocation and move keep to it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allocation.errors import CenterNotFound
from allocation.rules import store
from allocation.rules.store import AgentRules, Certificate, ProductRule, Tag
from collection.errors import CaseNotFound, CustomerNotFound
from core.errors import InvalidField
from core.said import say
from data.session import Session
from identity import store as identity
from identity.errors import AgentNotFound, BranchNotFound


async def set_agent(session: Session, agent_id: UUID, told: AgentRules) -> None:
    """Set what decides which cases an agent may have. Raises `AgentNotFound`."""
    if not await store.set_agent_rules(session, agent_id, told):
        raise AgentNotFound(str(agent_id))


async def certify(
    session: Session, agent_id: UUID, told: Certificate, by: UUID, now: datetime
) -> None:
    """Set a certificate of an agent. Raises `AgentNotFound` or `InvalidField`."""
    if told.valid_until is not None and told.valid_until < told.valid_from:
        raise InvalidField("valid_until", say("{first} or later", first=told.valid_from))
    branch_id = await identity.agent_branch(session, agent_id)
    await store.put_certificate(session, agent_id, branch_id, told, by, now)


async def keep_apart(
    session: Session, agent_id: UUID, customer_id: UUID, reason: str, by: UUID, now: datetime
) -> None:
    """Keep an agent from a customer's cases. Raises `AgentNotFound` or `CustomerNotFound`."""
    await identity.agent_branch(session, agent_id)
    branch_id = await store.branch_of_customer(session, customer_id)
    if branch_id is None:
        raise CustomerNotFound(str(customer_id))
    await store.put_conflict(session, agent_id, customer_id, branch_id, reason, by, now)


async def prefer(session: Session, customer_id: UUID, gender: str | None) -> None:
    """Set whom a customer asks to be visited by. Raises `CustomerNotFound`."""
    if not await store.set_agent_gender(session, customer_id, gender):
        raise CustomerNotFound(str(customer_id))


async def tag(session: Session, case_id: UUID, told: Tag, by: UUID, now: datetime) -> None:
    """Tag a case. Raises `CaseNotFound`."""
    branch_id = await store.branch_of_case(session, case_id)
    if branch_id is None:
        raise CaseNotFound(str(case_id))
    await store.put_tag(session, case_id, branch_id, told, by, now)


async def ask_certificates(
    session: Session, code: str, told: ProductRule, by: UUID, now: datetime
) -> None:
    """Set what a product asks for in a branch and those below it. Raises `BranchNotFound`."""
    await store.put_product_rule(session, await branch_id_of(session, code), told, by, now)


async def gather_center(
    session: Session, branch_code: str, code: str, name: str, customers: Sequence[str]
) -> None:
    """Make a center of exactly these customers. Raises `BranchNotFound` or `InvalidField`."""
    branch_id = await branch_id_of(session, branch_code)
    missing = await store.put_center(session, branch_id, code, name, customers)
    if missing:
        told = ", ".join(missing[:20])
        raise InvalidField(
            "customers", say("the lender's numbers of the branch's; not these: {told}", told=told)
        )


async def split(
    session: Session, branch_code: str, code: str, reason: str | None, by: UUID, now: datetime
) -> None:
    """Let a center's members go to different agents, or without a reason to one again.

    Raises `BranchNotFound` or `CenterNotFound`.
    """
    branch_id = await branch_id_of(session, branch_code)
    if not await store.split_center(session, branch_id, code, reason, by, now):
        raise CenterNotFound(code)


async def branch_id_of(session: Session, code: str) -> UUID:
    """The id of a branch in scope. Raises `BranchNotFound`."""
    branch = await identity.branch_by_code(session, code)
    if branch is None:
        raise BranchNotFound(code)
    return branch.id
