"""Files from the agent's phone in parts, over a connection that breaks."""

from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from api import problems
from api.agents.tus import (
    ALGORITHMS,
    DAMAGED,
    EXTENSIONS,
    PART_TYPE,
    VERSION,
    Part,
    TusRoute,
    metadata_of,
    part_of,
    told_of,
    too_large,
)
from api.deps import Agent, Now, Read, Tx
from api.routing import Router
from api.schemas import FactId
from core.settings import settings
from geofence.attachments.uploads import parts, store
from geofence.attachments.uploads.add_part import add_part
from geofence.attachments.uploads.begin_upload import begin_upload
from geofence.attachments.uploads.errors import UploadNotFound
from geofence.attachments.uploads.upload import MOST_BYTES, Told, Upload

router = Router(prefix="/v1/agent/uploads", tags=["agent: uploads"], route_class=TusRoute)

PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"description": told, "content": PROBLEM}
    for status, told in (
        (412, "Another version of the protocol"),
        (415, "A part is sent as application/offset+octet-stream"),
        (DAMAGED, "A part is not what its checksum says"),
    )
}
BYTES = {"schema": {"type": "string", "format": "binary"}}
BODY = {"requestBody": {"required": False, "content": {PART_TYPE: BYTES}}}

Version = Annotated[str | None, Header(alias="Tus-Resumable", description=VERSION)]
Checksum = Annotated[
    str | None,
    Header(alias="Upload-Checksum", description=f"{' or '.join(ALGORITHMS)}, a space, base64"),
]


async def _part(
    request: Request, agent: Agent, version: Version = None, checksum: Checksum = None
) -> Part:
    # Read before a transaction is begun: none waits for a slow phone.
    return await part_of(request)


Sent = Annotated[Part, Depends(_part)]


@router.options("", status_code=204)
async def options_uploads(caller: Agent) -> Response:
    """What of tus is spoken here."""
    return Response(
        status_code=204,
        headers={
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            "Tus-Max-Size": str(MOST_BYTES),
        },
    )


@router.post("", status_code=201, response_class=Response, responses=REFUSED, openapi_extra=BODY)
async def post_upload(
    agent: Agent,
    part: Sent,
    session: Tx,
    now: Now,
    length: Annotated[int, Header(alias="Upload-Length", ge=1)],
    metadata: Annotated[
        str,
        Header(
            alias="Upload-Metadata", max_length=500,
            description="`id` (UUIDv7 made by the phone) and `sha256` (hexadecimal) of the file,"
            " each in base64",
        ),
    ],
) -> Response:  # fmt: skip
    """Begin to send a file, with its first bytes or none. The same again is the same upload, and
    `Upload-Offset` says how far it has come. Ten at once; one more, and the oldest goes."""
    if length > MOST_BYTES:
        raise too_large()
    told = told_of(metadata, length)
    owner = (agent.branch_id, agent.id)
    folder = settings().attachment_dir
    upload, offset_bytes = await begin_upload(session, folder, owner, told, part.content, now)
    headers = {"Location": f"/v1/agent/uploads/{upload.id}"}
    return _answer(201, upload, offset_bytes, part, headers)


@router.head("/{id}", response_class=Response, responses=REFUSED)
async def head_upload(
    id: FactId,  # noqa: A002
    agent: Agent,
    part: Sent,
    session: Read,
    now: Now,
) -> Response:
    """Ask how far an upload has come: `Upload-Offset`, of `Upload-Length`."""
    upload = await store.upload(session, id, now)
    if upload is None:
        raise UploadNotFound(str(id))
    offset_bytes = await parts.offset_of(settings().attachment_dir, upload.key)
    told = Told(upload.id, upload.size_bytes, upload.sha256)
    headers = {
        "Upload-Length": str(upload.size_bytes),
        "Upload-Metadata": metadata_of(told),
        "Cache-Control": "no-store",
    }
    return _answer(200, upload, offset_bytes, part, headers)


@router.patch(
    "/{id}", status_code=204, response_class=Response, responses=REFUSED, openapi_extra=BODY
)
async def patch_upload(
    id: FactId,  # noqa: A002
    agent: Agent,
    part: Sent,
    session: Tx,
    now: Now,
    offset: Annotated[int, Header(alias="Upload-Offset", ge=0)],
) -> Response:
    """Send the next bytes, from `Upload-Offset` on. What was answered is on disk; of a part that
    was cut off, what came is kept. After the last one `PUT` the fact with its `upload_id`."""
    folder = settings().attachment_dir
    upload, offset_bytes = await add_part(session, folder, id, offset, part.content, now)
    return _answer(204, upload, offset_bytes, part, {})


def _answer(
    status: int, upload: Upload, offset_bytes: int, part: Part, headers: dict[str, str]
) -> Response:
    # Told rather than raised: what came before the body was cut off stays.
    answer = problems.of_http_error(part.cut) if part.cut else Response(status_code=status)
    answer.headers.update(headers)
    answer.headers["Upload-Offset"] = str(offset_bytes)
    answer.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return answer
