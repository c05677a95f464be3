"""End a device's key: for a new one, or for good."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.session import Session
from identity.devices import store
from identity.errors import DeviceNotFound
from identity.phone_vaults import store as vaults
from identity.secret import hash_secret, new_secret


@dataclass(frozen=True, slots=True)
class NewKey:
    """A device's new key, which is shown this once and stored hashed."""

    label: str
    key: str


async def change_key(session: Session, device_id: UUID, now: datetime) -> NewKey:
    """Give a device a new key; whoever carries it goes on doing so. Raises `DeviceNotFound`, for
    a revoked device too."""
    label = await store.label_in_use(session, device_id)
    if label is None:
        raise DeviceNotFound(str(device_id))
    key = new_secret("rd")
    await store.set_key(session, device_id, hash_secret(key), now)
    return NewKey(label, key)


async def revoke(session: Session, device_id: UUID, now: datetime) -> datetime:
    """End a device, the sign-on to it, and what is kept on it under a key: since when. The second
    time changes nothing.

    Raises `DeviceNotFound`.
    """
    revoked_at = await store.revoke(session, device_id, now)
    if revoked_at is None:
        raise DeviceNotFound(str(device_id))
    await store.sign_off_everybody(session, device_id, revoked_at)
    await vaults.destroy(session, revoked_at, device_id=device_id)
    return revoked_at
