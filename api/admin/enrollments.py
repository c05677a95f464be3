"""Many people enrolled at once: a file looked at, enrolled, and its sheets printed."""

import json
from collections import Counter
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import UploadFile

from api.admin.devices import PublicUrl
from api.deps import Admin, Db, Now, Read, Recording, Tx
from api.reader import Told
from api.routing import Router
from api.scanned import check_file
from api.schemas import Answer, Body, Instant
from collection.enrollment import store
from collection.enrollment.columns import COLUMNS
from collection.enrollment.enroll_many import enroll_many, look_at
from collection.enrollment.errors import EnrollmentNotFound
from collection.enrollment.roster import NewRoster
from collection.enrollment.undo_enrollment import undo_enrollment
from core.errors import InvalidField
from core.said import say
from data.session import EVERYTHING
from identity.principal import Role
from identity.store import branches
from map_ui.welcome.print_sheets import Asked, print_sheets

router = Router(prefix="/v1/enrollments", tags=["admin: people"])

MOST_BYTES = 2_000_000
OTHER_PARTS_BYTES = 20_000
SHOWN = 20
PDF = "application/pdf"
OBJECT = {"type": "string", "description": "a JSON object: our column to the file's, or its value"}
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "columns": OBJECT,
                        "same": OBJECT,
                        "skip_bad": {"type": "boolean"},
                        "with_phones": {"type": "boolean"},
                    },
                }
            }
        },
    }
}


class ColumnAnswer(Answer):
    """A column that a file can have; `in_file` is the header that is taken for it."""

    name: str
    meaning: str
    needed: bool
    same_for_all: bool
    in_file: str | None


class RowProblemAnswer(Answer):
    """Why a row cannot be enrolled; the header is line 1."""

    line: int
    column: str
    value: str
    expected: Told


class ApplicantAnswer(Answer):
    """A row that would be enrolled."""

    line: int
    full_name: str
    username: str
    role: Role
    branch_code: str
    phone: str | None


class LookAnswer(Answer):
    """What would become of a file: the first people of it, and all that is wrong."""

    header: list[str]
    columns: list[ColumnAnswer]
    rows_read: int
    good: int
    people: list[ApplicantAnswer]
    by_role: dict[str, int]
    by_branch: dict[str, int]
    problems: list[RowProblemAnswer]


class EnrollmentAnswer(Answer):
    """A file whose people were enrolled; `waiting` have chosen no password yet."""

    id: UUID
    branch: str
    file_name: str
    rows_read: int
    people: int
    waiting: int
    enrolled_at: Instant
    enrolled_by: str
    printed_at: Instant | None


class EnrolledAnswer(EnrollmentAnswer):
    """The same; `already` when the file was enrolled before, and nothing was done now."""

    already: bool


class EnrollmentsAnswer(Answer):
    """The newest files."""

    items: list[EnrollmentAnswer]


class UndoneAnswer(Answer):
    """How many people were taken out again."""

    people: int


class SheetsBody(Body):
    """Whether sheets that were printed before are to open nothing any more."""

    again: bool = False


class _Parts(BaseModel):
    columns: dict[str, Annotated[str, Field(max_length=200)]] = {}
    same: dict[str, Annotated[str, Field(max_length=200)]] = {}
    skip_bad: bool = False
    with_phones: bool = False


@router.post("/look", openapi_extra=UPLOAD)
async def post_look(request: Request, caller: Admin, session: Read, database: Db) -> LookAnswer:
    """Look at a file of people (CSV, at most 2 MB, 5,000 rows): how its columns are read, who would
    be enrolled, and what is wrong with the other rows. Nothing is stored."""
    new, _ = await _uploaded(request)
    roster = await look_at(session, database, new)
    told = [
        ColumnAnswer(
            name=c.name, meaning=c.meaning, needed=c.needed, same_for_all=c.same_for_all,
            in_file=roster.columns.get(c.name),
        )
        for c in COLUMNS
    ]  # fmt: skip
    people = roster.applicants
    return LookAnswer(
        header=list(roster.header),
        columns=told,
        rows_read=roster.rows_read,
        good=len(people),
        people=[
            ApplicantAnswer(
                line=p.line, full_name=p.full_name, username=p.username, role=p.role,
                branch_code=p.branch.code, phone=p.phone,
            )
            for p in people[:SHOWN]
        ],
        by_role=dict(Counter(p.role.value for p in people)),
        by_branch=dict(Counter(p.branch.code for p in people)),
        problems=[RowProblemAnswer(**problem._asdict()) for problem in roster.problems],
    )  # fmt: skip


