"""Offer cash to a colleague. Nothing moves until the colleague has counted it; it moves at once
where the colleague's phone has told already that it was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.denominations import Denomination, counted
from collection.custody.errors import HandoverDiffers, MoreThanInHand, NoTill
from collection.custody.handovers import store
from collection.custody.handovers.handover import Handover, State
from collection.custody.handovers.settle import settle_taken
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class Offer:
    """What the giver's phone sends."""

    id: UUID
    taker_id: UUID
    amount: Money
    denominations: Sequence[Denomination]
    body_hash: bytes
    given_at: datetime | None = None


async def offer(session: Session, giver_id: UUID, made: Offer, now: datetime) -> Handover:
    """Take down an offer; the session sees the tills of the whole branch.

    The same offer again gets the handover as it stands. Raises `IdReused`, `NoTill`,
    `InvalidField` (no such colleague, another currency, denominations that do not make the
    amount), `MoreThanInHand`, or `HandoverDiffers` from what the taker's phone wrote down.
    """
    # What the two phones tell may come at once: the later one sees the other.
    await tills.lock_tills(session, [giver_id, made.taker_id])
    known = await store.handover(session, made.id)
    if known:
        if known.body_hash != made.body_hash or known.handover.giver_id != giver_id:
            raise IdReused("handover", str(made.id))
        return known.handover
    till = await tills.till(session, giver_id)
    if till is None:
        raise NoTill(str(giver_id))
    names = {c.agent_id: c.name for c in await store.colleagues(session, giver_id)}
    if made.taker_id not in names:
        raise InvalidField("taker_id", say("an agent of your branch who has a till"))
    if made.amount.currency != till.currency:
        raise InvalidField(
            "amount.currency", say("{currency}, the till's currency", currency=till.currency)
        )
    faces = counted(made.denominations, made.amount)
    if till.in_hand < made.amount:
        raise MoreThanInHand(till.in_hand, made.amount)
    offered = Handover(
        made.id, giver_id, await tills.agent_name(session, giver_id), made.taker_id,
        names[made.taker_id], made.amount, faces, State.OFFERED, now, None, made.given_at,
    )  # fmt: skip
    told = await store.taking(session, made.id)
    if told and not offered.is_what_was_taken(told.taking):
        raise HandoverDiffers(str(made.id), made.amount, told.taking.amount)
    if not await store.add_handover(session, till.branch_id, offered, made.body_hash):
        raise IdReused("handover", str(made.id))
    return await settle_taken(session, made.id, now) if told else offered
