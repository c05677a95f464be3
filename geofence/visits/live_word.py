"""What the live feed is told of a visit."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from geofence.revision import Change, Withdrawal


def visit_word(
    agent_id: UUID, change: Change, version_id: UUID, case_ids: Sequence[UUID]
) -> dict[str, Any]:
    """A new version: `id` is the visit's through all versions."""
    visit = change.visit
    return {
        "id": str(change.former.first_id if change.former else version_id),
        "version_id": str(version_id),
        "version": change.version,
        "agent_id": str(agent_id),
        "case_ids": [str(case_id) for case_id in case_ids],
        "lat": visit.position.lat,
        "lon": visit.position.lon,
        "began_at": _rfc3339(visit.began_at),
        "ended_at": _rfc3339(visit.ended_at),
        "is_closed": visit.closed,
        "verdict": visit.verdict.level.value,
        "change": change.why,
        "withdrawn_why": None,
    }


def withdrawn_word(agent_id: UUID, withdrawal: Withdrawal) -> dict[str, Any]:
    """The end of a visit that holds no longer."""
    visit = withdrawal.visit
    return {
        "id": str(visit.first_id),
        "version_id": str(visit.id),
        "version": visit.version,
        "agent_id": str(agent_id),
        "withdrawn_why": withdrawal.why,
    }


def _rfc3339(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, UTC).isoformat().replace("+00:00", "Z")
