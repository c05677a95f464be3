"""Small files as phones make them."""

import struct
import zlib
from base64 import b64decode

PHOTO = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVG"
    "ZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8"
    "fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAEAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAXEAED"
    "AwAAAAAAAAAAAAAAAAAABEKB/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAb/xAAaEQABBwAAAAAAAAAAAAAAAAAAAQIFNIGx"
    "/9oADAMBAAIRAxEAPwCDDvgA5yl1hCib4yb0x//Z"
)
"""8 by 4 pixels, without anything beside the picture."""

DRAWN = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAYAAACzzX7wAAAAI0lEQVR4AaSKoQ0AAAzCmv3/M0NuBgMJomkHpPsHFg6I"
    "64MFAAD//6jUFLQAAAAGSURBVAMALFEP+XIBaRgAAAAASUVORK5CYII="
)
SIGNATURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    b' viewBox="0 0 300 150" width="300" height="150"><path d="M 1,2 C 3,4 5,6 7,8"'
    b' stroke-width="2.5" stroke="black" fill="none" stroke-linecap="round"></path>'
    b'<circle r="1.5" cx="9" cy="9" fill="black"></circle></svg>'
)


def exif(
    order: str = ">", *, orientation: int = 6, lat: tuple[int, int, int] = (29, 54, 9)
) -> bytes:
    """A TIFF structure: taken on Monday at 09:41:05 (UTC-3) in La Serena."""
    taken, offset, day = b"2026:11:23 09:41:05\0", b"-03:00\0", b"2026:11:23\0"
    main, inner, gps, data = 8, 8 + 2 + 36 + 4, 8 + 42 + 2 + 24 + 4, 8 + 42 + 30 + 2 + 72 + 4
    at = {}
    blob = b""
    parts = {
        "taken": taken, "offset": offset, "day": day,
        "lat": struct.pack(f"{order}6I", lat[0], 1, lat[1], 1, lat[2] * 100, 100),
        "lon": struct.pack(f"{order}6I", 71, 1, 15, 1, 7, 1),
        "time": struct.pack(f"{order}6I", 12, 1, 41, 1, 5, 1),
    }  # fmt: skip
    for name, part in parts.items():
        at[name] = data + len(blob)
        blob += part

    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        return struct.pack(f"{order}HHII", tag, kind, count, value)

    def text(tag: int, letter: bytes) -> bytes:
        return struct.pack(f"{order}HHI4s", tag, 2, 2, letter + b"\0\0\0")

    def directory(*entries: bytes) -> bytes:
        return struct.pack(f"{order}H", len(entries)) + b"".join(entries) + b"\0" * 4

    turned = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    head = (b"MM" if order == ">" else b"II") + struct.pack(f"{order}HI", 42, main)
    return (
        head
        + directory(turned, entry(0x8769, 4, 1, inner), entry(0x8825, 4, 1, gps))
        + directory(entry(0x9003, 2, 20, at["taken"]), entry(0x9011, 2, 7, at["offset"]))
        + directory(
            text(1, b"S"), entry(2, 5, 3, at["lat"]), text(3, b"W"), entry(4, 5, 3, at["lon"]),
            entry(7, 5, 3, at["time"]), entry(29, 2, 11, at["day"]),
        )
        + blob
    )  # fmt: skip


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


def photo_with(*segments: bytes, behind: bytes = b"") -> bytes:
    """`PHOTO` with these segments behind its first, and bytes behind its end."""
    return PHOTO[:20] + b"".join(segments) + PHOTO[20:] + behind


def a_phones_photo(tag: bytes = b"") -> bytes:
    """A photo with all that a phone writes into it; `tag` makes it another one."""
    return photo_with(
        segment(0xE1, b"Exif\0\0" + exif() + tag),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Diego's phone</x:xmpmeta>"),
        segment(0xE2, b"MPF\0 a second picture"),
        segment(0xED, b"Photoshop 3.0\0 caption"),
        segment(0xFE, b"comment"),
        behind=b"a film of three seconds",
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + kind + data + crc


def drawn_with(*chunks: bytes, behind: bytes = b"") -> bytes:
    """`DRAWN` with these chunks behind its header, and bytes behind its end."""
    return DRAWN[:33] + b"".join(chunks) + DRAWN[33:] + behind
