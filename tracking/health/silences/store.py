"""SQL of silences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.ids import new_id
from data.rows_json import as_json
from data.session import Session, rows
from tracking.health.duty import Duty
from tracking.health.silence import Cause, Diagnosis, Likelihood, PastSilence, Reason


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence as it is kept; `ended_at` None while it goes on."""

    id: UUID
    agent_id: UUID
    device_id: UUID | None
    began_at: datetime
    ended_at: datetime | None
    diagnosis: Diagnosis


_COLUMNS = "s.id, s.agent_id, s.device_id, s.began_at, s.ended_at, s.cause, s.likelihood, s.reasons"
_OPEN = f"SELECT {_COLUMNS} FROM silence s WHERE ended_at IS NULL"  # noqa: S608 our own constant
_OF_DAY = f"""
SELECT {_COLUMNS} FROM silence s WHERE agent_id = :agent AND began_at < :ends
AND (ended_at IS NULL OR ended_at > :begins) ORDER BY began_at
"""  # noqa: S608 our own constant
_WITH_LATE_POSITIONS = f"""
SELECT {_COLUMNS}, array_agg(p.captured_at ORDER BY p.captured_at) AS taken_at
FROM silence s JOIN ping p ON p.device_id = s.device_id
     AND p.captured_at > s.began_at AND p.captured_at < s.ended_at
WHERE s.ended_at > :since AND s.cause <> :offline GROUP BY s.id
"""  # noqa: S608 our own constant


def _silence(r: Any) -> Silence:
    reasons = tuple(Reason(each["code"], each["text"]) for each in r.reasons)
    diagnosis = Diagnosis(Cause(r.cause), Likelihood(r.likelihood), reasons)
    return Silence(r.id, r.agent_id, r.device_id, r.began_at, r.ended_at, diagnosis)


async def open_silences(session: Session) -> dict[UUID, Silence]:
    """The silences in scope that go on, by agent."""
    found = await rows(session, _OPEN)
    return {r.agent_id: _silence(r) for r in found}


async def silences_of_day(
    session: Session, agent_id: UUID, begins: datetime, ends: datetime
) -> list[Silence]:
    """An agent's silences that touch [begins, ends), by time."""
    found = await rows(session, _OF_DAY, agent=agent_id, begins=begins, ends=ends)
    return [_silence(r) for r in found]


async def silences_with_late_positions(
    session: Session, since: datetime
) -> list[tuple[Silence, list[datetime]]]:
    """Silences in scope that ended after `since` and inside which positions have turned up since,
    each with their times in order. Those that are known to have been offline are left out."""
    found = await rows(session, _WITH_LATE_POSITIONS, since=since, offline=Cause.NO_NETWORK.value)
    return [(_silence(r), r.taken_at) for r in found]


_TAKEN = """
SELECT s.id, p.captured_at FROM jsonb_to_recordset(CAST(:silences AS jsonb))
     AS s (id uuid, device_id uuid, began_at timestamptz, ended_at timestamptz)
JOIN ping p ON p.device_id = s.device_id AND p.captured_at > s.began_at
     AND p.captured_at < s.ended_at
ORDER BY p.captured_at
"""


async def taken_during(
    session: Session, silences: Sequence[tuple[Silence, PastSilence]]
) -> dict[UUID, list[datetime]]:
    """When the device took positions inside a silence, in order, by the silence's id."""
    taken: dict[UUID, list[datetime]] = {silence.id: [] for silence, _ in silences}
    asked = [
        {"id": silence.id, "device_id": silence.device_id, **_times(past)}
        for silence, past in silences
    ]
    for r in await rows(session, _TAKEN, silences=as_json(asked)):
        taken[r.id].append(r.captured_at)
    return taken


_BEGIN = """
INSERT INTO silence (id, branch_id, agent_id, device_id, began_at, cause, likelihood, reasons)
SELECT * FROM jsonb_to_recordset(CAST(:silences AS jsonb))
     AS s (id uuid, branch_id uuid, agent_id uuid, device_id uuid, began_at timestamptz,
           cause text, likelihood text, reasons jsonb)
"""
_WRITE = """
UPDATE silence SET began_at = coalesce(s.began_at, silence.began_at),
    ended_at = coalesce(s.ended_at, silence.ended_at),
    cause = s.cause, likelihood = s.likelihood, reasons = s.reasons
FROM jsonb_to_recordset(CAST(:silences AS jsonb))
     AS s (id uuid, began_at timestamptz, ended_at timestamptz, cause text, likelihood text,
           reasons jsonb)
WHERE silence.id = s.id
"""


def _times(past: PastSilence) -> dict[str, Any]:
    return {"began_at": past.began_at, "ended_at": past.ended_at}


def _why(diagnosis: Diagnosis) -> dict[str, Any]:
    reasons = [{"code": r.code, "text": r.text} for r in diagnosis.reasons]
    return {"cause": diagnosis.cause, "likelihood": diagnosis.likelihood, "reasons": reasons}


async def _write(session: Session, statement: str, silences: list[dict[str, Any]]) -> None:
    if silences:
        await session.execute(text(statement), {"silences": as_json(silences)})


async def begin_silences(session: Session, begun: Sequence[tuple[Duty, Diagnosis]]) -> None:
    """Keep that these agents are silent."""
    new = [
        {
            "id": new_id(),
            "branch_id": duty.branch_id,
            "agent_id": duty.agent_id,
            "device_id": duty.phone.id if duty.phone else None,
            "began_at": duty.silent_since,
            **_why(diagnosis),
        }
        for duty, diagnosis in begun
    ]
    await _write(session, _BEGIN, new)


async def write_diagnoses(session: Session, changed: Sequence[tuple[UUID, Diagnosis]]) -> None:
    """Keep what is now thought of these silences."""
    await _write(session, _WRITE, [{"id": id_, **_why(found)} for id_, found in changed])


async def end_silences(session: Session, ended: Sequence[tuple[UUID, PastSilence]]) -> None:
    """Keep from when to when these silences were, and why."""
    told = [{"id": id_, **_times(past), **_why(past.diagnosis)} for id_, past in ended]
    await _write(session, _WRITE, told)
