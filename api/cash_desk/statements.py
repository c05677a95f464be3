"""Bank statements: files sent in, looked at before, and what became of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from api.cash_desk.bank_accounts import CsvProfileBody
from api.deps import CashDesk, Now, Read, Tx
from api.routing import Router
from api.scanned import check_file
from api.schemas import Answer, BecauseBody, Instant
from collection.reconciliation.accounts import store as bank_accounts
from collection.reconciliation.errors import BankAccountNotFound, StatementNotFound
from collection.reconciliation.formats.bank_csv import ToldBalances
from collection.reconciliation.formats.csv_profile import CsvProfile
from collection.reconciliation.formats.read import MAX_BYTES, read
from collection.reconciliation.statements import store
from collection.reconciliation.statements.take_in import NewFile, send_in
from collection.reconciliation.taken_back.take_back import take_back
from core.errors import InvalidField
from core.said import say

router = Router(prefix="/v1", tags=["cash desk: bank statements"])

OTHER_PARTS_BYTES = 10_000
PREVIEWED = 20
PARTS = {
    "file": {"type": "string", "format": "binary"},
    "bank_account_id": {"type": "string", "format": "uuid"},
    "opening_minor": {"type": "integer"},
    "closing_minor": {"type": "integer"},
}


def upload(**more: dict[str, str]) -> dict[str, Any]:
    """What FastAPI's document tells of an uploaded file, with the parts that there are beside."""
    schema = {"type": "object", "required": ["file"], "properties": PARTS | more}
    content = {"multipart/form-data": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


TO_TRY = {"type": "string", "description": "how the bank writes CSV, as JSON, to try it"}


class FileAnswer(Answer):
    """A file and what became of it.

    `state` is ``waiting`` (for the worker), ``matching``, ``done`` or ``refused``. The `report`
    tells the format, each statement with how many of its lines were new, and how many lines were
    matched; of a refused file, the problem. One that was ``taken_back`` says why.
    """

    id: UUID
    name: str
    state: str
    report: dict[str, Any] | None
    uploaded_at: Instant
    finished_at: Instant | None
    taken_back_because: str | None


class FilesAnswer(Answer):
    """The last files, the newest first."""

    items: list[FileAnswer]


class PreviewLine(Answer):
    """A line as it would be read."""

    booked_on: date
    valued_on: date
    amount_minor: int
    references: list[str]
    text: str
    bank_id: str | None
    is_reversal: bool


class PreviewStatement(Answer):
    """A statement as it would be read, with its first lines."""

    account: str
    currency: str
    from_on: date
    to_on: date
    opening_minor: int
    closing_minor: int
    lines_read: int
    lines: list[PreviewLine]


class PreviewAnswer(Answer):
    """What a file says; nothing of it was kept."""

    format: str
    statements: list[PreviewStatement]


@router.post("/statement-files", openapi_extra=upload())
async def post_statement_file(
    request: Request, caller: CashDesk, session: Tx, now: Now
) -> FileAnswer:
    """Take in a statement: CAMT.053, MT940, OFX, or CSV by the profile of `bank_account_id`.

    At most 20 MB. Opening balance and lines must make the closing balance, or the file is refused
    whole. The same file again changes nothing; of another file with the same lines only those are
    added that are new. A large file is taken in by the worker: ask for its state.
    """
    async with _form(request) as form:
        new = await _new_file(form)
    file = await send_in(session, caller.branch_id, new, caller.id, now)
    return FileAnswer.model_validate(file)


@router.get("/statement-files")
async def get_statement_files(caller: CashDesk, session: Read) -> FilesAnswer:
    """The last fifty files of the caller's branches."""
    found = await store.files(session)
    return FilesAnswer(items=[FileAnswer.model_validate(one) for one in found])


@router.get("/statement-files/{id}")
async def get_statement_file(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
) -> FileAnswer:
    """What became of a file."""
    found = await store.file(session, id)
    if found is None:
        raise StatementNotFound(str(id))
    return FileAnswer.model_validate(found)


@router.post("/statement-files/{id}/take-back", status_code=204)
async def post_take_back(
    id: UUID,  # noqa: A002
    body: BecauseBody,
    caller: CashDesk,
    session: Tx,
    now: Now,
) -> None:
    """Take a file back that was taken in by mistake, with a reason: its lines count no more, and
    what they were matched with by itself is open again. Refused (`in_the_way` tells what for) where
    people have matched its lines or set them aside, or a later file tells some of them again."""
    await take_back(session, caller.id, id, body.because, now)


@router.post("/statement-files/preview", openapi_extra=upload(csv_profile=TO_TRY))
async def post_preview(request: Request, caller: CashDesk, session: Read) -> PreviewAnswer:
    """How a file would be read: its statements with their first lines; CSV by `csv_profile`, or
    without one by the account's own. Nothing is kept."""
    async with _form(request) as form:
        new = await _new_file(form)
        profile = _profile(form)
    account = None
    if new.bank_account_id:
        account = await bank_accounts.account(session, new.bank_account_id)
        if account is None:
            raise BankAccountNotFound(str(new.bank_account_id))
    file_format, statements = await asyncio.to_thread(
        read,
        new.content,
        profile or (account.csv_profile if account else None),
        account.number if account else "",
        account.currency if account else "",
        new.told,
    )
    shown = [
        PreviewStatement(
            account=one.account,
            currency=one.currency,
            from_on=one.from_on,
            to_on=one.to_on,
            opening_minor=one.opening_minor,
            closing_minor=one.closing_minor,
            lines_read=len(one.lines),
            lines=[PreviewLine.model_validate(line) for line in one.lines[:PREVIEWED]],
        )
        for one in statements
    ]
    return PreviewAnswer(format=file_format.value, statements=shown)


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    """What was uploaded, read here: FastAPI would read it before it asks who sends it."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > MAX_BYTES + OTHER_PARTS_BYTES:
        raise InvalidField("file", say("at most 20 MB, and a Content-Length that says so"))
    async with request.form(max_files=1, max_fields=10) as form:
        yield form


async def _new_file(form: FormData) -> NewFile:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise InvalidField("file", say("a bank statement, as multipart/form-data"))
    content = await file.read(MAX_BYTES + 1)
    if not content or len(content) > MAX_BYTES:
        raise InvalidField("file", say("not empty, and at most 20 MB"))
    await check_file(content)
    return NewFile(content, file.filename or "statement", _account_id(form), _told(form))


def _profile(form: FormData) -> CsvProfile | None:
    """The profile that was sent along to be tried."""
    told = form.get("csv_profile")
    if not isinstance(told, str) or not told:
        return None
    try:
        return CsvProfileBody.model_validate_json(told).profile()
    except ValidationError as wrong:
        [first, *_] = wrong.errors()
        field = ".".join(["csv_profile", *map(str, first["loc"])])
        raise InvalidField(
            field, say("as in `csv_profile` of a bank account, written as JSON")
        ) from None


def _account_id(form: FormData) -> UUID | None:
    told = form.get("bank_account_id")
    try:
        return UUID(told) if isinstance(told, str) and told else None
    except ValueError:
        raise InvalidField("bank_account_id", say("the id of a bank account")) from None


def _told(form: FormData) -> ToldBalances | None:
    """The balances that were told with a file: both, or none."""
    minor = []
    for name in ("opening_minor", "closing_minor"):
        told = form.get(name)
        if not isinstance(told, str) or not told:
            continue
        try:
            minor.append(int(told))
        except ValueError:
            raise InvalidField(name, say("a whole number of minor units")) from None
        if abs(minor[-1]) > 10**15:
            raise InvalidField(name, say("at most 10^15"))
    if len(minor) == 1:
        raise InvalidField("closing_minor", say("both balances, or neither"))
    return ToldBalances(*minor) if minor else None
