"""Note that a colleague's cash was taken. It moves once both phones have told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.denominations import Denomination, counted
from collection.custody.errors import HandoverDiffers, NoTill
from collection.custody.handovers import store
from collection.custody.handovers.handover import State, Taking
from collection.custody.handovers.settle import settle_taken
from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session


@dataclass(frozen=True, slots=True)
class TakingReport:
    """What the taker's phone sends; `id` is the handover's, which both phones made alike."""

    id: UUID
    giver_id: UUID
    amount: Money
    denominations: Sequence[Denomination]
    taken_at: datetime
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """A taking, and where its handover stands: None while the giver's phone has not told of it."""

    taking: Taking
    state: State | None


async def take(session: Session, taker_id: UUID, report: TakingReport, now: datetime) -> Taken:
    """Take it down; the session sees the tills of the whole branch.

    Cash that changed hands is never refused for the taker's limit. The same report again gets the
    taking as it stands. Raises `IdReused`, `NoTill`, `InvalidField` (no such colleague, another
    currency, denominations that do not make the amount, an impossible time), `HandoverDiffers` from
    what the giver's phone wrote down, `HandoverSettled` or `GiverHoldsLess`.
    """
    # 1. What the two phones tell may come at once: the later one sees the other.
    held = await tills.lock_tills(session, [taker_id, report.giver_id])
    known = await store.taking(session, report.id)
    if known:
        if known.body_hash != report.body_hash or known.taking.taker_id != taker_id:
            raise IdReused("handover", str(report.id))
        offered = await store.handover(session, report.id)
        return Taken(known.taking, offered.handover.state if offered else None)
    # 2. Refuse what cannot be true.
    if taker_id not in held:
        raise NoTill(str(taker_id))
    till = held[taker_id]
    names = {c.agent_id: c.name for c in await store.colleagues(session, taker_id)}
    if report.giver_id not in names:
        raise InvalidField("giver_id", say("an agent of your branch who has a till"))
    if report.amount.currency != till.currency:
        raise InvalidField(
            "amount.currency", say("{currency}, the till's currency", currency=till.currency)
        )
    if not is_plausible(report.taken_at, now):
        raise InvalidField("taken_at", EXPECTED)
    taking = Taking(
        report.id, report.giver_id, names[report.giver_id], taker_id,
        await tills.agent_name(session, taker_id), report.amount,
        counted(report.denominations, report.amount), report.taken_at,
    )  # fmt: skip
    offered = await store.handover(session, report.id)
    if offered and not offered.handover.is_what_was_taken(taking):
        raise HandoverDiffers(str(report.id), offered.handover.amount, report.amount)
    # 3. Keep it; with the giver's side it is settled.
    if not await store.add_taking(session, till.branch_id, taking, report.body_hash, now):
        raise IdReused("handover", str(report.id))
    settled = await settle_taken(session, report.id, now) if offered else None
    return Taken(taking, settled.state if settled else None)
