"""Take or leave a re-planned round."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from data.live import announce
from data.session import Session
from routing.rounds.published import store as rounds
from routing.underway import store as underway
from routing.underway.errors import OfferDecided, OfferExpired, OfferNotFound, OfferOvertaken
from routing.underway.offers import store
from routing.underway.offers.offer import Offer


class Decision(StrEnum):
    """What can be said to an offer."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


async def decide(
    session: Session, offer_id: UUID, decision: Decision, by: UUID, now: datetime
) -> Offer:
    """Publish what was offered, or leave the round as it is. The same again gets the same answer.

    What was done since the offer was made stays done. Raises `OfferNotFound`, `OfferDecided` when
    somebody decided otherwise, `OfferExpired`, and `OfferOvertaken` when the round has changed
    meanwhile.
    """
    # 1. Alone with the round and the offer.
    await store.lock(session, offer_id)
    offer = await store.offer(session, offer_id, now)
    if offer is None:
        raise OfferNotFound(str(offer_id))
    # 2. What became of it already.
    if offer.state == decision:
        return offer
    if offer.state in tuple(Decision):
        raise OfferDecided(offer.state, offer.decided_by_name or "somebody", offer.decided_at)
    if offer.state == "expired":
        raise OfferExpired(offer.expires_at)
    if offer.state == "overtaken":
        by_what = await store.replaced_by(session, offer)
        raise OfferOvertaken(by_what.revision, by_what.planned_at)
    # 3. Said before the round is replaced, which overtakes all offers that are open.
    await store.decide(session, offer_id, decision, by, now)
    if decision is Decision.ACCEPTED:
        await _publish(session, offer, now)
    announce(session, offer.branch_id, "offer", {"agent_id": str(offer.agent_id)})
    decided = await store.offer(session, offer_id, now)
    assert decided is not None
    return decided


async def _publish(session: Session, offer: Offer, now: datetime) -> None:
    proposal = await store.proposal(session, offer.id)
    out = await underway.out_of_the_question(
        session, offer.agent_id, offer.day, [s.case_id for s in proposal.stops if s.case_id]
    )
    stops = tuple(stop for stop in proposal.stops if stop.case_id not in out)
    taken = replace(proposal, planned_at=now, stops=stops)
    (round_id,) = await rounds.write_rounds(session, [taken])
    await store.published(session, offer.id, round_id)
    announce(session, offer.branch_id, "round", {"agent_id": str(offer.agent_id)})
