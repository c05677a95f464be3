"""What agents' phones keep under a key: ended for a lost phone, and what it had not sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Admin, Db, Now, Read, Recording, Tx
from api.routing import Router
from api.schemas import Answer, Instant
from data.session import EVERYTHING
from geofence.store import taken_down
from identity.phone_vaults import store
from identity.phone_vaults.errors import VaultNotFound
from identity.phone_vaults.wipe import destroy_vault, open_salvage

router = Router(prefix="/v1/phone-vaults", tags=["admin: devices"])


class VaultLine(Answer):
    """An agent's data on a phone; `salvaged` counts the records that a wiped phone has handed in
    (all of them where `is_whole`), null while it has not been in contact."""

    id: UUID
    branch_id: UUID
    agent_id: UUID
    agent: str
    phone: str | None
    made_at: Instant
    destroyed_at: Instant | None
    salvaged: int | None
    is_whole: bool | None
    opened_at: Instant | None


class VaultsAnswer(Answer):
    """A page of vaults, the newest first."""

    items: list[VaultLine]
    next_cursor: str | None


class DestroyedAnswer(Answer):
    """Since when a vault is destroyed."""

    id: UUID
    destroyed_at: Instant


class SalvagedAnswer(Answer):
    """A record that was not sent, as the phone wrote it down. `is_stored` where it had arrived all
    the same, and only the answer was lost."""

    id: UUID
    kind: str
    made_at: str
    body: dict[str, Any] | None
    is_stored: bool


class SalvageAnswer(Answer):
    """What a wiped phone had not sent, in its order; not all of it while parts are still to
    come."""

    items: list[SalvagedAnswer]
    is_whole: bool


@router.get("")
async def get_vaults(
    caller: Admin, session: Read, cursor: Cursor = None, limit: Limit = 50
) -> VaultsAnswer:
    """Whose data is on which phone, the newest first."""
    found = await store.vaults(
        session, after=keys_of(cursor, datetime.fromisoformat), limit=limit + 1
    )
    page, behind = cut(found, limit, lambda vault: (vault.made_at, vault.id))
    return VaultsAnswer(items=[VaultLine.model_validate(v) for v in page], next_cursor=behind)


@router.post("/{id}/destroy")
async def post_destroy(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> DestroyedAnswer:
    """Make a lost phone's data unreadable, for good. At its next contact it hands in what it had
    not sent and erases itself. Revoking the phone does the same."""
    return DestroyedAnswer(id=id, destroyed_at=await destroy_vault(session, id, now))


@router.post("/{id}/salvage")
async def post_salvage(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    database: Db,
    now: Now,
    record: Recording,
) -> SalvageAnswer:
    """Open what a wiped phone had not sent: receipts to be entered, and visits."""
    if await store.vault(session, id) is None:
        raise VaultNotFound(str(id))
    async with database.transaction(EVERYTHING) as everything:
        found, is_whole = await open_salvage(everything, id, caller.id, now)
        stored = await taken_down(everything, [UUID(each["id"]) for each in found])
        await record(everything)
    items = [SalvagedAnswer(**each, is_stored=UUID(each["id"]) in stored) for each in found]
    return SalvageAnswer(items=items, is_whole=is_whole)
