"""Files that go out to core banking, the bank and the accountants, and what they answer."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response
from pydantic import Field

from api.cursor import Limit
from api.deps import CashDesk, Now, Read, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Day, Instant, MoneyAnswer
from collection.exports import store
from collection.exports.errors import ExportFileNotFound, ExportTargetNotFound
from collection.exports.file import file_name
from collection.exports.keep_target import close_target, open_target
from collection.exports.make_file import make_file
from collection.exports.record import LineState, RecordKind, TargetKind
from collection.exports.take_answers import send_again, take_answers
from core.errors import InvalidField
from core.said import say

router = Router(prefix="/v1", tags=["cash desk: exports"])

MAX_BYTES = 20_000_000
UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
TargetId = Annotated[UUID, Path(description="made by the caller; may be sent again")]


class TargetBody(Body):
    """Whom files go to: records of a branch and all below it, from the day `since` on."""

    kind: TargetKind
    code: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,19}$")]
    branch: Annotated[str, Field(min_length=1, max_length=20)]
    since: Day


class TargetAnswer(Answer):
    """A target; its next file gets `next_number`."""

    id: UUID
    kind: TargetKind
    code: str
    branch: str
    since: date
    next_number: int
    closed_at: Instant | None


class CountedTarget(TargetAnswer):
    """The same, with how many of its lines are in which state; one that is sent again counts with
    its new line."""

    sent: int
    acknowledged: int
    rejected: int


class TargetsAnswer(Answer):
    """All targets, open ones first."""

    items: list[CountedTarget]


class TotalAnswer(Answer):
    """A control total, as in the file."""

    currency: str
    records: int
    amount_minor: int


class MadeAnswer(Answer):
    """The file that was made, or null where nothing waits."""

    id: UUID
    target: str
    number: int
    name: str
    records: int
    totals: list[TotalAnswer]


class FileAnswer(Answer):
    """A file that went out, and how many of its lines are in which state."""

    id: UUID
    target: str
    number: int
    made_at: Instant
    records: int
    totals: list[TotalAnswer]
    sha256: str
    sent: int
    acknowledged: int
    rejected: int


class FilesAnswer(Answer):
    """The last files, the newest first."""

    items: list[FileAnswer]


class LineAnswer(Answer):
    """A record in a file. `resend_at` is since when a rejected one waits for the next file."""

    file_id: UUID
    number: int
    line: int
    record: RecordKind
    record_id: UUID
    attempt: int
    amount: MoneyAnswer
    state: LineState
    answered_at: Instant | None
    reference: str | None
    reason: str | None
    resend_at: Instant | None


class LinesAnswer(Answer):
    """Lines in the order of their files; `next_after` goes into `after` for the next page."""

    items: list[LineAnswer]
    next_after: str | None


class ProblemAnswer(Answer):
    """An answer that fits no line, and what would."""

    number: int
    line: int
    expected: Told


class TakenAnswer(Answer):
    """What became of a file of answers."""

    answered: int
    unchanged: int
    problems: list[ProblemAnswer]


@router.get("/export-targets")
async def get_targets(caller: CashDesk, session: Read) -> TargetsAnswer:
    """Whom files go to."""
    return TargetsAnswer(
        items=[
            CountedTarget(
                **TargetAnswer.model_validate(view.target).model_dump(), sent=view.sent,
                acknowledged=view.acknowledged, rejected=view.rejected,
            )
            for view in await store.targets(session)
        ]
    )  # fmt: skip


@router.put("/export-targets/{id}")
async def put_target(
    id: TargetId,  # noqa: A002
    body: TargetBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> TargetAnswer:
    """Have files made each night for somebody more."""
    opened = await open_target(
        session, id, body.kind, body.code, body.branch, body.since, caller.id, now
    )
    return TargetAnswer.model_validate(opened)


@router.post("/export-targets/{id}/close")
async def post_close(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> TargetAnswer:
    """Have no more files made for a target. What it got stays to be read and answered."""
    return TargetAnswer.model_validate(await close_target(session, id, now))


@router.post("/export-targets/{id}/files")
async def post_file(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> MadeAnswer | None:
    """Put what waits into a file now. Nothing goes out twice, whoever asks how often."""
    made = await make_file(session, id, now)
    return MadeAnswer.model_validate(made) if made else None


@router.post("/export-targets/{id}/answers", openapi_extra=UPLOAD)
async def post_answers(
    id: UUID,  # noqa: A002
    request: Request,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> TakenAnswer:
    """Take in a CSV of answers: `file,line,state,reference,reason`, at most 20 MB. Each line stands
    for itself; the same file again changes nothing."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or not 0 < int(length) <= MAX_BYTES:
        raise InvalidField("body", say("a CSV of at most 20 MB, and a Content-Length that says so"))
    taken = await take_answers(session, id, await request.body(), now)
    return TakenAnswer.model_validate(taken)


@router.get("/export-targets/{id}/lines")
async def get_lines(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
    state: LineState | None = None,
    after: Annotated[str, Query(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")] = "0-0",
    limit: Limit = 100,
) -> LinesAnswer:
    """What went out, line by line, with what was answered."""
    if await store.target(session, id) is None:
        raise ExportTargetNotFound(str(id))
    number, _, line = after.partition("-")
    found = await store.lines(session, id, state, after=(int(number), int(line)), limit=limit + 1)
    page = found[:limit]
    more = f"{page[-1].number}-{page[-1].line}" if len(found) > limit else None
    return LinesAnswer(items=[LineAnswer.model_validate(one) for one in page], next_after=more)


@router.get("/export-files")
async def get_files(
    caller: CashDesk, session: Read, target_id: UUID | None = None, limit: Limit = 50
) -> FilesAnswer:
    """The last files that went out."""
    found = await store.files(session, target_id, limit)
    return FilesAnswer(items=[FileAnswer.model_validate(one) for one in found])


@router.get("/export-files/{id}/content", response_class=Response, responses=CSV)
async def get_content(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
) -> Response:
    """A file, byte for byte as it went out."""
    found = await store.content(session, id)
    if found is None:
        raise ExportFileNotFound(str(id))
    code, number, content = found
    named = f'attachment; filename="{file_name(code, number)}"'
    return Response(content, media_type="text/csv", headers={"Content-Disposition": named})


@router.post("/export-files/{id}/lines/{line}/resend", status_code=204)
async def post_resend(
    id: UUID,  # noqa: A002
    line: Annotated[int, Path(ge=1, le=10**9)],
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> None:
    """Put a rejected record into the next file."""
    await send_again(session, id, line, caller.id, now)
