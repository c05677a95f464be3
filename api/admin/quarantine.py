"""Quarantine: what devices sent and nobody could use."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import Base64Bytes, Field

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Admin, Now, Read, Tx
from api.once import Once
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant, Text
from tracking.ingest import PingWriter
from tracking.quarantine import store
from tracking.quarantine.edit import MOST_BYTES, Correction, edit
from tracking.quarantine.entry import MOST_SHOWN, Entry, legible, read
from tracking.quarantine.errors import EntryNotFound
from tracking.quarantine.resolve import dismiss, replay
from tracking.receive import Reception

router = Router(prefix="/v1", tags=["admin: quarantine"])


async def _writer(request: Request) -> PingWriter:
    reception: Reception = request.app.state.reception
    return reception.writer


Writer = Annotated[PingWriter, Depends(_writer)]
"""The process's writer of pings."""


class LineAnswer(Answer):
    """An entry. `resolution` is null while it waits, then `replayed` or `dismissed`."""

    id: UUID
    branch_id: UUID
    device_id: UUID | None
    device: str | None
    protocol: str
    reason: Told
    size_bytes: int
    received_at: Instant
    resolution: str | None
    resolved_at: Instant | None
    resolved_by: str | None


class QuarantineAnswer(Answer):
    """A page of entries, the newest first."""

    items: list[LineAnswer]
    next_cursor: str | None


class PingAnswer(Answer):
    """A ping that can be read now."""

    captured_at: Instant
    lat: float
    lon: float
    accuracy_m: float | None


class ReadingAnswer(Answer):
    """What today's decoder makes of an entry: how many pings, the first of them, and why other
    parts cannot be used."""

    usable: int
    pings: list[PingAnswer]
    reasons: list[Told]


class EditAnswer(Answer):
    """That somebody has corrected the bytes, and why."""

    edited_by: str
    edited_at: Instant
    reason: str


class EntryAnswer(LineAnswer):
    """An entry with the bytes that are read: as `text`, or in `base64` where they are none. Once
    there are `edits`, `original_text` or `original_base64` is what came."""

    text: str | None
    base64: str | None
    original_text: str | None
    original_base64: str | None
    edits: list[EditAnswer]
    reading: ReadingAnswer


class EditBody(Body):
    """What the message should have said, as `text` or in `base64`, and why."""

    text: Annotated[str, Field(max_length=MOST_BYTES)] | None = None
    base64: Base64Bytes | None = None
    reason: Text

    def correction(self) -> Correction:
        """The domain's value."""
        told = self.base64 or b"" if self.text is None else self.text.encode()
        return Correction(told, self.reason)


class ResolvedAnswer(Answer):
    """How an entry ended; the figures are what came of a replay."""

    id: UUID
    resolution: str
    resolved_at: Instant
    stored: int
    quarantined: int
    dropped: int


@router.get("/quarantine")
async def get_quarantine(
    caller: Admin,
    session: Read,
    device_id: UUID | None = None,
    protocol: Annotated[str | None, Query(max_length=50, pattern=r"^[^\x00]*$")] = None,
    resolved: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> QuarantineAnswer:
    """What the devices of the caller's branches sent and nobody could use, the newest first."""
    found = await store.lines(
        session,
        device_id=device_id,
        protocol=protocol,
        resolved=resolved,
        after=keys_of(cursor, datetime.fromisoformat),
        limit=limit + 1,
    )
    page, behind = cut(found, limit, lambda line: (line.received_at, line.id))
    return QuarantineAnswer(items=[LineAnswer.model_validate(e) for e in page], next_cursor=behind)


@router.get("/quarantine/{id}")
async def get_entry(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Read,
) -> EntryAnswer:
    """One entry with its bytes, and what today's decoder makes of them."""
    entry = await store.entry(session, id)
    if entry is None:
        raise EntryNotFound(str(id))
    return _entry(entry)


@router.post("/quarantine/{id}/edits", status_code=201)
async def post_edit(
    id: UUID,  # noqa: A002
    body: EditBody,
    caller: Admin,
    session: Tx,
    now: Now,
) -> EntryAnswer:
    """Correct what an entry should have said. It is read so from now on, and what came is kept;
    `reading` tells whether a replay would take it in."""
    return _entry(await edit(session, caller.id, id, body.correction(), now))


def _entry(entry: Entry) -> EntryAnswer:
    text, base64 = legible(entry.body)
    original_text, original_base64 = legible(entry.original) if entry.edits else (None, None)
    reading = read(entry)
    told = ReadingAnswer(
        usable=len(reading.pings),
        pings=[PingAnswer.model_validate(ping) for ping in reading.pings[:MOST_SHOWN]],
        reasons=list(reading.reasons),
    )
    line = LineAnswer.model_validate(entry.line).model_dump()
    return EntryAnswer(
        **line, text=text, base64=base64, original_text=original_text,
        original_base64=original_base64,
        edits=[EditAnswer.model_validate(each) for each in entry.edits], reading=told,
    )  # fmt: skip


@router.post("/quarantine/{id}/replay")
async def post_replay(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
    once: Once,
    writer: Writer,
) -> ResolvedAnswer:
    """Decode an entry again and take its pings in, as of when it came. When it still cannot be
    used, the answer says why and nothing changes."""

    async def act() -> ResolvedAnswer:
        return ResolvedAnswer.model_validate(await replay(session, writer, caller.id, id, now))

    return await once(None, ResolvedAnswer, act)


@router.post("/quarantine/{id}/dismiss")
async def post_dismiss(
    id: UUID,  # noqa: A002
    caller: Admin,
    session: Tx,
    now: Now,
    once: Once,
) -> ResolvedAnswer:
    """Let an entry go: nothing is to be done about it."""

    async def act() -> ResolvedAnswer:
        return ResolvedAnswer.model_validate(await dismiss(session, caller.id, id, now))

    return await once(None, ResolvedAnswer, act)
