"""SQL of offered rounds."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from core.ids import new_id
from core.said import plain
from data.live import announce
from data.session import Session, rows
from routing.rounds.published.store import RoundToWrite
from routing.underway.offers.offer import NewOffer, Offer

# An offer that nobody decided on in time has lapsed, whether or not a worker has noted it.
_SHOWN = """
SELECT o.id, o.agent_id, s.full_name AS agent, o.branch_id, o.day, r.revision AS base_revision,
       o.cause, o.why, o.difference, o.made_at, o.expires_at,
       CASE WHEN o.state = 'offered' AND o.expires_at <= :now THEN 'expired' ELSE o.state END
           AS state,
       o.decided_at, o.decided_by, d.full_name AS decided_by_name, o.round_id
FROM round_offer o JOIN round r ON r.id = o.base_round_id JOIN staff s ON s.id = o.agent_id
LEFT JOIN staff d ON d.id = o.decided_by
"""


async def add(session: Session, offer: NewOffer) -> UUID | None:
    """Store an offer; None when one is open for the agent's day already."""
    found = await rows(
        session,
        """
        INSERT INTO round_offer (id, branch_id, agent_id, day, base_round_id, cause, why, proposal,
            difference, made_at, expires_at)
        VALUES (:id, :branch_id, :agent_id, :day, :base_round_id, :cause, :why,
            CAST(:proposal AS jsonb), CAST(:difference AS jsonb), :made_at, :expires_at)
        ON CONFLICT (agent_id, day) WHERE state = 'offered' DO NOTHING RETURNING id
        """,
        id=new_id(),
        branch_id=offer.branch_id,
        agent_id=offer.agent_id,
        day=offer.day,
        base_round_id=offer.base_round_id,
        cause=offer.cause.value,
        why=offer.why,
        proposal=msgspec.json.encode(offer.proposal, enc_hook=plain).decode(),
        difference=msgspec.json.encode(asdict(offer.difference), enc_hook=plain).decode(),
        made_at=offer.made_at,
        expires_at=offer.expires_at,
    )
    return found[0].id if found else None


async def open_offers(
    session: Session, now: datetime, agent_id: UUID | None = None
) -> Sequence[Offer]:
    """The offers in scope that can still be taken, the newest first."""
    found = await rows(
        session,
        _SHOWN + " WHERE o.state = 'offered' AND o.expires_at > :now"
        " AND (CAST(:agent AS uuid) IS NULL OR o.agent_id = :agent)"
        " ORDER BY o.made_at DESC, o.id DESC",
        now=now,
        agent=agent_id,
    )
    return [Offer(*r) for r in found]


async def offer(session: Session, offer_id: UUID, now: datetime) -> Offer | None:
    """An offer in scope, whatever became of it."""
    found = await rows(session, _SHOWN + " WHERE o.id = :id", id=offer_id, now=now)
    return Offer(*found[0]) if found else None


async def lock(session: Session, offer_id: UUID) -> None:
    """Wait for whoever replaces the round or decides on the offer, and let nobody else.

    The round first, as whoever publishes another one takes them.
    """
    for statement in (
        "SELECT r.id FROM round r JOIN round_offer o ON o.base_round_id = r.id WHERE o.id = :id"
        " FOR UPDATE OF r",
        "SELECT id FROM round_offer WHERE id = :id FOR UPDATE",
    ):
        await rows(session, statement, id=offer_id)


async def proposal(session: Session, offer_id: UUID) -> RoundToWrite:
    """The round that is offered."""
    (found,) = await rows(session, "SELECT proposal FROM round_offer WHERE id = :id", id=offer_id)
    return msgspec.convert(found.proposal, RoundToWrite, strict=False)


async def decide(session: Session, offer_id: UUID, decision: str, by: UUID, now: datetime) -> None:
    """Write down what somebody decided on an open offer."""
    await rows(
        session,
        "UPDATE round_offer SET state = :decision, decided_by = :by, decided_at = :now"
        " WHERE id = :id AND state = 'offered' RETURNING 1",
        decision=decision,
        by=by,
        now=now,
        id=offer_id,
    )


async def published(session: Session, offer_id: UUID, round_id: UUID) -> None:
    """Write down which round an accepted offer became."""
    await rows(
        session,
        "UPDATE round_offer SET round_id = :round WHERE id = :id RETURNING 1",
        round=round_id,
        id=offer_id,
    )


async def replaced_by(session: Session, base: Offer) -> Any:
    """The round that took the place of the one an offer was made for: (revision, planned_at)."""
    found = await rows(
        session,
        "SELECT revision, planned_at FROM round WHERE agent_id = :agent AND day = :day"
        " AND revision > :base ORDER BY revision LIMIT 1",
        agent=base.agent_id,
        day=base.day,
        base=base.base_revision,
    )
    return found[0] if found else None


async def settle(session: Session, now: datetime) -> None:
    """Note the offers that have lapsed, and tell the screens."""
    for lapsed in await rows(
        session,
        "UPDATE round_offer SET state = 'expired', decided_at = :now"
        " WHERE state = 'offered' AND expires_at <= :now RETURNING agent_id, branch_id",
        now=now,
    ):
        announce(session, lapsed.branch_id, "offer", {"agent_id": str(lapsed.agent_id)})
