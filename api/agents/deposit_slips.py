"""Pictures of deposits' slips, from the agent's phone to the cash desk."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from api.agents.attachments import FILE, UploadId, content_of, file_of
from api.deps import Agent, CashDesk, Now, Read, Tx
from api.routing import Router
from api.saved_file import saved_file
from api.schemas import Answer, FactId, Instant, Moment
from core.settings import settings
from geofence.attachments.attachment import MOST_BYTES, FileKind
from geofence.attachments.errors import AttachmentNotFound
from geofence.attachments.files import fetch
from geofence.attachments.scans.store import check_scanned
from geofence.attachments.slips.keep_slip import SlipReport, keep_slip
from geofence.attachments.slips.store import slip_of

router = Router(tags=["agent: cash"])
UPLOAD = {"requestBody": {"required": False, "content": {"image/jpeg": FILE, "image/png": FILE}}}


class SlipAnswer(Answer):
    """The picture as it was taken in; the hash is SHA-256 in hexadecimal, of what was sent."""

    id: UUID
    deposit_id: UUID
    media_type: str
    size_bytes: int
    original_sha256: str
    device_time: Instant
    server_time: Instant


async def _body(request: Request, agent: Agent, upload_id: UploadId = None) -> bytes | None:
    return None if upload_id else await file_of(request, MOST_BYTES[FileKind.PHOTO])


@router.put("/v1/agent/deposit-slips/{id}", openapi_extra=UPLOAD)
async def put_deposit_slip(
    id: FactId,  # noqa: A002
    agent: Agent,
    body: Annotated[bytes | None, Depends(_body)],
    session: Tx,
    now: Now,
    deposit_id: UUID,
    device_time: Moment,
    upload_id: UploadId = None,
) -> SlipAnswer:
    """Send the picture of a deposit's slip as the request's body, or say by which upload it came:
    JPEG or PNG, at most 10 MB."""
    content = await content_of(session, body, upload_id, MOST_BYTES[FileKind.PHOTO], now)
    report = SlipReport(id, deposit_id, device_time, content)
    folder, to_scan = settings().attachment_dir, settings().scanner_url is not None
    kept = await keep_slip(session, folder, agent.id, report, now, to_scan=to_scan)
    return SlipAnswer(
        id=kept.id,
        deposit_id=kept.deposit_id,
        media_type=kept.media_type,
        size_bytes=kept.size_bytes,
        original_sha256=kept.original_sha256.hex(),
        device_time=kept.device_time,
        server_time=kept.server_time,
    )


@router.get("/v1/deposits/{id}/slip")
async def get_deposit_slip(
    id: UUID,  # noqa: A002
    caller: CashDesk,
    session: Read,
) -> Response:
    """The newest picture of a deposit's slip, to save."""
    slip = await slip_of(session, id)
    if slip is None:
        raise AttachmentNotFound(str(id))
    await check_scanned(session, slip.id)
    content = await fetch(settings().attachment_dir, slip.stored, slip.id)
    return saved_file(content, slip.media_type, slip.file_name)
