"""Demand files."""

import json
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile

from api.deps import Admin, Now, Read, Tx
from api.reader import Told
from api.routing import Router
from api.scanned import check_file
from api.schemas import Answer, BecauseBody, Body, Day, Instant, MoneyAnswer, Text
from collection.portfolio.demand_dates import DateOrder
from collection.portfolio.demand_file import Correction
from collection.portfolio.geocode import Geocode, geocode_with, nowhere
from collection.portfolio.import_demand import NewDemandFile, import_demand
from collection.portfolio.intake import store as intake
from collection.portfolio.taken_back.take_back import take_back
from core.clock import local_day
from core.errors import InvalidField
from core.geometry import LatLon
from core.said import say
from core.settings import settings
from data.session import Session, savepoint
from geofence.draw_fences import draw_fences
from identity.store import branches
from routing.errors import NoStreets
from routing.travel.cities import Cities
from streets.geocoder import geocoder

router = Router(prefix="/v1", tags=["admin: demand files"])

MAX_BYTES = 50 * 1024 * 1024
MOST_CORRECTIONS = 1_000
OTHER_PARTS_BYTES = 1_000_000
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
                        "business_date": {"type": "string", "format": "date"},
                        "columns": {
                            "type": "string",
                            "description": "a JSON object: our column to the file's",
                        },
                        "dates": {
                            "type": "string",
                            "enum": [order.value for order in DateOrder],
                            "description": "what comes first in dates such as 05/03/2026; left out"
                            " where the file's dates make it clear",
                        },
                        "corrections": {
                            "type": "string",
                            "description": "a JSON list of {line, column, value}: what cells should"
                            " have said, by our columns, at most 1,000",
                        },
                        "dry_run": {"type": "boolean"},
                    },
                }
            }
        },
    }
}


class ProblemAnswer(Answer):
    """A cell that could not be used, and whether its row was kept without it."""

    line: int
    column: str
    value: str
    expected: Told
    row_kept: bool


class UnplacedAnswer(Answer):
    """A row whose address is not on the map."""

    line: int
    customer_id: str
    address: str


class ImportAnswer(Answer):
    """What became of a file. `dates` is what came first in dates such as 05/03/2026, null where no
    date depended on it, and of a file that was known."""

    file_name: str
    business_date: date
    imported_at: Instant
    already_imported: bool
    dry_run: bool = False
    rows_read: int
    rows_loaded: int
    total_due: MoneyAnswer
    problems: list[ProblemAnswer]
    unplaced: list[UnplacedAnswer]
    dates: DateOrder | None


@router.post("/demand-files", openapi_extra=UPLOAD)
async def post_demand_file(request: Request, caller: Admin, session: Tx, now: Now) -> ImportAnswer:
    """Load a demand file (CSV, at most 50 MB) for the caller's branch and those below it.

    Its figures are of `business_date`, or of today. Good rows are loaded and bad ones reported;
    the same file again changes nothing. Dates that could be meant two ways are asked about: `dates`
    says which. `corrections` are read in the place of what cells say; the
    line and column of each are kept. With `dry_run` all that is tried, told, and undone.
    """
    branch = next(b for b in await branches(session) if b.id == caller.branch_id)
    file, dry_run = await _uploaded(request, local_day(now, branch.zone))
    geocode = await geocode_near(request.app.state.cities, session, branch.location)
    async with savepoint(session) as tried:
        report = await import_demand(session, branch, file, now, geocode, imported_by=caller.id)
        if dry_run:
            await tried.rollback()
        else:
            await draw_fences(session, now)
    answer = ImportAnswer.model_validate(report)
    return answer.model_copy(update={"dry_run": dry_run})


class ImportLine(Answer):
    """A file that was taken in. While `is_kept` what it has changed, it can be taken back."""

    id: UUID
    branch: str
    file_name: str
    business_date: date
    imported_at: Instant
    imported_by: str | None
    rows_read: int
    rows_loaded: int
    total_due: MoneyAnswer
    problems: int
    unplaced: int
    corrected: int
    is_kept: bool
    taken_back_at: Instant | None
    taken_back_by: str | None
    taken_back_because: str | None


