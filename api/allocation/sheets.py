"""Owners out to a spreadsheet and back: a proposal like any other."""

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from allocation.proposals.sheets.propose import Upload, propose, sheet_of
from api.allocation.proposal_answers import ProposalAnswer, whole
from api.deps import AllocationManager, Now, Read, Tx
from api.routing import Router
from api.scanned import check_file
from core.errors import InvalidField
from core.said import say
from identity import store as identity

router = Router(prefix="/v1", tags=["allocation: proposals"])

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


@router.get(
    "/branches/{code}/assignments.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_sheet(code: str, caller: AllocationManager, session: Read, now: Now) -> Response:
    """A branch's open cases with their agents as a spreadsheet, to be edited and sent back."""
    branch = await identity.branch_by_code(session, code)
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
    branch = await identity.branch_by_code(session, code)
    file = await _uploaded(request)
    return await whole(session, await propose(session, branch, file, caller.id, now))


async def _uploaded(request: Request) -> Upload:
    """The uploaded file, read here: FastAPI would read it before it asks who sends it."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > MAX_BYTES + OTHER_PARTS_BYTES:
        raise InvalidField("file", say("at most 20 MB, and a Content-Length that says so"))
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidField("file", say("an XLSX workbook, as multipart/form-data"))
        content = await file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InvalidField("file", say("at most 20 MB"))
        await check_file(content)
        return Upload(file.filename or "assignments.xlsx", content)
