"""Findings: what is odd about a day, fact by fact."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Now, Read, Supervisor
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Day, Instant
from geofence.findings.finding import Kind
from geofence.findings.list_findings import list_findings
from geofence.findings.store import Asked

router = Router(prefix="/v1", tags=["supervisors: visits"])

WorkingDay = Annotated[
    Day | None, Query(description="a working day in the branch's zone; today when none is given")
]
Kinds = Annotated[list[Kind] | None, Query(description="may be repeated; all when none is given")]


class FindingAnswer(Answer):
    """A finding. `text` tells it with the branch's times; `figures` are what it rests on. What is
    found again has the same id."""

    id: UUID
    kind: Kind
    agent_id: UUID
    agent: str
    branch: str
    day: date
    began_at: Instant
    ended_at: Instant
    text: Told
    figures: dict[str, float | str | bool | None]
    customers: list[str]
    visit_ids: list[UUID]
    stop_ids: list[UUID]
    case_ids: list[UUID]


class FindingsAnswer(Answer):
    """A page of findings, the newest first."""

    items: list[FindingAnswer]
    next_cursor: str | None


@router.get("/findings")
async def get_findings(
    caller: Supervisor,
    session: Read,
    now: Now,
    kind: Kinds = None,
    day: WorkingDay = None,
    agent_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> FindingsAnswer:
    """What is odd about a day in the caller's branches: visits that overlap, gaps, an agent at two
    places, visits outside contact hours, planned ones not made and made ones not planned."""
    after = keys_of(cursor, datetime.fromisoformat)
    asked = Asked(day, agent_id, now, after, limit + 1)
    found = await list_findings(session, dict.fromkeys(kind or Kind), asked)
    page, behind = cut(found, limit, lambda each: (each.began_at, each.id))
    return FindingsAnswer(items=[FindingAnswer.model_validate(f) for f in page], next_cursor=behind)
