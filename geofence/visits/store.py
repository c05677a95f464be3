"""SQL of visits as people read them. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from data.session import Session, rows
from geofence.visits.visit import Met, Visit, VisitedCase


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which visits: all conditions hold, None is any. `versions` is ``current``, ``all`` or
    ``withdrawn``."""

    agent_id: UUID | None = None
    case_id: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None
    verdict: str | None = None
    is_closed: bool | None = None
    versions: str = "current"


_VISIT = """
SELECT v.first_id, v.id, v.version, v.agent_id, s.full_name, b.code, b.zone, v.day, v.began_at,
       v.ended_at, v.is_closed, ST_Y(v.location::geometry) AS lat,
       ST_X(v.location::geometry) AS lon, v.uncertainty_m, v.ping_count, v.posterior, v.verdict,
       v.reasons, v.change, v.decided_at, v.pings_from, v.pings_until, v.pings_delay_s,
       v.replaced_at, v.withdrawn_why
FROM visit v JOIN staff s ON s.id = v.agent_id JOIN branch b ON b.id = v.branch_id
"""

# A visit begins on its day in the branch's zone, so within a day of that day by UTC.
_LIST = f"""
{_VISIT}
WHERE (CAST(:agent AS uuid) IS NULL OR v.agent_id = :agent)
  AND (CAST(:case AS uuid) IS NULL
       OR v.id = ANY(ARRAY(SELECT visits_of_case(CAST(:case AS uuid)))))
  AND (CAST(:from_day AS date) IS NULL OR v.day >= :from_day)
  AND (CAST(:to_day AS date) IS NULL OR v.day <= :to_day)
  AND v.began_at >= CAST(:since AS timestamptz) AND v.began_at < CAST(:until AS timestamptz)
  AND (CAST(:verdict AS text) IS NULL OR v.verdict = :verdict)
  AND (CAST(:is_closed AS boolean) IS NULL OR v.is_closed = :is_closed)
  AND (:versions = 'all' OR (:versions = 'current' AND v.replaced_at IS NULL)
       OR (:versions = 'withdrawn' AND v.withdrawn_why IS NOT NULL))
  AND (CAST(:before_at AS timestamptz) IS NULL
       OR (v.began_at, v.id) < (:before_at, CAST(:before_id AS uuid)))
ORDER BY v.began_at DESC, v.id DESC LIMIT :limit
"""

_CASES = """
SELECT k.visit_id, k.case_id, u.full_name, k.met, coalesce(k.evidence, '[]') AS evidence
FROM visit_case k JOIN customer u ON u.id = k.customer_id
WHERE k.visit_id = ANY(:versions) ORDER BY u.full_name, k.case_id
"""


async def visits(
    session: Session, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Visit]:
    """Visits in scope, the newest first, from behind `after` (begin and version's id) on."""
    before_at, before_id = after or (None, None)
    found = await rows(
        session,
        _LIST,
        agent=wanted.agent_id,
        case=wanted.case_id,
        from_day=wanted.from_day,
        to_day=wanted.to_day,
        since=_days_later(wanted.from_day, -1) if wanted.from_day else "-infinity",
        until=_days_later(wanted.to_day, 2) if wanted.to_day else "infinity",
        verdict=wanted.verdict,
        is_closed=wanted.is_closed,
        versions=wanted.versions,
        before_at=before_at,
        before_id=before_id,
        limit=limit,
    )
    return await _with_cases(session, found)


async def versions(session: Session, visit_id: UUID) -> Sequence[Visit]:
    """All versions of a visit in scope, oldest first; by its id or one of theirs."""
    found = await rows(
        session,
        f"{_VISIT} WHERE v.first_id = (SELECT first_id FROM visit WHERE id = :id)"  # noqa: S608
        " ORDER BY v.version, v.decided_at, v.id",
        id=visit_id,
    )
    return await _with_cases(session, found)


async def _with_cases(session: Session, found: Sequence[Any]) -> list[Visit]:
    if not found:
        return []
    cases: dict[UUID, list[VisitedCase]] = {r.id: [] for r in found}
    for r in await rows(session, _CASES, versions=list(cases)):
        case = VisitedCase(r.case_id, r.full_name, Met(r.met), r.evidence)
        cases[r.visit_id].append(case)
    return [Visit(*[*r, tuple(cases[r.id])]) for r in found]


def _days_later(day: date, days: int) -> str:
    return f"{date.fromordinal(day.toordinal() + days)} 00:00+00"
