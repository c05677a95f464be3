"""SQL of silences."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.ids import new_id
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


async def taken_during(
    session: Session, silences: Sequence[tuple[UUID, UUID | None, PastSilence]]
) -> dict[UUID, list[datetime]]:
    """When a device took positions inside a silence, in order, by the silence's id."""
    taken: dict[UUID, list[datetime]] = {silence_id: [] for silence_id, _, _ in silences}
    found = await rows(
        session,
        "SELECT s.id, p.captured_at FROM unnest(CAST(:ids AS uuid[]), CAST(:devices AS uuid[]),"
        " CAST(:begun AS timestamptz[]), CAST(:ended AS timestamptz[]))"
        " AS s (id, device_id, began_at, ended_at)"
        " JOIN ping p ON p.device_id = s.device_id AND p.captured_at > s.began_at"
        " AND p.captured_at < s.ended_at ORDER BY p.captured_at",
        ids=list(taken),
        devices=[device_id for _, device_id, _ in silences],
        begun=[past.began_at for _, _, past in silences],
        ended=[past.ended_at for _, _, past in silences],
    )
    for r in found:
        taken[r.id].append(r.captured_at)
    return taken


_TOLD = "CAST(:causes AS text[]), CAST(:likelihoods AS text[]), CAST(:reasons AS text[])"
_BEGIN = f"""
INSERT INTO silence (id, branch_id, agent_id, device_id, began_at, cause, likelihood, reasons)
SELECT id, branch_id, agent_id, device_id, began_at, cause, likelihood, CAST(reasons AS jsonb)
FROM unnest(CAST(:ids AS uuid[]), CAST(:branches AS uuid[]), CAST(:agents AS uuid[]),
            CAST(:devices AS uuid[]), CAST(:begun AS timestamptz[]), {_TOLD})
     AS s (id, branch_id, agent_id, device_id, began_at, cause, likelihood, reasons)
"""  # noqa: S608 our own constant
_DIAGNOSE = f"""
UPDATE silence SET cause = s.cause, likelihood = s.likelihood, reasons = CAST(s.reasons AS jsonb)
FROM unnest(CAST(:ids AS uuid[]), {_TOLD}) AS s (id, cause, likelihood, reasons)
WHERE silence.id = s.id
"""  # noqa: S608 our own constant
_END = """
UPDATE silence SET began_at = s.began_at, ended_at = s.ended_at
FROM unnest(CAST(:ids AS uuid[]), CAST(:begun AS timestamptz[]), CAST(:ended AS timestamptz[]))
     AS s (id, began_at, ended_at)
WHERE silence.id = s.id
"""


def _told(diagnoses: Sequence[Diagnosis]) -> dict[str, list[str]]:
    """The values of `_TOLD`."""
    return {
        "causes": [diagnosis.cause.value for diagnosis in diagnoses],
        "likelihoods": [diagnosis.likelihood.value for diagnosis in diagnoses],
        "reasons": [
            json.dumps([{"code": r.code, "text": r.text} for r in diagnosis.reasons])
            for diagnosis in diagnoses
        ],
    }


async def begin_silences(session: Session, begun: Sequence[tuple[Duty, Diagnosis]]) -> None:
    """Keep that these agents are silent."""
    if begun:
        values = {
            "ids": [new_id() for _ in begun],
            "branches": [duty.branch_id for duty, _ in begun],
            "agents": [duty.agent_id for duty, _ in begun],
            "devices": [duty.phone.id if duty.phone else None for duty, _ in begun],
            "begun": [duty.silent_since for duty, _ in begun],
        }
        told = _told([diagnosis for _, diagnosis in begun])
        await session.execute(text(_BEGIN), values | told)


async def write_diagnoses(session: Session, changed: Sequence[tuple[UUID, Diagnosis]]) -> None:
    """Keep what is now thought of these silences."""
    if changed:
        ids = [silence_id for silence_id, _ in changed]
        told = _told([diagnosis for _, diagnosis in changed])
        await session.execute(text(_DIAGNOSE), {"ids": ids} | told)


async def end_silences(session: Session, ended: Sequence[tuple[UUID, PastSilence]]) -> None:
    """Keep from when to when these silences were, and why."""
    await write_diagnoses(session, [(silence_id, past.diagnosis) for silence_id, past in ended])
    if ended:
        values = {
            "ids": [silence_id for silence_id, _ in ended],
            "begun": [past.began_at for _, past in ended],
            "ended": [past.ended_at for _, past in ended],
        }
        await session.execute(text(_END), values)
