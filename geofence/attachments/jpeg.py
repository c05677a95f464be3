"""JPEG files without what cameras write about people (ITU-T T.81, annex B)."""

import re
from collections.abc import Iterator

from geofence.attachments.exif import HEADER, orientation_only

MAGIC = b"\xff\xd8\xff"

_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_SCAN, _END = 0xDA, 0xD9
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_LINES = 65_535
_BEHIND_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)


class BrokenFile(ValueError):
    """The bytes are no whole file of this kind; the message says what is wrong."""


def exif_of(content: bytes) -> bytes | None:
    """The TIFF structure in a file's Exif block. Raises `BrokenFile`."""
    for marker, segment in _segments(content):
        if marker == _APP1 and segment[4:].startswith(HEADER):
            return segment[4 + len(HEADER) :]
    return None


def pixels_of(content: bytes) -> int:
    """How many pixels a file would unpack to; 0 without a picture. Raises `BrokenFile`."""
    frames = (part for marker, part in _segments(content) if marker in _FRAMES)
    # Behind marker, length and precision: lines (0 where they are told later), and samples of one.
    sizes = ((int.from_bytes(f[5:7], "big"), int.from_bytes(f[7:9], "big")) for f in frames)
    return max(((lines or _MOST_LINES) * samples for lines, samples in sizes), default=0)


def stripped(content: bytes, orientation: int | None) -> bytes:
    """The picture alone: without Exif, XMP, comments, maker's notes, previews, and whatever stands
    behind its end. How it is turned stays. Raises `BrokenFile`.

    Of the applications' blocks stay JFIF's, the color profile, and Adobe's, which says how colors
    are coded.
    """
    kept, markers = [MAGIC[:2]], set()
    for marker, segment in _segments(content):
        markers.add(marker)
        if _stays(marker, segment):
            kept.append(segment)
    if not markers & _FRAMES or _SCAN not in markers:
        raise BrokenFile("there is no picture in it")
    if orientation not in (None, 1):
        block = orientation_only(orientation)
        kept.insert(1, b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block)
    return b"".join(kept)


def _stays(marker: int, segment: bytes) -> bool:
    if marker == _APP2:
        return segment[4:].startswith(b"ICC_PROFILE\0")
    if marker == _APP0:
        return segment[4:].startswith(b"JFIF\0")
    return marker == _APP14 or not (_APP0 <= marker <= 0xEF or marker == _COMMENT)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker, a scan with all of its data, up to the end of the picture."""
    if not content.startswith(MAGIC[:2]):
        raise BrokenFile("it does not begin as one")
    at = 2
    while True:
        marker, at = _marker(content, at)
        if marker == _END:
            yield marker, b"\xff\xd9"
            return
        length = int.from_bytes(content[at : at + 2], "big")
        end = at + length
        if length < 2 or end > len(content):
            raise BrokenFile("it is cut off")
        if marker == _SCAN:
            found = _BEHIND_SCAN.search(content, end)
            if found is None:
                raise BrokenFile("it is cut off")
            end = found.start()
        yield marker, b"\xff" + bytes([marker]) + content[at:end]
        at = end


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at a place, and where its segment goes on."""
    start = at
    while content[at : at + 1] == b"\xff":
        at += 1
    if at == start or at >= len(content):
        raise BrokenFile("it is cut off" if at >= len(content) else "it is damaged")
    return content[at], at + 1
