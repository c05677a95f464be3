"""Owners out to a spreadsheet and back: a proposal, published as a whole or put aside."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from allocation.owners.move import RefusalCode
from allocation.proposals import store
from allocation.proposals.propose import Upload, proposal_of, propose, sheet_of
from allocation.proposals.publish import discard, publish
from api.deps import AllocationManager, Now, Read, Tx
from api.schemas import Answer, Body, Instant
from core.errors import InvalidField
from identity import store as identity
from identity.errors import BranchNotFound
from identity.store import BranchView

router = APIRouter(prefix="/v1", tags=["allocation: proposals"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 20 * 1024 * 1024
OTHER_PARTS_BYTES = 10_000
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class ChangeAnswer(Answer):
    """A case that would change hands; `row` is None for a member of a center that comes along."""

    row: int | None
    case_id: UUID
    from_id: UUID | None
    from_agent: str | None
    to_id: UUID | None
    to_agent: str | None
    reason: str
    pin: bool
    pin_until: Instant | None


class ProblemAnswer(Answer):
    """A cell that cannot be used, and what would be right. The head is row 1."""

    row: int
    column: str
    value: str
    expected: str


class ProposalAnswer(Answer):
    """What a sheet would change. Nothing has changed while its state is `open`."""

    id: UUID
    branch_id: UUID
    file_name: str
    rows_read: int
    state: Literal["open", "published", "discarded"]
    made_at: Instant
    made_by: UUID
    settled_at: Instant | None
    changes: list[ChangeAnswer]
    problems: list[ProblemAnswer]


class LeftOutAnswer(Answer):
    """A change that was not made, and why."""

    case_id: UUID
    code: RefusalCode
    detail: str


class PublishedAnswer(Answer):
    """The proposal, and what of it was left out because somebody was faster."""

    proposal: ProposalAnswer
    left_out: list[LeftOutAnswer]


class PublishBody(Body):
    """Whether to leave out what has changed since, rather than change nothing."""

    skip_overtaken: bool = False


def _answer(found: store.Proposal) -> ProposalAnswer:
    told: dict[str, Any] = {
        "id": found.id, "branch_id": found.branch_id, "file_name": found.file_name,
        "rows_read": found.rows_read, "state": found.state, "made_at": found.made_at,
        "made_by": found.made_by, "settled_at": found.settled_at, "changes": found.changes,
        "problems": found.problems,
    }  # fmt: skip
    return ProposalAnswer.model_validate(told)


async def _branch(session: Read, code: str) -> BranchView:
    branch = await identity.branch_by_code(session, code)
    if branch is None:
        raise BranchNotFound(code)
    return branch


@router.get(
    "/branches/{code}/assignments.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_sheet(code: str, caller: AllocationManager, session: Read, now: Now) -> Response:
    """A branch's open cases with their agents as a spreadsheet, to be edited and sent back."""
    branch = await _branch(session, code)
    content = await sheet_of(session, branch.id, now)
    named = f'attachment; filename="assignments-{branch.code}-{now:%Y-%m-%d}.xlsx"'
    return Response(content, media_type=XLSX, headers={"Content-Disposition": named})


@router.post("/branches/{code}/assignment-proposals", status_code=201, openapi_extra=UPLOAD)
async def post_proposal(
    code: str, request: Request, caller: AllocationManager, session: Tx, now: Now
) -> ProposalAnswer:
    """Send an edited spreadsheet (XLSX, at most 20 MB): what it would change, and what cannot be.

    Write an agent's username, or - for nobody, in `new_agent`, and a `reason`. Rows whose case
    changed hands since the sheet went out are refused by name.
    """
    branch = await _branch(session, code)
    file = await _uploaded(request)
    return _answer(await propose(session, branch, file, caller.id, now))


@router.get("/assignment-proposals/{id}")
async def get_proposal(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Read,
) -> ProposalAnswer:
    """A proposal with its changes and problems."""
    return _answer(await proposal_of(session, id))


@router.post("/assignment-proposals/{id}/publish")
async def post_publish(
    id: UUID,  # noqa: A002
    body: PublishBody,
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> PublishedAnswer:
    """Carry out all changes at once, or none: 409 names the rows that somebody overtook."""
    done, left_out = await publish(session, id, caller.id, now, skip_overtaken=body.skip_overtaken)
    told = [LeftOutAnswer.model_validate(no) for no in left_out]
    return PublishedAnswer(proposal=_answer(done), left_out=told)


@router.post("/assignment-proposals/{id}/discard")
async def post_discard(
    id: UUID,  # noqa: A002
    caller: AllocationManager,
    session: Tx,
    now: Now,
) -> ProposalAnswer:
    """Put a proposal aside; it is kept."""
    return _answer(await discard(session, id, caller.id, now))


async def _uploaded(request: Request) -> Upload:
    """The uploaded file, read here: FastAPI would read it before it asks who sends it."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > MAX_BYTES + OTHER_PARTS_BYTES:
        raise InvalidField("file", "at most 20 MB, and a Content-Length that says so")
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidField("file", "an XLSX workbook, as multipart/form-data")
        content = await file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InvalidField("file", "at most 20 MB")
        return Upload(file.filename or "assignments.xlsx", content)
