"""Lease room in an agent's till to the phone, before it goes where there is no network."""

from datetime import datetime, timedelta
from uuid import UUID

from collection.custody import store as tills
from collection.custody.errors import LeaseOpen, NoTill, OverCashLimit
from collection.custody.leases import store
from collection.custody.leases.lease import Lease
from core.errors import IdReused, InvalidField
from core.money import Money
from core.said import say
from data.session import Session
from identity.policies.store import effective


async def grant_lease(
    session: Session,
    agent_id: UUID,
    lease_id: UUID,
    wanted: Money | None,
    body_hash: bytes,
    now: datetime,
) -> Lease:
    """Carve a lease out of the till's headroom: as much as is wanted, or as there is.

    It ends after the policy's `offline_lease_h` hours. The same id and body again get the lease as
    it stands now. Raises `IdReused`, `NoTill`, `LeaseOpen`, `InvalidField` (another currency) or
    `OverCashLimit` when there is no room at all.
    """
    till = await tills.lock_till(session, agent_id)
    if till is None:
        raise NoTill(str(agent_id))
    known = await store.lease(session, lease_id)
    if known:
        if known.body_hash != body_hash:
            raise IdReused("lease", str(lease_id))
        return known.lease
    holding = await store.open_lease(session, agent_id)
    if holding:
        raise LeaseOpen(str(holding.lease.id), holding.lease.left)
    if wanted and wanted.currency != till.currency:
        raise InvalidField(
            "amount.currency", say("{currency}, the till's currency", currency=till.currency)
        )
    amount = min(wanted, till.headroom) if wanted else till.headroom
    if not amount.amount_minor:
        raise OverCashLimit(till.headroom, till.limit, wanted or till.limit)
    await tills.move_cash(session, agent_id, reserved_minor=amount.amount_minor)
    hours = (await effective(session, till.branch_id)).offline_lease_h
    prefix = await store.next_prefix(session, agent_id)
    made = Lease(lease_id, prefix, amount, amount, now, now + timedelta(hours=hours))
    if not await store.add_lease(session, till.branch_id, agent_id, made, body_hash):
        raise IdReused("lease", str(lease_id))
    return made
