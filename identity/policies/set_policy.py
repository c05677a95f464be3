"""Set a policy of a branch, or have it inherit the policy again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from data.session import Session
from identity.policies import store
from identity.policies.policy import checked, known
from identity.policies.store import PolicyView
from identity.store import branch_by_code


async def policies_of(session: Session, code: str) -> list[PolicyView]:
    """Every policy of a branch in scope, with where it comes from. Raises `BranchNotFound`."""
    return list(await store.policy_views(session, (await branch_by_code(session, code)).id))


async def set_policy(
    session: Session, code: str, key: str, value: Any, by: UUID | None, now: datetime
) -> PolicyView:
    """Set a policy of a branch in scope, and so of those below that set nothing themselves.

    `by` is the member of staff. Raises `InvalidField` or `BranchNotFound`.
    """
    allowed = checked(key, value)
    branch_id = (await branch_by_code(session, code)).id
    await store.put(session, branch_id, key, allowed, by, now)
    return await _view(session, branch_id, key)


async def clear(session: Session, code: str, key: str) -> PolicyView:
    """Have a branch in scope inherit a policy: what holds from now on.

    Raises `InvalidField` or `BranchNotFound`.
    """
    branch_id = (await branch_by_code(session, code)).id
    await store.remove(session, branch_id, known(key))
    return await _view(session, branch_id, key)


async def _view(session: Session, branch_id: UUID, key: str) -> PolicyView:
    return next(v for v in await store.policy_views(session, branch_id) if v.key == key)
