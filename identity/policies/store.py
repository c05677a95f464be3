"""SQL of policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from data.session import Session, rows
from data.tables.platform import Policy, PolicyProposal
from identity.policies.policy import DEFAULTS, RULES, Policies, Value


@dataclass(frozen=True, slots=True)
class BranchPolicies:
    """A branch, and what holds for it."""

    branch_id: UUID
    code: str
    policies: Policies


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a member of staff has set a policy to that another must set to the same.

    `proposer` is their name; None to those who do not see them.
    """

    value: Value
    proposed_at: datetime
    proposed_by: UUID
    proposer: str | None


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What a policy is for a branch, where that comes from, and what waits for a second person.

    Of what the branch inherits, the rest is None when it comes from a branch that the caller does
    not see. `set_by` is a member of staff, `currency` the branch's.
    """

    key: str
    value: Value
    currency: str
    source: Literal["own", "inherited", "default"]
    from_branch: str | None
    set_at: datetime | None
    set_by: UUID | None
    waiting: Proposal | None


def as_policies(found: Mapping[str, Any]) -> Policies:
    """What SQL's ``branch_policies`` found set; keys that are no policies any more are left out."""
    return Policies(**{key: value for key, value in found.items() if key in RULES})


async def effective(session: Session, branch_id: UUID) -> Policies:
    """What holds for a branch, inherited from above where it has set nothing itself.

    Nobody needs to see the branches above for that.
    """
    found = await rows(session, "SELECT branch_policies(:branch) AS set", branch=branch_id)
    return as_policies(found[0].set)


async def effective_by_branch(session: Session) -> Sequence[BranchPolicies]:
    """What holds for each branch in scope, by code."""
    found = await rows(
        session, "SELECT id, code, branch_policies(id) AS set FROM branch ORDER BY code"
    )
    return [BranchPolicies(r.id, r.code, as_policies(r.set)) for r in found]


async def policy_views(session: Session, branch_id: UUID) -> Sequence[PolicyView]:
    """Every policy of a branch in scope, in the order in which they are shown."""
    # What a branch inherits past the caller's own top is known by its value alone: row-level
    # security ends the way up there.
    found = await rows(
        session,
        """
        WITH RECURSIVE above (id, parent_id, code, steps) AS (
            SELECT id, parent_id, code, 0 FROM branch WHERE id = :branch
            UNION ALL SELECT b.id, b.parent_id, b.code, steps + 1
            FROM branch b JOIN above ON b.id = above.parent_id
        )
        SELECT k.key, branch_policy(:branch, k.key) AS value, own.currency, seen.*,
               w.value AS wished, w.proposed_at, w.proposed_by, s.full_name AS proposer
        FROM branch own, unnest(CAST(:keys AS text[])) WITH ORDINALITY AS k (key, place)
        LEFT JOIN LATERAL (
            SELECT code, steps, set_at, set_by
            FROM above JOIN policy p ON p.branch_id = above.id AND p.key = k.key
            ORDER BY steps LIMIT 1
        ) AS seen ON true
        LEFT JOIN policy_proposal w ON w.branch_id = :branch AND w.key = k.key
        LEFT JOIN staff s ON s.id = w.proposed_by
        WHERE own.id = :branch ORDER BY k.place
        """,
        branch=branch_id,
        keys=list(RULES),
    )
    return [_view(r) for r in found]


def _view(r: Any) -> PolicyView:
    waiting = (
        Proposal(r.wished, r.proposed_at, r.proposed_by, r.proposer) if r.proposed_by else None
    )
    if r.value is None:
        return PolicyView(r.key, DEFAULTS[r.key], r.currency, "default", None, None, None, waiting)
    source: Literal["own", "inherited"] = "own" if r.steps == 0 else "inherited"
    return PolicyView(r.key, r.value, r.currency, source, r.code, r.set_at, r.set_by, waiting)


async def put(
    session: Session,
    branch_id: UUID,
    key: str,
    value: Value,
    by: UUID | None,
    now: datetime,
    *,
    seconded_by: UUID | None = None,
) -> None:
    """Set a policy of a branch in scope."""
    told = {"value": value, "set_at": now, "set_by": by, "seconded_by": seconded_by}
    await session.execute(
        insert(Policy)
        .values(branch_id=branch_id, key=key, **told)
        .on_conflict_do_update(index_elements=["branch_id", "key"], set_=told)
    )


async def remove(session: Session, branch_id: UUID, key: str) -> None:
    """Have a branch inherit a policy; nothing happens when it does already."""
    await session.execute(delete(Policy).where(Policy.branch_id == branch_id, Policy.key == key))


async def lock_proposal(session: Session, branch_id: UUID, key: str) -> Proposal | None:
    """What waits for a second person, locked until that is settled."""
    found = await rows(
        session,
        """
        SELECT w.value, w.proposed_at, w.proposed_by, s.full_name
        FROM policy_proposal w LEFT JOIN staff s ON s.id = w.proposed_by
        WHERE w.branch_id = :branch AND w.key = :key FOR UPDATE OF w
        """,
        branch=branch_id,
        key=key,
    )
    return Proposal(*found[0]) if found else None


async def propose(
    session: Session, branch_id: UUID, key: str, value: Value, by: UUID, now: datetime
) -> None:
    """Have a value wait for a second person, in place of what waited."""
    told = {"value": value, "proposed_at": now, "proposed_by": by}
    await session.execute(
        insert(PolicyProposal)
        .values(branch_id=branch_id, key=key, **told)
        .on_conflict_do_update(index_elements=["branch_id", "key"], set_=told)
    )


async def drop_proposal(session: Session, branch_id: UUID, key: str) -> None:
    """Have nothing wait; nothing happens when nothing does."""
    await session.execute(
        delete(PolicyProposal).where(
            PolicyProposal.branch_id == branch_id, PolicyProposal.key == key
        )
    )
