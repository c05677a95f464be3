"""How agents' phones are, and why some were silent."""

from datetime import datetime
from uuid import UUID

from api.deps import Admin, Now, Read, Supervisor
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Instant
from core.clock import day_range, local_day
from identity.store import branch_of_agent
from map_ui.store import live_agents
from tracking.agent_status import AgentStatus
from tracking.health import store
from tracking.health.errors import DeviceNotFound
from tracking.health.silence import Cause, Likelihood
from tracking.health.silences.store import Silence, silences_of_day

router = Router(prefix="/v1", tags=["supervisors: phones"])


class PhoneAnswer(Answer):
    """What a phone last told of itself; null where it never said.

    `skew_s` is its clock minus ours: stated by the phone, or else bounded by its newest position.
    """

    device_id: UUID
    label: str
    heard_at: Instant | None
    battery_pct: float | None
    is_charging: bool | None
    app: str | None
    app_version: str | None
    tracking: str | None
    gps: str | None
    permission: str | None
    battery_saver: bool | None
    mock_at: Instant | None
    skew_s: float | None
    skew_stated: bool | None
    skew_at: Instant | None


class ReasonAnswer(Answer):
    """A piece of evidence."""

    code: str
    text: Told


class SilenceAnswer(Answer):
    """A time without positions, and why; `ended_at` is null while it goes on."""

    began_at: Instant
    ended_at: Instant | None
    cause: Cause
    likelihood: Likelihood
    text: Told
    reasons: list[ReasonAnswer]


class AgentHealthAnswer(Answer):
    """An agent's duty and phone, with the silences of the branch's working day."""

    agent_id: UUID
    on_duty: bool
    status: AgentStatus
    last_ping_at: Instant | None
    last_ping_age_s: float | None
    phone: PhoneAnswer | None
    silences: list[SilenceAnswer]


@router.get("/agents/{agent_id}/health")
async def get_agent_health(
    agent_id: UUID, caller: Supervisor, session: Read, now: Now
) -> AgentHealthAnswer:
    """How an agent's phone is, and today's silences with their causes."""
    branch = await branch_of_agent(session, agent_id)
    begins, ends = day_range(local_day(now, branch.zone), branch.zone)
    phone = await store.phone_of_agent(session, agent_id, now)
    silences = await silences_of_day(session, agent_id, begins, ends)
    # Nobody is found who has left; they are off duty.
    facts = next(iter(await live_agents(session, now, [agent_id])), None)
    pinged_at = facts.position["captured_at"] if facts and facts.position else None
    return AgentHealthAnswer(
        agent_id=agent_id,
        on_duty=facts is not None and facts.on_duty,
        status=facts.status(now) if facts else AgentStatus.OFF_SHIFT,
        last_ping_at=pinged_at,
        last_ping_age_s=_age_s(pinged_at, now),
        phone=PhoneAnswer.model_validate(phone) if phone else None,
        silences=[_silence(silence) for silence in silences],
    )


@router.get("/devices/{id}/health")
async def get_device_health(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
    now: Now,
) -> PhoneAnswer:
    """What a phone last told of itself, whoever carries it."""
    phone = await store.phone(session, id, now)
    if phone is None:
        raise DeviceNotFound(str(id))
    return PhoneAnswer.model_validate(phone)


def _age_s(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())


def _silence(silence: Silence) -> SilenceAnswer:
    diagnosis = silence.diagnosis
    return SilenceAnswer(
        began_at=silence.began_at,
        ended_at=silence.ended_at,
        cause=diagnosis.cause,
        likelihood=diagnosis.likelihood,
        text=diagnosis.text,
        reasons=[ReasonAnswer.model_validate(reason) for reason in diagnosis.reasons],
    )
