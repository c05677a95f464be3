"""Find a proposal, as it is or to change it."""

from uuid import UUID

from allocation.errors import ProposalChangedMeanwhile, ProposalNotFound, ProposalSettled
from allocation.proposals import store
from allocation.proposals.proposal import Proposal
from data.session import Session


async def proposal_of(session: Session, proposal_id: UUID, *, lock: bool = False) -> Proposal:
    """A proposal in scope; with `lock` nobody else changes it until the end.

    Raises `ProposalNotFound`.
    """
    found = await store.proposal(session, proposal_id, lock=lock)
    if found is None:
        raise ProposalNotFound(str(proposal_id))
    return found


async def open_proposal(session: Session, proposal_id: UUID, revision: int | None) -> Proposal:
    """A proposal that can still be edited, locked, as whoever saw `revision` knows it.

    Raises `ProposalNotFound`, `ProposalSettled`, or `ProposalChangedMeanwhile`.
    """
    found = await proposal_of(session, proposal_id, lock=True)
    if found.state != "open":
        raise ProposalSettled(str(proposal_id), found.state)
    seen(found, revision)
    return found


def seen(found: Proposal, revision: int | None) -> None:
    """Raises `ProposalChangedMeanwhile` unless `revision` is the proposal's, or None."""
    if revision is not None and revision != found.revision:
        raise ProposalChangedMeanwhile(str(found.id), found.revision, revision)
