"""Name who keeps an agent's cash until the counters open again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody import store as tills
from collection.custody.ageing import store
from collection.custody.ageing.aged_cash import Keeper
from collection.custody.errors import NoTill
from core.errors import IdReused
from core.money import Money
from data.session import Session


@dataclass(frozen=True, slots=True)
class Kept:
    """Who keeps how much of an agent's cash."""

    id: UUID
    keeper: Keeper
    amount: Money


async def keep_safe(
    session: Session,
    agent_id: UUID,
    keeping_id: UUID,
    name: str,
    place: str,
    body_hash: bytes,
    now: datetime,
) -> Kept:
    """Take down who keeps the cash that an agent holds now; it stays the agent's to answer for.

    The same again gets the same answer. Raises `NoTill` or `IdReused`.
    """
    till = await tills.till(session, agent_id)
    if till is None:
        raise NoTill(str(agent_id))
    await store.add_keeping(
        session, keeping_id, till.branch_id, agent_id, Keeper(name, place, now), till.in_hand,
        body_hash,
    )  # fmt: skip
    known = await store.keeping(session, keeping_id)
    if known is None or known[2] != body_hash:
        raise IdReused("safe-keeping", str(keeping_id))
    return Kept(keeping_id, known[0], known[1])
