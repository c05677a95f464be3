"""Holidays: files of them, and which calendar a branch goes by."""

from fastapi import Request, Response
from pydantic import Field

from api.deps import Admin, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body
from collection.gate.closed_days.take_in_holidays import go_by_calendar, take_in_holidays
from collection.portfolio.advances.shift_dues import shift_coming_dues
from core.errors import InvalidField
from core.said import say

router = Router(prefix="/v1", tags=["admin: holidays"])

MOST_BYTES = 500_000
FILE = {"schema": {"type": "string", "format": "binary"}}
UPLOAD = {"requestBody": {"required": True, "content": {"text/csv": FILE}}}


class CalendarBody(Body):
    """The calendar of a branch's part of the country; null for its country's."""

    calendar: str | None = Field(description="ISO 3166-1 or 3166-2, such as IN-MH")


class HolidayReportAnswer(Answer):
    """What became of a file: days read, and those that were news."""

    read: int
    declared: int


@router.post("/branches/{code}/holidays", openapi_extra=UPLOAD)
async def post_holidays(
    code: str, request: Request, caller: Admin, session: Tx, now: Now
) -> HolidayReportAnswer:
    """Declare the holidays of a CSV file (`calendar, day, name`, and if need be `kind, closed_from,
    closed_to`) for a branch and those below it. All of it, or none; again, it changes nothing."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise InvalidField("body", say("a file of at most 0.5 MB"))
    report = await take_in_holidays(session, code, bytes(content), caller.id, now)
    await shift_coming_dues(session, code, now)
    return HolidayReportAnswer.model_validate(report)


@router.put("/branches/{code}/holiday-calendar", status_code=204)
async def put_calendar(
    code: str, body: CalendarBody, caller: Admin, session: Tx, now: Now
) -> Response:
    """Say by which calendar a branch's dues shift and its counters close."""
    await go_by_calendar(session, code, body.calendar)
    await shift_coming_dues(session, code, now)
    return Response(status_code=204)
