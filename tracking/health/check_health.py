"""Look at the phones of everybody on duty: follow silences, raise alerts once, clear them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data.alerts import NewAlert, Settled, open_alerts, settle_alerts
from data.session import Session
from identity.sign_on import clear_take_overs
from tracking.health import store
from tracking.health.alarm import Kind, alarms
from tracking.health.duty import Duty, Thresholds
from tracking.health.silence import Diagnosis, PastSilence, diagnose, look_back
from tracking.health.silences import store as silences
from tracking.health.silences.store import Silence

LATE = timedelta(minutes=30)
"""How long after a silence its verdict follows positions that arrive late."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a look at all phones came to."""

    on_duty: int
    silent: int
    alerts: Settled


async def check_health(session: Session, now: datetime) -> Sweep | None:
    """Bring silences and alerts about phones up to date; None while another worker is at it."""
    # 1. One worker at a time: an alert is raised by whoever sees that it is not open.
    if not await store.begin_sweep(session):
        return None
    # 2. Who is on duty, and who of them is silent, why.
    duties = {duty.agent_id: duty for duty in await store.duties(session, now)}
    silent = await _follow_silences(session, duties, now)
    await _follow_late_positions(session, duties, now)
    # 3. The alerts that this deserves, and those that are over.
    known = await open_alerts(session, list(Kind))
    kinds = defaultdict[UUID, set[str]](set)
    for kind, agent_id in known:
        kinds[agent_id].add(kind)
    wanted = [
        NewAlert(
            duty.branch_id, alarm.kind, agent_id, alarm.title, alarm.detail, agent_id,
            facts=alarm.facts,
        )
        for agent_id, duty in duties.items()
        for alarm in alarms(duty, silent.get(agent_id), frozenset(kinds[agent_id]), now).values()
    ]  # fmt: skip
    settled = await settle_alerts(session, known, wanted, now)
    # 4. Phones that were taken over, which end with a shift too.
    await clear_take_overs(session, now)
    return Sweep(len(duties), len(silent), settled)


async def _follow_silences(
    session: Session, duties: dict[UUID, Duty], now: datetime
) -> dict[UUID, Diagnosis]:
    """Begin, diagnose again and end silences; why each agent is silent who is."""
    known = await silences.open_silences(session)
    silent = [duty for duty in duties.values() if duty.is_silent(now)]
    evidence = await store.evidence(session, silent, now)
    found = {agent_id: diagnose(each) for agent_id, each in evidence.items()}
    begun = [(duty, found[duty.agent_id]) for duty in silent if duty.agent_id not in known]
    await silences.begin_silences(session, begun)
    changed = [
        (silence.id, found[agent_id])
        for agent_id, silence in known.items()
        if agent_id in found and found[agent_id] != silence.diagnosis
    ]
    await silences.write_diagnoses(session, changed)
    ended = [silence for agent_id, silence in known.items() if agent_id not in found]
    await _end(session, ended, duties, now)
    return found


async def _end(
    session: Session, ended: Sequence[Silence], duties: dict[UUID, Duty], now: datetime
) -> None:
    """End silences with the agent's new position, and judge them by it; or else with duty."""
    past = []
    for silence in ended:
        duty = duties.get(silence.agent_id)
        ended_at = max(duty.silent_since if duty else now, silence.began_at)
        past.append((silence, PastSilence(silence.began_at, ended_at, silence.diagnosis)))
    taken = await silences.taken_during(session, past)
    told = []
    for silence, over in past:
        duty = duties.get(silence.agent_id)
        if duty:
            battery_pct = duty.phone.battery_pct if duty.phone else None
            longest = duty.thresholds.stale_after
            told.append((silence.id, look_back(over, taken[silence.id], longest, battery_pct)))
        else:
            told.append((silence.id, over))
    await silences.end_silences(session, told)


async def _follow_late_positions(session: Session, duties: dict[UUID, Duty], now: datetime) -> None:
    """Judge again the silences of the last half hour inside which positions have turned up."""
    told = []
    for silence, taken_at in await silences.silences_with_late_positions(session, now - LATE):
        assert silence.ended_at is not None
        duty = duties.get(silence.agent_id)
        longest = (duty.thresholds if duty else Thresholds()).stale_after
        past = PastSilence(silence.began_at, silence.ended_at, silence.diagnosis)
        told.append((silence.id, look_back(past, taken_at, longest, None)))
    await silences.end_silences(session, told)
