"""Review proposals: a supervisor accepts or rejects what agents' visits propose."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import DomainError
from data.session import Session
from geofence.address_points.errors import (
    AlreadyReviewed,
    OwnWitness,
    ProposalNotFound,
    ProposalOutdated,
)
from geofence.address_points.move_point import look_again
from geofence.address_points.proposals import store
from geofence.address_points.proposals.proposal import ACCEPTED, OPEN, REJECTED, Proposal


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A proposal that was not accepted with the others, and why."""

    id: UUID
    why: DomainError


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of proposals: those accepted, and those left as they are."""

    accepted: tuple[UUID, ...]
    left: tuple[LeftOut, ...]


async def accept(
    session: Session, staff_id: UUID, proposal_id: UUID, note: str | None, now: datetime
) -> Proposal:
    """Have the proposed point hold; the source's own stays in the address.

    Of two who decide at once the first does. Raises `ProposalNotFound`, `AlreadyReviewed`,
    `ProposalOutdated` or `OwnWitness`.
    """
    done = await accept_all(session, staff_id, [proposal_id], note, now)
    if done.left:
        raise done.left[0].why
    return await _proposal(session, proposal_id)


async def accept_all(
    session: Session, staff_id: UUID, ids: Sequence[UUID], note: str | None, now: datetime
) -> Reviewed:
    """Accept these proposals, which the supervisor has seen, and no others.

    One that cannot be accepted any more is left out and says why; the others are accepted.
    """
    # 1. Nobody else decides on these addresses until we are done.
    await store.lock_addresses(session, ids)
    found = {proposal.id: proposal for proposal in await store.proposals_by_id(session, ids)}
    # 2. Which of them can be accepted, one for each address.
    against = {id_: _against(found.get(id_), id_, staff_id) for id_ in dict.fromkeys(ids)}
    taken = [found[id_] for id_, why in against.items() if why is None]
    # 3. Write down who decided, and move the points.
    await store.add_reviews(session, taken, ACCEPTED, staff_id, note, now)
    await store.move_to_proposals(session, taken, staff_id, note, now)
    for (branch_id, zone), proposals in _by_branch(taken).items():
        agents = {agent for proposal in proposals for agent in proposal.agents}
        places = [proposal.address_id for proposal in proposals]
        await look_again(session, branch_id, zone, places, now, also=sorted(agents))
    left = (LeftOut(id_, why) for id_, why in against.items() if why is not None)
    return Reviewed(tuple(proposal.id for proposal in taken), tuple(left))


async def reject(
    session: Session, staff_id: UUID, proposal_id: UUID, note: str | None, now: datetime
) -> Proposal:
    """Leave the address where it is. It is proposed again only with a witness who is new, or at
    another place. Raises what `accept` does."""
    await store.lock_addresses(session, [proposal_id])
    found = await store.proposals_by_id(session, [proposal_id])
    why = _against(found[0] if found else None, proposal_id, staff_id)
    if why is not None:
        raise why
    await store.add_reviews(session, found, REJECTED, staff_id, note, now)
    return await _proposal(session, proposal_id)


async def _proposal(session: Session, proposal_id: UUID) -> Proposal:
    found = await store.proposals_by_id(session, [proposal_id])
    return found[0]


def _against(proposal: Proposal | None, id_: UUID, staff_id: UUID) -> DomainError | None:
    """What speaks against deciding on a proposal now, if anything."""
    if proposal is None:
        return ProposalNotFound(str(id_))
    if proposal.reviewed_by is not None and proposal.reviewed_at is not None:
        return AlreadyReviewed(str(id_), proposal.state, proposal.reviewed_by, proposal.reviewed_at)
    if proposal.state != OPEN:
        return ProposalOutdated(str(id_))
    if staff_id in proposal.agents:
        return OwnWitness(str(id_))
    return None


def _by_branch(proposals: Sequence[Proposal]) -> dict[tuple[UUID, str], list[Proposal]]:
    grouped: dict[tuple[UUID, str], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        grouped[proposal.branch_id, proposal.zone].append(proposal)
    return grouped