class ImportsAnswer(Answer):
    """The newest files that were taken in."""

    items: list[ImportLine]


@router.get("/demand-files")
async def get_demand_files(caller: Admin, session: Read) -> ImportsAnswer:
    """The demand files that were taken in, the newest first, at most 100."""
    found = await intake.imports(session, 100)
    return ImportsAnswer(items=[ImportLine.model_validate(line) for line in found])


@router.post("/demand-files/{id}/take-back", status_code=204)
async def post_take_back(
    id: UUID,  # noqa: A002
    body: BecauseBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> None:
    """Take a demand file back that was taken in by mistake, with a reason: its accounts owe what
    they owed before, and those that it brought owe nothing. Refused (`in_the_way` tells what for)
    where people have acted on it (receipts, plans, links, promises) or a later file tells of its
    accounts, and once it is too long ago."""
    branch = next(b for b in await branches(session) if b.id == caller.branch_id)
    await take_back(session, caller.id, id, body.because, local_day(now, branch.zone), now)


async def _uploaded(request: Request, today: date) -> tuple[NewDemandFile, bool]:
    """The uploaded file, read here: FastAPI would read it before it asks who sends it."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > MAX_BYTES + OTHER_PARTS_BYTES:
        raise InvalidField("file", say("at most 50 MB, and a Content-Length that says so"))
    async with request.form(max_files=1, max_fields=10) as form:
        file, day = form.get("file"), form.get("business_date")
        columns, dates = _columns(form.get("columns")), _dates(form.get("dates"))
        corrections = _corrections(form.get("corrections"))
        dry_run = str(form.get("dry_run", "false"))
        if dry_run not in {"true", "false"}:
            raise InvalidField("dry_run", say("true or false"))
        if not isinstance(file, UploadFile):
            raise InvalidField("file", say("a CSV file, as multipart/form-data"))
        content = await file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise InvalidField("file", say("at most 50 MB"))
        await check_file(content)
        name = file.filename or "demand.csv"
    try:
        business_date = _DAY.validate_python(day) if isinstance(day, str) and day else today
    except ValidationError:
        raise InvalidField("business_date", say("a date such as {today}", today=today)) from None
    return NewDemandFile(
        content, name, business_date, columns, corrections, dates
    ), dry_run == "true"


_DAY: TypeAdapter[date] = TypeAdapter(Day)


def _columns(told: object) -> dict[str, str]:
    if not told:
        return {}
    try:
        columns = json.loads(str(told))
    except ValueError:
        columns = None
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        raise InvalidField("columns", say("a JSON object of texts"))
    return columns


def _dates(told: object) -> DateOrder | None:
    if not told:
        return None
    try:
        return DateOrder(str(told))
    except ValueError:
        raise InvalidField("dates", say("one of {names}", names=", ".join(DateOrder))) from None


class CorrectionBody(Body):
    """What a cell should have said."""

    line: Annotated[int, Field(ge=2)]
    column: Text
    value: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


_CORRECTIONS = TypeAdapter(Annotated[list[CorrectionBody], Field(max_length=MOST_CORRECTIONS)])


def _corrections(told: object) -> tuple[Correction, ...]:
    try:
        found = _CORRECTIONS.validate_json(str(told)) if told else []
    except ValidationError:
        raise InvalidField(
            "corrections", say("a JSON list of at most 1,000, each with line, column and value")
        ) from None
    return tuple(Correction(one.line, one.column, one.value) for one in found)


async def geocode_near(cities: Cities, session: Session, near: LatLon | None) -> Geocode:
    """The installation's geocoder, over the streets around a place."""
    try:
        city = await cities.at(session, near)
    except NoStreets:
        return nowhere
    return geocode_with(geocoder(settings().geocoder, city.graph))
