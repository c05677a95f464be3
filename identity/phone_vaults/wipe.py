"""Make a lost phone unreadable, and rescue what it had not sent yet."""

import json
from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any
from uuid import UUID

from data.session import Session
from identity.phone_vaults import store
from identity.phone_vaults.errors import NothingSalvaged, SalvageFull, VaultInUse, VaultNotFound
from identity.phone_vaults.keep_vault import private_key
from identity.phone_vaults.vault import Sealed, open_record, open_sealed

MOST_BYTES = 20_000_000
"""Of all that one vault's phone hands in; a day's records are a hundredth of that."""


async def destroy_vault(session: Session, vault_id: UUID, now: datetime) -> datetime:
    """Destroy the server's part of a vault: since when it is. The second time changes nothing.

    At its next contact the phone hands in what was not sent, and erases itself. Raises
    `VaultNotFound`.
    """
    await store.destroy(session, now, vault_id=vault_id)
    known = await store.vault(session, vault_id)
    if known is None or known.destroyed_at is None:
        raise VaultNotFound(str(vault_id))
    return known.destroyed_at


async def take_salvage(
    session: Session,
    vault_id: UUID,
    sealed: dict[str, str],
    records: list[dict[str, Any]],
    now: datetime,
    *,
    is_last: bool,
) -> None:
    """Keep the records that a wiped phone hands in, unread as they are: a part of them, or with
    `is_last` all there are. The same part again, or one after the last, changes nothing. Raises
    `VaultNotFound`, `SalvageFull`, or `VaultInUse` for a vault that is not destroyed."""
    known = await store.vault(session, vault_id)
    if known is None:
        raise VaultNotFound(str(vault_id))
    if known.destroyed_at is None:
        raise VaultInUse(str(vault_id))
    if not await store.add_salvage(
        session, known, sealed, records, now, is_last=is_last, most_bytes=MOST_BYTES
    ):
        raise SalvageFull(str(vault_id), MOST_BYTES)


async def open_salvage(
    session: Session, vault_id: UUID, opened_by: UUID, now: datetime
) -> tuple[list[dict[str, Any]], bool]:
    """The records that a wiped phone had not sent, in their order, readable, and whether they are
    all of them. For a session that sees everything. Raises `NothingSalvaged`, or `InvalidField`
    when they cannot be opened."""
    handed_in = await store.open_salvage(session, vault_id, opened_by, now)
    if handed_in is None:
        raise NothingSalvaged(str(vault_id))
    sealed_key, records, is_whole = handed_in
    key = open_sealed(await private_key(session, now), sealed_of(sealed_key))
    return [_opened(key, record) for record in records], is_whole


def sealed_of(told: dict[str, str]) -> Sealed:
    """A sealed key as phones write it: three texts in base64url."""
    return Sealed(_bytes(told["ephemeral"]), _bytes(told["iv"]), _bytes(told["data"]))


def _opened(key: bytes, record: dict[str, Any]) -> dict[str, Any]:
    opened = json.loads(open_record(key, _bytes(record["iv"]), _bytes(record["data"])))
    plain = {name: record[name] for name in ("id", "kind", "made_at")}
    return plain | {"body": opened.get("body")}


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
