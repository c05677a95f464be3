"""Set a policy of a branch, or have it inherit the policy again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from data.session import Session
from identity.policies import store
from identity.policies.policy import RULES, checked, known
from identity.policies.store import PolicyView
from identity.store import branch_by_code


async def policies_of(session: Session, code: str) -> list[PolicyView]:
    """Every policy of a branch in scope, with where it comes from. Raises `BranchNotFound`."""
    return list(await store.policy_views(session, (await branch_by_code(session, code)).id))


async def set_policy(
    session: Session, code: str, key: str, value: Any, by: UUID | None, now: datetime
) -> PolicyView:
    """Set a policy of a branch in scope, and so of those below that set nothing themselves.

    One of two people holds once another than who has set it sets the same; until then what held
    goes on. `by` is the member of staff, None for nobody's doing. Raises `InvalidField` or
    `BranchNotFound`.
    """
    known(key)
    branch = await branch_by_code(session, code)
    allowed, branch_id = checked(key, value, branch.currency), branch.id
    if not RULES[key].two_people:
        await store.put(session, branch_id, key, allowed, by, now)
        return await _view(session, branch_id, key)
    assert by is not None, "a person sets what two people set"
    waiting = await store.lock_proposal(session, branch_id, key)
    if waiting is None or waiting.value != allowed or waiting.proposed_by == by:
        await store.propose(session, branch_id, key, allowed, by, now)
    else:
        await store.drop_proposal(session, branch_id, key)
        first = waiting.proposed_by
        await store.put(session, branch_id, key, allowed, first, now, seconded_by=by)
    return await _view(session, branch_id, key)


async def clear(session: Session, code: str, key: str) -> PolicyView:
    """Have a branch in scope inherit a policy: what holds from now on. What was proposed is gone.

    Raises `InvalidField` or `BranchNotFound`.
    """
    branch_id = (await branch_by_code(session, code)).id
    await store.remove(session, branch_id, known(key))
    await store.drop_proposal(session, branch_id, key)
    return await _view(session, branch_id, key)


async def withdraw(session: Session, code: str, key: str) -> PolicyView:
    """Have nothing wait for a second person: taken back by whoever proposed it, or refused by
    another. What holds goes on.

    Raises `InvalidField` or `BranchNotFound`.
    """
    branch_id = (await branch_by_code(session, code)).id
    await store.drop_proposal(session, branch_id, known(key))
    return await _view(session, branch_id, key)


async def _view(session: Session, branch_id: UUID, key: str) -> PolicyView:
    return next(v for v in await store.policy_views(session, branch_id) if v.key == key)
