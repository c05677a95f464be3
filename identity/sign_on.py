"""Which agent carries which phone: signing on to a device, and off again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.said import say, say_all
from data.alerts import clear_alert, raise_alert
from data.session import Session
from identity import store
from identity.devices import store as devices
from identity.errors import OtherPhone, UnknownDevice
from identity.secret import hash_secret

TAKEN_OVER = "sign_on_taken_over"
"""The kind of the alert about a phone that was taken while in use; its subject is who had it."""

IN_USE = timedelta(minutes=15)
"""A phone that was heard this lately is in use; an older sign-on was probably just forgotten."""


@dataclass(frozen=True, slots=True)
class SignedOn:
    """The phone that an agent carries from now on; `reason` says why that is `suspect`."""

    device_id: UUID
    label: str
    reason: str | None

    @property
    def suspect(self) -> bool:
        """Whether somebody should look at it: a sign-on was still open on either side."""
        return self.reason is not None


async def sign_on_to(
    session: Session,
    agent_id: UUID,
    device_key: str,
    now: datetime,
    *,
    proof_key: bytes | None = None,
) -> SignedOn:
    """Put an agent on the device with this key; the same pair again changes nothing.

    Phones are shared, so whoever signs on takes the phone over, and leaves the one they had: both
    are told, none is refused. `proof_key` is the thumbprint of the phone's own key, where the
    agent's token is bound to one. Raises `UnknownDevice`, or `OtherPhone`.
    """
    # 1. Which phone.
    device = await store.device_by_key(session, hash_secret(device_key))
    if device is None:
        raise UnknownDevice
    if proof_key and not await devices.tie(session, device.id, proof_key):
        raise OtherPhone(device.label)
    # 2. The agent carries it from now on, and nobody else does.
    ended = await store.sign_on(session, device.branch_id, device.id, agent_id, now)
    # 3. A phone that was in use is a supervisor's matter.
    for former in ended:
        if former.agent_id != agent_id:
            await _report(session, device, former, agent_id, now)
    # 4. Tell the agent what has ended.
    reason = say_all([_words(e, agent_id) for e in ended], between=" ") or None
    return SignedOn(device.id, device.label, reason)


async def sign_off_from_all(session: Session, agent_id: UUID, now: datetime) -> None:
    """End an agent's sign-on: what the phone reports from now on is nobody's."""
    await store.sign_off(session, agent_id, now)


async def clear_take_overs(session: Session, now: datetime) -> None:
    """Clear the alerts about phones that were taken in use, where that is over."""
    for alert in await store.over_take_overs(session, TAKEN_OVER, now):
        await clear_alert(session, alert.branch_id, TAKEN_OVER, alert.subject_id, now)


def _words(ended: store.Carried, agent_id: UUID) -> str:
    if ended.agent_id == agent_id:
        return say("You were still signed on to {device}; that has ended.", device=ended.device)
    return say(
        "{agent} was still signed on to {device}; that has ended. If this is not your"
        " phone, give it back and sign on to yours.",
        agent=ended.agent,
        device=ended.device,
    )


async def _report(
    session: Session,
    device: store.DeviceView,
    former: store.Carried,
    agent_id: UUID,
    now: datetime,
) -> None:
    duty = await store.on_duty(session, former.agent_id, device.id, now)
    if duty is None or duty.heard_at is None or now - duty.heard_at > IN_USE:
        return
    taker = await store.staff_name(session, agent_id)
    await raise_alert(
        session,
        device.branch_id,
        TAKEN_OVER,
        former.agent_id,
        say("{taker} signed on to the phone of {agent}", taker=taker, agent=former.agent),
        say(
            "{agent} is on duty and {label} was in use. Its positions count as {taker}'s "
            "from now on, and nobody sees where {agent} is. Call both, and have each sign "
            "on to the phone they hold.",
            agent=former.agent,
            label=device.label,
            taker=taker,
        ),
        now,
        agent_id=former.agent_id,
        facts={
            "device_id": str(device.id),
            "device": device.label,
            "from_agent_id": str(former.agent_id),
            "from_agent": former.agent,
            "to_agent_id": str(agent_id),
            "to_agent": taker,
            "shift_until": duty.shift_until.isoformat(),
        },
    )
