"""A customer's data: taken out for them, held for a court, erased; and what grew too old."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Admin, Auditor, Now, Read, Tx
from api.desk.additions import IdAnswer, ReasonBody
from api.routing import Router
from api.schemas import Answer, Instant
from collection.privacy.erasures import store as erasures
from collection.privacy.erasures.erase import accept_erasure, ask_erasure, reject_erasure
from collection.privacy.erasures.erasure import State
from collection.privacy.exports.export_person import export_person
from collection.privacy.holds import store as holds
from collection.privacy.holds.set_hold import lift_hold, set_hold
from collection.privacy.retention import store as retention
from collection.privacy.retention.rule import Kind
from collection.privacy.store import branch_of
from core.settings import settings
from geofence.attachments.files import fetch
from geofence.attachments.scans.store import held_back
from geofence.attachments.store import stored_files
from identity.errors import RoleNotAllowed
from identity.permission import Permission

router = Router(prefix="/v1", tags=["admin: privacy"])


class HoldAnswer(Answer):
    """A legal hold, as long as it stood."""

    id: UUID
    reason: str
    set_at: Instant
    set_by: UUID
    lifted_at: Instant | None
    lifted_by: UUID | None


class ErasureAnswer(Answer):
    """A request for erasure. `report` says what was erased, and what was kept and why."""

    id: UUID
    customer_id: UUID
    reason: str
    state: State
    asked_at: Instant
    asked_by: UUID
    decided_at: Instant | None
    decided_by: UUID | None
    report: dict[str, Any] | None


class ErasuresAnswer(Answer):
    """A page of requests for erasure."""

    items: list[ErasureAnswer]
    next_cursor: str | None


class RetentionRunAnswer(Answer):
    """What a night removed of a kind of data in a branch: what was older than `kept_days`. `held`
    is what a legal hold kept, `oldest` since when the oldest had been there."""

    id: UUID
    branch: str
    ran_at: Instant
    kind: Kind
    kept_days: int
    removed: int
    held: int
    oldest: Instant | None


class RetentionRunsAnswer(Answer):
    """A page of what was removed."""

    items: list[RetentionRunAnswer]
    next_cursor: str | None


Why = Annotated[
    str,
    Query(
        min_length=3, max_length=200, pattern=r"^[^\x00]*$",
        description="why the data is taken out; goes on the audit trail",
    ),
]  # fmt: skip


@router.get(
    "/customers/{id}/export.zip",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
)
async def get_export(
    id: UUID,  # noqa: A002
    request: Request,
    caller: Admin,
    session: Read,
    now: Now,
    reason: Why,
) -> Response:
    """All that is held about a customer, for them to take: JSON, pictures and papers. Their numbers
    are in it, whole, so `numbers.see` is needed, too."""
    if Permission.NUMBERS_SEE not in caller.permissions:
        raise RoleNotAllowed(caller.role, (Permission.NUMBERS_SEE,))
    request.state.reason = reason

    async def file(attachment_id: UUID) -> bytes | None:
        if await held_back(session, [attachment_id]):
            return None
        stored = await stored_files(session, [attachment_id])
        return await fetch(settings().attachment_dir, stored[attachment_id], attachment_id)

    content = await export_person(session, id, file, now)
    headers = {"Content-Disposition": f'attachment; filename="customer-{id}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.get("/customers/{id}/legal-holds")
async def get_holds(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
) -> list[HoldAnswer]:
    """All legal holds on a customer, those of the past as well, the newest first."""
    await branch_of(session, id)
    return [HoldAnswer.model_validate(each) for each in await holds.holds(session, id)]


@router.post("/customers/{id}/legal-holds", status_code=201)
async def post_hold(
    id: UUID,  # noqa: A002
    body: ReasonBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> IdAnswer:
    """Have nothing of a customer removed, by age or by erasure, until the hold is lifted."""
    return IdAnswer(id=await set_hold(session, id, body.reason, caller.id, now))


@router.post("/legal-holds/{id}/lift", status_code=204)
async def post_lift(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> None:
    """End a hold. That it stood is kept."""
    await lift_hold(session, id, caller.id, now)


@router.post("/customers/{id}/erasures", status_code=201)
async def post_erasure(
    id: UUID,  # noqa: A002
    body: ReasonBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> IdAnswer:
    """Ask that a customer be erased, once nothing is open; another person decides."""
    return IdAnswer(id=await ask_erasure(session, id, body.reason, caller.id, now))


@router.get("/erasures")
async def get_erasures(
    caller: Admin, session: Read, cursor: Cursor = None, limit: Limit = 50
) -> ErasuresAnswer:
    """Requests for erasure, the newest first."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await erasures.erasures(session, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda each: (each.asked_at.isoformat(), each.id))
    return ErasuresAnswer(
        items=[ErasureAnswer.model_validate(each) for each in page], next_cursor=behind
    )


@router.post("/erasures/{id}/accept")
async def post_accept(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> dict[str, Any]:
    """Erase the customer, for good: what was erased, and what was kept and why."""
    return await accept_erasure(session, id, caller.id, now)


@router.post("/erasures/{id}/reject", status_code=204)
async def post_reject(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
) -> None:
    """Say that the customer stays."""
    await reject_erasure(session, id, caller.id, now)


@router.get("/retention-runs")
async def get_retention_runs(
    caller: Auditor, session: Read, cursor: Cursor = None, limit: Limit = 50
) -> RetentionRunsAnswer:
    """What was removed because it had grown old, night by night, by which rule."""
    after = keys_of(cursor, datetime.fromisoformat)
    found = await retention.runs(session, after=after, limit=limit + 1)
    page, behind = cut(found, limit, lambda each: (each[2].ran_at.isoformat(), each[0]))
    items = [
        RetentionRunAnswer(
            id=id_, branch=branch, ran_at=run.ran_at, kind=run.kind, kept_days=run.kept_days,
            removed=run.removed.count, held=run.removed.held, oldest=run.removed.oldest,
        )
        for id_, branch, run in page
    ]  # fmt: skip
    return RetentionRunsAnswer(items=items, next_cursor=behind)
