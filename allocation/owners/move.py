"""Whether a manager's move of a case can be made, and if not why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from allocation.eligibility import misfit
from allocation.units import OpenCase
from allocation.work import Agent

RefusalCode = Literal[
    "no_such_case", "no_such_agent", "does_not_fit", "other_branch", "center_divided", "overtaken",
    "nobody_to_take_it_from", "hypothetical",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """Give a case to an agent, or to nobody. With `expects` it is refused when somebody else than
    `former_id` has the case by now."""

    case_id: UUID
    agent_id: UUID | None
    expects: bool = False
    former_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How orders are meant: why, from when until when, pinned or not.

    Before `from_at` nothing changes (None: at once); at `until` the case returns to whom it had.
    `lend` allows agents of other branches, `overrule` those whom a rule keeps from the case; what
    bars everybody cannot be overruled. `pin_until` None pins until somebody ends it.
    """

    reason: str
    from_at: datetime | None = None
    until: datetime | None = None
    pin: bool = False
    pin_until: datetime | None = None
    lend: bool = False
    overrule: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """An order that was not carried out: why, and what would be right."""

    case_id: UUID
    code: RefusalCode
    detail: str


def refusal(
    order: Order, case: OpenCase | None, agents: Mapping[UUID, Agent], terms: Terms
) -> Refusal | None:
    """Why an order cannot be carried out; None when it can."""
    code: RefusalCode | None = None
    detail = ""
    if case is None:
        code, detail = "no_such_case", "there is no such open case in your branches"
    elif order.expects and case.owner_id != order.former_id:
        code = "overtaken"
        detail = "somebody else has given the case away since; look at who has it now"
    elif order.agent_id is not None:
        return _agent_refusal(order.agent_id, case, agents.get(order.agent_id), terms)
    elif case.owner_id is None and not order.expects:
        code, detail = "nobody_to_take_it_from", "nobody has the case"
    return Refusal(order.case_id, code, detail) if code else None


def _agent_refusal(
    agent_id: UUID, case: OpenCase, agent: Agent | None, terms: Terms
) -> Refusal | None:
    case_id, branch_id = case.case.id, case.case.branch_id
    if agent is None:
        detail = f"there is no active agent {agent_id} in your branches"
        return Refusal(case_id, "no_such_agent", detail)
    if agent.branch_id != branch_id and not terms.lend:
        detail = "the agent is of another branch; say `lend` to lend the case to that branch"
        return Refusal(case_id, "other_branch", detail)
    why_not = misfit(replace(agent, branch_id=branch_id), case.case)
    if why_not and (case.case.barred or not terms.overrule):
        more = "" if case.case.barred else "; say `overrule` if it must be"
        return Refusal(case_id, "does_not_fit", why_not + more)
    return None
