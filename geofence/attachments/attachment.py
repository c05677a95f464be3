"""Attachments: which files count as what, and what is kept of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geofence.attachments import exif, jpeg, png, svg
from geofence.attachments.errors import FileNotUsable
from geofence.attachments.jpeg import BrokenFile
from geofence.attachments.stored import Stored


class FileKind(StrEnum):
    """What a file shows. A CAR form is a signed Customer Authorization Form."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    DOCUMENT = "document"
    GROUP_IMAGE = "group_image"
    CAR_FORM = "car_form"


JPEG, PNG, SVG, PDF = "image/jpeg", "image/png", "image/svg+xml", "application/pdf"

ENDINGS: Mapping[str, str] = {JPEG: "jpg", PNG: "png", SVG: "svg", PDF: "pdf"}
TAKEN: Mapping[FileKind, tuple[str, ...]] = {
    FileKind.PHOTO: (JPEG, PNG),
    FileKind.SIGNATURE: (PNG, SVG),
    FileKind.DOCUMENT: (JPEG, PNG, PDF),
    FileKind.GROUP_IMAGE: (JPEG, PNG),
    FileKind.CAR_FORM: (JPEG, PNG, PDF),
}
"""The media types of each kind."""

MOST_BYTES: Mapping[FileKind, int] = {
    FileKind.PHOTO: 10_000_000,
    FileKind.SIGNATURE: 500_000,
    FileKind.DOCUMENT: 10_000_000,
    FileKind.GROUP_IMAGE: 10_000_000,
    FileKind.CAR_FORM: 10_000_000,
}

MOST_PIXELS = 64_000_000
"""A picture of one color is a small file whatever its size, and takes gigabytes to put on paper."""


@dataclass(frozen=True, slots=True)
class Form:
    """What stands on a form: its number, and the day it was signed on."""

    number: str
    date: date


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment as taken in. `original_sha256` is of what was sent, `stored` of what is kept;
    `exif` is what the file told of itself."""

    id: UUID
    kind: FileKind
    case_id: UUID
    check_in_id: UUID | None
    device_time: datetime
    server_time: datetime
    media_type: str
    size_bytes: int
    original_sha256: bytes
    stored: Stored
    exif: Mapping[str, Any]
    form: Form | None = None

    @property
    def file_name(self) -> str:
        """What the file is called when somebody saves it."""
        return f"{self.kind}-{self.id}.{ENDINGS[self.media_type]}"


@dataclass(frozen=True, slots=True)
class CleanFile:
    """What is kept of a file."""

    media_type: str
    content: bytes
    exif: Mapping[str, Any]


def clean(kind: FileKind, content: bytes) -> CleanFile:
    """The file without what cameras and programs write into it, and what that said of time and
    place. The type is told by the bytes themselves. Raises `FileNotUsable`.
    """
    media_type = _media_type(content)
    expected = " or ".join(ENDINGS[taken].upper() for taken in TAKEN[kind])
    if media_type not in TAKEN[kind]:
        raise FileNotUsable(expected, "by its first bytes it is something else")
    try:
        return _clean(media_type, content)
    except BrokenFile as broken:
        raise FileNotUsable(expected, str(broken)) from None


def _clean(media_type: str, content: bytes) -> CleanFile:
    if media_type == JPEG:
        _check_size(jpeg.pixels_of(content))
        facts = exif.exif_facts(jpeg.exif_of(content) or b"")
        return CleanFile(JPEG, jpeg.stripped(content, facts.get("orientation")), facts)
    if media_type == PNG:
        _check_size(png.pixels_of(content))
        facts = exif.exif_facts(png.exif_of(content) or b"")
        return CleanFile(PNG, png.stripped(content), facts)
    if media_type == SVG:
        return CleanFile(SVG, svg.redrawn(content), {})
    return CleanFile(PDF, content, {})


def _check_size(pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise BrokenFile(f"it has more than {MOST_PIXELS:,} pixels")


def _media_type(content: bytes) -> str | None:
    if content.startswith(jpeg.MAGIC):
        return JPEG
    if content.startswith(png.MAGIC):
        return PNG
    if content.startswith(b"%PDF-"):
        return PDF
    start = content[:500].lstrip(b"\xef\xbb\xbf \t\r\n")
    return SVG if start.startswith((b"<svg", b"<?xml")) else None
