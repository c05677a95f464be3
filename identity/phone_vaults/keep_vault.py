"""Keep the server's part of a phone's key, and help an agent back in who forgot the PIN."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.server_keys import server_key
from data.session import Session
from identity.phone_vaults import store
from identity.phone_vaults.errors import VaultDestroyed, VaultNotFound
from identity.phone_vaults.vault import PART_BYTES, Sealed, new_private_key, open_sealed, public_key
from identity.secret import hash_secret


@dataclass(frozen=True, slots=True)
class VaultPart:
    """The server's part of a vault's key, and the public key that phones seal to."""

    id: UUID
    part: bytes
    public_key: bytes


async def keep_vault(
    session: Session, agent_id: UUID, vault_id: UUID, device_key: str | None, now: datetime
) -> VaultPart:
    """The server's part of an agent's vault on a phone: made the first time, the same ever after.

    `device_key` says which enrolled phone it is on: revoking that one destroys the vault. For a
    session that sees everything. Raises `VaultNotFound` for one of somebody else, and
    `VaultDestroyed`.
    """
    device_hash = hash_secret(device_key) if device_key else None
    part = secrets.token_bytes(PART_BYTES)
    await store.add_vault(session, vault_id, agent_id, device_hash, part, now)
    kept = await _own_vault(session, agent_id, vault_id)
    return VaultPart(vault_id, kept, public_key(await private_key(session, now)))


async def part_for_phone(
    session: Session, device_id: UUID, vault_id: UUID, now: datetime
) -> VaultPart:
    """The server's part again, for the enrolled phone that the vault is on. Raises `VaultNotFound`
    or `VaultDestroyed`."""
    known = await store.vault(session, vault_id)
    if known is None or known.device_id != device_id:
        raise VaultNotFound(str(vault_id))
    return VaultPart(vault_id, _part_of(known), public_key(await private_key(session, now)))


async def reopen(
    session: Session, agent_id: UUID, vault_id: UUID, sealed: Sealed, now: datetime
) -> bytes:
    """The data key of an agent's own vault, who has signed in and forgotten the PIN.

    Raises `VaultNotFound`, `VaultDestroyed` or `InvalidField`.
    """
    await _own_vault(session, agent_id, vault_id)
    return open_sealed(await private_key(session, now), sealed)


async def private_key(session: Session, now: datetime) -> bytes:
    """The installation's key for what phones seal."""
    return await server_key(session, "phone_vault", new_private_key, now)


async def _own_vault(session: Session, agent_id: UUID, vault_id: UUID) -> bytes:
    known = await store.vault(session, vault_id)
    if known is None or known.agent_id != agent_id:
        raise VaultNotFound(str(vault_id))
    return _part_of(known)


def _part_of(known: store.StoredVault) -> bytes:
    if known.part is None:
        raise VaultDestroyed(str(known.id))
    return bytes(known.part)
