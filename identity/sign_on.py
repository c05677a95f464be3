"""Which agent carries which phone: signing on to a device, and off again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.session import Session
from identity import store
from identity.errors import UnknownDevice
from identity.secret import hash_secret


@dataclass(frozen=True, slots=True)
class SignedOn:
    """The phone that an agent carries from now on."""

    device_id: UUID
    label: str


async def sign_on_to(session: Session, agent_id: UUID, device_key: str, now: datetime) -> SignedOn:
    """Put an agent on the device with this key; the same pair again changes nothing.

    Raises `UnknownDevice`, or `CarriedByAnother` while either is signed on elsewhere.
    """
    device = await store.device_by_key(session, hash_secret(device_key))
    if device is None:
        raise UnknownDevice
    await store.sign_on(session, device.branch_id, device.id, agent_id, now)
    return SignedOn(device.id, device.label)


async def sign_off_from_all(session: Session, agent_id: UUID, now: datetime) -> None:
    """End an agent's sign-on: what the phone reports from now on is nobody's."""
    await store.sign_off(session, agent_id, now)
