"""PNG files without texts and times (PNG specification, third edition)."""

import zlib
from collections.abc import Iterator

from geofence.attachments.jpeg import BrokenFile

MAGIC = b"\x89PNG\r\n\x1a\n"

_SEEN = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs"}
"""Beside the critical chunks those that say how the picture looks."""


def exif_of(content: bytes) -> bytes | None:
    """The TIFF structure in a file's Exif chunk. Raises `BrokenFile`."""
    return next((data for kind, data in _chunks(content) if kind == b"eXIf"), None)


def pixels_of(content: bytes) -> int:
    """How many pixels a file would unpack to. Raises `BrokenFile`."""
    kind, data = next(_chunks(content))
    if kind != b"IHDR" or len(data) < 8:
        raise BrokenFile("there is no picture in it")
    return int.from_bytes(data[:4], "big") * int.from_bytes(data[4:8], "big")


def stripped(content: bytes) -> bytes:
    """The picture alone: without texts, times, Exif, further frames, and whatever stands behind
    its end. Raises `BrokenFile`."""
    kept, kinds = [MAGIC], []
    for kind, data in _chunks(content):
        kinds.append(kind)
        if not kind[0] & 0x20 or kind in _SEEN:  # a capital letter: critical
            crc = zlib.crc32(kind + data)
            kept.append(len(data).to_bytes(4, "big") + kind + data + crc.to_bytes(4, "big"))
    if kinds[0] != b"IHDR" or b"IDAT" not in kinds:
        raise BrokenFile("there is no picture in it")
    return b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not content.startswith(MAGIC):
        raise BrokenFile("it does not begin as one")
    at, kind = len(MAGIC), b""
    while kind != b"IEND":
        length = int.from_bytes(content[at : at + 4], "big")
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        crc = content[at + 8 + length : at + 12 + length]
        if len(crc) < 4:
            raise BrokenFile("it is cut off")
        if int.from_bytes(crc, "big") != zlib.crc32(kind + data):
            raise BrokenFile("it is damaged")
        yield kind, data
        at += 12 + length
