"""The audit trail: who did and saw what."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Auditor, Db, Read
from api.routing import Router
from api.schemas import Answer, Instant, Moment
from data.session import Database, Scope
from identity.audit import store
from identity.audit.event import Kind
from identity.audit.export import csv_header, csv_line, json_line
from identity.audit.store import AuditLine, Wanted

router = Router(prefix="/v1", tags=["admin: audit"])

AT_ONCE = 1_000
"""Events of an export that are read together."""


class AuditEventAnswer(Answer):
    """Somebody did or saw something. `subjects` are the ids that the request named; `seal_no` is
    null for the minute until it is sealed."""

    id: UUID
    branch: str
    at: Instant
    kind: Kind
    actor_id: UUID | None
    actor_role: str
    actor: str | None
    address: str | None
    device_id: UUID | None
    client: str | None
    action: str
    subjects: dict[str, str]
    reason: str | None
    seal_no: int | None


class AuditEventsAnswer(Answer):
    """A page of events, the newest first."""

    items: list[AuditEventAnswer]
    next_cursor: str | None


async def _wanted(
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query(description="events before this time")] = None,
    actor_id: Annotated[UUID | None, Query(description="what this person did and saw")] = None,
    subject: Annotated[
        str | None,
        Query(max_length=100, pattern=r"^[^\x00]*$", description="an id that was named, of a case"),
    ] = None,
    kind: Kind | None = None,
) -> Wanted:
    return Wanted(since, until, actor_id, subject, kind)


Which = Annotated[Wanted, Depends(_wanted)]
Why = Annotated[
    str,
    Query(
        min_length=3, max_length=200, pattern=r"^[^\x00]*$",
        description="why the trail is taken out; goes on the trail itself",
    ),
]  # fmt: skip


@router.get("/audit-events")
async def get_audit_events(
    caller: Auditor, session: Read, wanted: Which, cursor: Cursor = None, limit: Limit = 50
) -> AuditEventsAnswer:
    """What the people of the caller's branches did and saw, the newest first."""
    keys = keys_of(cursor, str)
    found = await store.listed(session, wanted, after=keys[1] if keys else None, limit=limit + 1)
    page, behind = cut(found, limit, lambda line: (line.branch, line.event.id))
    return AuditEventsAnswer(items=[_answer(line) for line in page], next_cursor=behind)


@router.get(
    "/audit-events.jsonl",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {}}}},
)
async def get_audit_events_jsonl(
    request: Request, caller: Auditor, database: Db, wanted: Which, reason: Why
) -> StreamingResponse:
    """The same as a file: a line of JSON for each event."""
    request.state.reason = reason
    lines = _lines(database, caller.scope, wanted, json_line)
    return _file(lines, "application/jsonl", "audit-events.jsonl")


@router.get(
    "/audit-events.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
async def get_audit_events_csv(
    request: Request, caller: Auditor, database: Db, wanted: Which, reason: Why
) -> StreamingResponse:
    """The same as CSV. A cell that a spreadsheet would take for a formula begins with a quote."""
    request.state.reason = reason
    lines = _lines(database, caller.scope, wanted, csv_line, csv_header())
    return _file(lines, "text/csv", "audit-events.csv")


async def _lines(
    database: Database,
    scope: Scope,
    wanted: Wanted,
    line_of: Callable[[AuditLine], str],
    header: str = "",
) -> AsyncIterator[str]:
    """The file in parts. Each is read in a transaction of its own: a slow reader holds none."""
    yield header
    after: UUID | None = None
    while True:
        async with database.transaction(scope, read_only=True) as session:
            found = await store.listed(session, wanted, after=after, limit=AT_ONCE)
        yield "".join(line_of(line) for line in found)
        if len(found) < AT_ONCE:
            return
        after = found[-1].event.id


def _file(lines: AsyncIterator[str], media_type: str, name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=media_type, headers=headers)


def _answer(line: AuditLine) -> AuditEventAnswer:
    e = line.event
    return AuditEventAnswer(
        id=e.id, branch=line.branch, at=e.at, kind=e.kind, actor_id=e.actor_id,
        actor_role=e.actor_role, actor=line.actor, address=e.address, device_id=e.device_id,
        client=e.client, action=e.action, subjects=dict(e.subjects), reason=e.reason,
        seal_no=line.seal_no,
    )  # fmt: skip