@router.post("", openapi_extra=UPLOAD)
async def post_enrollment(
    request: Request, caller: Admin, session: Tx, database: Db, now: Now
) -> EnrolledAnswer:
    """Enroll the people of a file: all, or with `skip_bad` those whose rows are good. The same file
    again changes nothing. Nobody has a password by that: print the sheets."""
    new, parts = await _uploaded(request)
    done = await enroll_many(
        session, database, new, branch_id=caller.branch_id, by=caller, now=now,
        skip_bad=parts.skip_bad, with_phones=parts.with_phones,
    )  # fmt: skip
    told = EnrollmentAnswer.model_validate(done.line).model_dump()
    return EnrolledAnswer(**told, already=done.already)


@router.get("")
async def get_enrollments(caller: Admin, session: Read) -> EnrollmentsAnswer:
    """The files whose people were enrolled, the newest first."""
    found = await store.enrollments(session, 100)
    return EnrollmentsAnswer(items=[EnrollmentAnswer.model_validate(line) for line in found])


@router.post("/{id}/sheets", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def post_sheets(
    id: UUID,  # noqa: A002
    body: SheetsBody,
    caller: Admin,
    session: Read,
    database: Db,
    now: Now,
    record: Recording,
    public_url: PublicUrl,
) -> Response:
    """The welcome sheets (PDF, A4) of an enrollment's people who have no password yet: a QR code
    each with user name and code, good for 14 days and once, and for an agent with a phone what
    sets that up. Codes and keys are shown this once; printing `again` makes new ones."""
    if await store.enrollment(session, id) is None:
        raise EnrollmentNotFound(str(id))
    zone = next(b.zone for b in await branches(session) if b.id == caller.branch_id)
    async with database.transaction(EVERYTHING) as everything:
        asked = Asked(id, public_url, zone, body.again)
        pdf = await print_sheets(everything, asked, caller, now)
        await record(everything)
    headers = {"Content-Disposition": f'attachment; filename="welcome-{now:%Y-%m-%d}.pdf"'}
    return Response(pdf, media_type=PDF, headers=headers)


@router.post("/{id}/undo")
async def post_undo(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
) -> UndoneAnswer:
    """Take an enrollment back as a whole, as another administrator than who enrolled it, while
    nobody of it has begun; else 409 tells who has, and with what."""
    return UndoneAnswer(people=await undo_enrollment(session, id, caller.id))


async def _uploaded(request: Request) -> tuple[NewRoster, _Parts]:
    """The uploaded file and how to read it: FastAPI would read it before it asks who sends it."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > MOST_BYTES + OTHER_PARTS_BYTES:
        raise InvalidField("file", say("at most 2 MB, and a Content-Length that says so"))
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidField("file", say("a CSV file, as multipart/form-data"))
        content = await file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise InvalidField("file", say("at most 2 MB"))
        await check_file(content)
        told: dict[str, object] = {
            name: form.get(name) for name in _Parts.model_fields if form.get(name)
        }
        name = (file.filename or "people.csv").replace("\0", "")[:200]
    parts = _parts(told)
    return NewRoster(content, name, parts.columns, parts.same), parts


def _parts(told: dict[str, object]) -> _Parts:
    for name in ("columns", "same"):
        if name in told:
            try:
                told[name] = json.loads(str(told[name]))
            except ValueError:
                raise InvalidField(name, say("a JSON object of texts")) from None
    try:
        return _Parts.model_validate(told)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise InvalidField(".".join(map(str, first["loc"])), first["msg"]) from None
