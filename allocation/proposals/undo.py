"""Undo a published proposal: cases return to whom they had, unless somebody touched them since."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation import store as allocation
from allocation.errors import ProposalNotPublished
from allocation.owners import store as owners
from allocation.owners.move_cases import Change, carry_out
from allocation.proposals import store
from allocation.proposals.proposal import Outcome, Proposal
from allocation.proposals.read import proposal_of
from data.session import Session

TOUCHED = "it is closed, or somebody has moved it since; it stays where it is"
LEFT = "its former agent has left; it stays where it is"


@dataclass(frozen=True, slots=True)
class Kept:
    """A case that undoing leaves where it is, and why."""

    case_id: UUID
    detail: str


async def undo(
    session: Session, proposal_id: UUID, by: UUID, now: datetime
) -> tuple[Proposal, tuple[Kept, ...]]:
    """Give the cases of a published proposal back to their former agents, with their pins.

    Those that somebody has touched since stay, and are told. Undone already, nothing happens.
    Raises `ProposalNotFound`, `ProposalNotPublished` or `AssignedMeanwhile`.
    """
    # 1. What was published; nobody else changes the branches' owners until the end.
    found = await proposal_of(session, proposal_id, lock=True)
    if found.state == "undone":
        return found, ()
    if found.state != "published" or found.settled_at is None:
        raise ProposalNotPublished(str(proposal_id), found.state)
    for branch_id in sorted(found.branch_ids):
        await allocation.lock_allocation(session, branch_id)
    moved = [c for c in await store.changes(session, proposal_id) if c.outcome == "moved"]
    # 2. What can return.
    untouched = await store.untouched(session, proposal_id)
    former = sorted({c.from_id for c in moved if c.from_id})
    active = {agent.id for agent in await allocation.agents_by_id(session, former, now.date())}
    kept = {
        c.case_id: LEFT if c.case_id in untouched else TOUCHED
        for c in moved
        if c.case_id not in untouched or (c.from_id and c.from_id not in active)
    }
    back = [c for c in moved if c.case_id not in kept]
    # 3. Return it, and say what stayed.
    changes = [Change(c.case_id, c.to_id, c.from_id) for c in back if c.from_id != c.to_id]
    await carry_out(session, changes, f"undone: {found.name}", by, now)
    cases = [c.case_id for c in back]
    await owners.end_pins(session, cases, by, now)
    await owners.restore_pins(session, cases, found.settled_at, now)
    outcomes: dict[UUID, Outcome] = {c.case_id: "returned" for c in back}
    outcomes |= dict.fromkeys(kept, "kept")
    await store.set_outcomes(session, proposal_id, outcomes)
    await store.mark_undone(session, proposal_id, by, now)
    told = tuple(Kept(case_id, detail) for case_id, detail in sorted(kept.items()))
    return await proposal_of(session, proposal_id), told
