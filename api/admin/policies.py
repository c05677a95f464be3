"""Policies of branches."""

from typing import Any, Literal
from uuid import UUID

from api.deps import Admin, Now, Office, Read, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant
from identity.policies.policy import AMOUNT, RULES
from identity.policies.set_policy import clear, policies_of, set_policy, withdraw
from identity.policies.store import PolicyView

router = Router(prefix="/v1", tags=["admin: policies"])


class PolicyBody(Body):
    """What a policy is to be: of the kind that its `expected` tells."""

    value: Any


class ProposalAnswer(Answer):
    """What an administrator has set that another must set to the same before it holds."""

    value: int | bool | str
    proposed_at: Instant
    proposed_by: UUID


class PolicyAnswer(Answer):
    """What a policy is for a branch, and where that comes from.

    `from_branch` is None when it comes from a branch that the caller does not see. An amount of
    money is in minor units of the branch's `currency`; what is none has no currency. One that needs
    `two_people` holds once a second administrator has set the same; until then it is `waiting`.
    """

    key: str
    value: int | bool | str
    source: Literal["own", "inherited", "default"]
    from_branch: str | None
    set_at: Instant | None
    set_by: UUID | None
    unit: str | None
    currency: str | None
    expected: Told
    meaning: str
    two_people: bool
    waiting: ProposalAnswer | None


def _answer(view: PolicyView) -> PolicyAnswer:
    rule = RULES[view.key]
    return PolicyAnswer(
        key=view.key, value=view.value, source=view.source, from_branch=view.from_branch,
        set_at=view.set_at, set_by=view.set_by,
        unit=rule.unit, currency=view.currency if rule.unit == AMOUNT else None,
        expected=rule.expected_in(view.currency), meaning=rule.meaning, two_people=rule.two_people,
        waiting=ProposalAnswer.model_validate(view.waiting) if view.waiting else None,
    )  # fmt: skip


@router.get("/branches/{code}/policies")
async def get_policies(code: str, caller: Office, session: Read) -> list[PolicyAnswer]:
    """What holds for a branch, and whether it is its own, inherited or the default."""
    return [_answer(view) for view in await policies_of(session, code)]


@router.put("/branches/{code}/policies/{key}")
async def put_policy(
    code: str, key: str, body: PolicyBody, caller: Admin, session: Tx, now: Now
) -> PolicyAnswer:
    """Set a policy of a branch; those below it that set nothing themselves inherit it. One of two
    people is proposed by that, and holds once another administrator has set the same."""
    return _answer(await set_policy(session, code, key, body.value, caller.id, now))


@router.delete("/branches/{code}/policies/{key}")
async def delete_policy(code: str, key: str, caller: Admin, session: Tx) -> PolicyAnswer:
    """Have a branch inherit a policy again; the answer tells what holds from now on."""
    return _answer(await clear(session, code, key))


@router.delete("/branches/{code}/policies/{key}/proposal")
async def delete_proposal(code: str, key: str, caller: Admin, session: Tx) -> PolicyAnswer:
    """Take back what one has proposed and nobody has confirmed, or refuse what another has. What
    held goes on."""
    return _answer(await withdraw(session, code, key))
