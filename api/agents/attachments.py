"""Photos, signatures and documents from the agent's phone."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Day, FactId, Instant, Moment
from core.errors import InvalidField
from core.said import say
from core.settings import settings
from data.session import Session
from geofence.attachments.attachment import MOST_BYTES, FileKind, Form
from geofence.attachments.take_in import AttachmentReport, take_in
from geofence.attachments.uploads.take_upload import take_upload

router = Router(prefix="/v1/agent", tags=["agent: attachments"])

FILE = {"schema": {"type": "string", "format": "binary"}}
UPLOAD = {
    "requestBody": {
        "required": False,
        "description": "the file itself, unless it came by an upload; what it is, its first bytes"
        " tell",
        "content": dict.fromkeys(
            ("image/jpeg", "image/png", "image/svg+xml", "application/pdf"), FILE
        ),
    }
}


UploadId = Annotated[
    UUID | None, Query(description="the upload that the file came by, instead of the body")
]


class ExifAnswer(Answer):
    """What the file told of itself."""

    taken_at: str | None = None
    lat: float | None = None
    lon: float | None = None
    located_at: str | None = None


class FormAnswer(Answer):
    """What stands on a form: its number, and the day it was signed on."""

    number: str
    date: date


class AttachmentAnswer(Answer):
    """The file as it was taken in; hashes are SHA-256 in hexadecimal."""

    id: UUID
    kind: FileKind
    case_id: UUID
    check_in_id: UUID | None
    device_time: Instant
    server_time: Instant
    media_type: str
    size_bytes: int
    original_sha256: str
    stored_sha256: str
    exif: ExifAnswer
    form: FormAnswer | None


async def _body(
    request: Request, agent: Agent, kind: FileKind, upload_id: UploadId = None
) -> bytes | None:
    return None if upload_id else await file_of(request, MOST_BYTES[kind])


@router.put("/attachments/{id}", openapi_extra=UPLOAD)
async def put_attachment(
    id: FactId,  # noqa: A002
    agent: Agent,
    body: Annotated[bytes | None, Depends(_body)],
    session: Tx,
    now: Now,
    kind: FileKind,
    device_time: Moment,
    check_in_id: Annotated[UUID | None, Query(description="the check-in it was taken at")] = None,
    case_id: Annotated[UUID | None, Query(description="or only the case")] = None,
    form_number: Annotated[
        str | None, Query(min_length=1, max_length=60, description="what stands on a CAR form")
    ] = None,
    form_date: Annotated[Day | None, Query(description="the day it was signed on")] = None,
    upload_id: UploadId = None,
) -> AttachmentAnswer:
    """Send a file as the request's body, or say by which upload it came: a photo (JPEG, PNG), a
    signature (PNG, SVG) or a document (JPEG, PNG, PDF), a group at a center's meeting (JPEG, PNG)
    or a signed Customer Authorization Form with its number and date (JPEG, PNG, PDF); at most
    10 MB, a signature 0.5 MB. What the camera wrote into it is taken out; its time and place are
    kept beside it."""
    if (check_in_id is None) == (case_id is None):
        raise InvalidField("check_in_id", say("the id of a check-in, or else case_id"))
    form = _form(kind, form_number, form_date)
    content = await content_of(session, body, upload_id, MOST_BYTES[kind], now)
    report = AttachmentReport(id, kind, check_in_id, case_id, device_time, content, form)
    folder, to_scan = settings().attachment_dir, settings().scanner_url is not None
    taken = await take_in(session, folder, agent.id, report, now, to_scan=to_scan)
    return AttachmentAnswer(
        id=taken.id,
        kind=taken.kind,
        case_id=taken.case_id,
        check_in_id=taken.check_in_id,
        device_time=taken.device_time,
        server_time=taken.server_time,
        media_type=taken.media_type,
        size_bytes=taken.size_bytes,
        original_sha256=taken.original_sha256.hex(),
        stored_sha256=taken.stored.sha256.hex(),
        exif=ExifAnswer.model_validate(dict(taken.exif)),
        form=FormAnswer.model_validate(taken.form) if taken.form else None,
    )


def _form(kind: FileKind, number: str | None, signed_on: date | None) -> Form | None:
    """What stands on a CAR form, which has both; nothing else has either."""
    is_form = kind is FileKind.CAR_FORM
    for name, value in (("form_number", number), ("form_date", signed_on)):
        if (value is not None) != is_form:
            expected = (
                say("what stands on the form")
                if is_form
                else say("nothing: a {kind} has none", kind=kind)
            )
            raise InvalidField(name, expected)
    return Form(number, signed_on) if number and signed_on else None


async def file_of(request: Request, most: int) -> bytes:
    """The body, read here: FastAPI would read all of it, whoever sends it. A dependency before the
    transaction's reads it, so that none waits for a slow phone."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > most:
            raise InvalidField("body", say("a file of at most {most:g} MB", most=most / 1e6))
    if not content:
        raise InvalidField("body", say("the file itself"))
    return bytes(content)


async def content_of(
    session: Session, body: bytes | None, upload_id: UUID | None, most: int, now: datetime
) -> bytes:
    """The file that was sent, as the body or by an upload."""
    if upload_id is None:
        assert body is not None, "read where there is no upload"
        return body
    content = await take_upload(session, settings().attachment_dir, upload_id, now)
    if len(content) > most:
        raise InvalidField("upload_id", f"a file of at most {most / 1e6:g} MB")
    return content
