"""What is kept of files: the picture, and beside it when and where it was taken."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.attachments.attachment import FileKind, clean
from geofence.attachments.errors import FileNotUsable
from geofence.attachments.exif import exif_facts
from tests.geofence.attachments.samples import (
    DRAWN,
    PHOTO,
    SIGNATURE,
    a_phones_photo,
    chunk,
    drawn_with,
    exif,
    photo_with,
    segment,
)

FACTS = {
    "taken_at": "2026-11-23T09:41:05-03:00",
    "lat": -29.9025,
    "lon": -71.2519444,
    "located_at": "2026-11-23T12:41:05Z",
    "orientation": 6,
}


@pytest.mark.parametrize("order", [">", "<"])
def test_exif_tells_when_and_where_in_either_byte_order(order: str) -> None:
    assert exif_facts(exif(order)) == FACTS


def test_of_a_photo_the_picture_is_kept_and_how_it_is_turned() -> None:
    kept = clean(FileKind.PHOTO, a_phones_photo())
    assert (kept.media_type, kept.exif) == ("image/jpeg", FACTS)
    turned = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    assert kept.content == PHOTO[:2] + segment(0xE1, turned) + PHOTO[2:]
    assert clean(FileKind.PHOTO, kept.content).content == kept.content
    assert exif_facts(turned[6:]) == {"orientation": 6}


def test_a_photo_without_anything_beside_the_picture_stays_as_it_is() -> None:
    assert clean(FileKind.PHOTO, PHOTO).content == PHOTO
    upright = photo_with(segment(0xE1, b"Exif\0\0" + exif(orientation=1)))
    assert clean(FileKind.PHOTO, upright).content == PHOTO


def test_what_says_how_colors_look_stays() -> None:
    colors = photo_with(segment(0xE2, b"ICC_PROFILE\0\x01\x01..."), segment(0xEE, b"Adobe\0d"))
    assert clean(FileKind.PHOTO, colors).content == colors


def test_of_a_drawing_the_picture_is_kept() -> None:
    written = drawn_with(
        chunk(b"eXIf", exif()), chunk(b"tEXt", b"Author\0Diego"), chunk(b"tIME", b"\x07\xea" * 3),
        behind=b"more",
    )  # fmt: skip
    kept = clean(FileKind.PHOTO, written)
    assert (kept.media_type, kept.content, kept.exif) == ("image/png", DRAWN, FACTS)
    clear = drawn_with(chunk(b"gAMA", b"\0\0\xb1\x8f"))
    assert clean(FileKind.SIGNATURE, clear).content == clear


def test_of_a_signature_the_strokes_are_kept() -> None:
    kept = clean(FileKind.SIGNATURE, SIGNATURE)
    assert kept.media_type == "image/svg+xml"
    assert kept.content == (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 150" width="300" height="150">'
        b'<path d="M 1,2 C 3,4 5,6 7,8" stroke-width="2.5" stroke="black" fill="none"'
        b' stroke-linecap="round"></path><circle r="1.5" cx="9" cy="9" fill="black"></circle></svg>'
    )


def an_svg(inside: str, attributes: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject><b/></foreignObject>",
        '<image href="https://example.com/x.png"/>',
        '<use href="#a"/>',
        "<style>path{fill:url(https://example.com)}</style>",
        '<a href="javascript:alert(1)"><path/></a>',
        '<animate attributeName="href"/>',
        '<b xmlns="http://www.w3.org/1999/xhtml"/>',
        "<g>" * 20 + "</g>" * 20,
    ],
)
def test_a_signature_with_anything_but_strokes_is_refused(inside: str) -> None:
    with pytest.raises(FileNotUsable, match="no stroke"):
        clean(FileKind.SIGNATURE, an_svg(inside))


def test_nothing_in_a_signature_acts_or_asks() -> None:
    drawn = an_svg(
        '<!-- who --><?php 1?><path onclick="alert(1)" style="fill:url(https://example.com)"'
        ' fill="URL(https://example.com)" d="M0,0 &lt;&quot;"/>text',
        'onload="alert(1)" xml:base="https://example.com"',
    )
    assert clean(FileKind.SIGNATURE, drawn).content == (
        b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0,0 &lt;&quot;"></path></svg>'
    )


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SIGNATURE,
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg/>',
        b"<svg>",
        b"<svg/>",
        b'<?xml version="1.0"?><html/>',
    ],
)
def test_a_signature_that_is_no_plain_svg_is_refused(content: bytes) -> None:
    with pytest.raises(FileNotUsable):
        clean(FileKind.SIGNATURE, content)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (FileKind.PHOTO, b"GIF89a"),
        (FileKind.PHOTO, SIGNATURE),
        (FileKind.PHOTO, b"%PDF-1.7"),
        (FileKind.SIGNATURE, PHOTO),
        (FileKind.SIGNATURE, b"<html>"),
        (FileKind.DOCUMENT, SIGNATURE),
        (FileKind.DOCUMENT, b""),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_first_bytes(
    kind: FileKind, content: bytes
) -> None:
    with pytest.raises(FileNotUsable, match="something else"):
        clean(kind, content)


@pytest.mark.parametrize("whole", [a_phones_photo(), DRAWN, SIGNATURE])
@given(data=st.data())
def test_a_broken_file_is_taken_or_refused_but_never_a_fault(
    whole: bytes, data: st.DataObject
) -> None:
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    at = data.draw(st.integers(0, len(whole) - 1))
    other = whole[:at] + data.draw(st.binary(min_size=1, max_size=4)) + whole[at + 1 :]
    for content in (cut, other):
        for kind in FileKind:
            with contextlib.suppress(FileNotUsable):
                clean(kind, content)


@pytest.mark.parametrize("length", range(3, len(PHOTO)))
def test_a_photo_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(FileNotUsable, match=r"cut off|no picture"):
        clean(FileKind.PHOTO, PHOTO[:length])


def test_a_damaged_drawing_is_refused() -> None:
    with pytest.raises(FileNotUsable, match="damaged"):
        clean(FileKind.SIGNATURE, DRAWN[:50] + b"x" + DRAWN[51:])


@given(st.binary(max_size=300))
def test_any_bytes_for_exif_tell_something_or_nothing(data: bytes) -> None:
    for head in (b"MM\0*\0\0\0\x08", b"II*\0\x08\0\0\0"):
        facts = exif_facts(head + data)
        assert facts.keys() <= FACTS.keys()
        assert ("lat" in facts) == ("lon" in facts)


def test_a_place_that_cannot_be_is_left_out() -> None:
    facts = exif_facts(exif(lat=(91, 0, 0)))
    assert "lat" not in facts
    assert "lon" not in facts
    assert facts["taken_at"] == FACTS["taken_at"]


@pytest.mark.parametrize(("width", "height"), [(8_001, 8_000), (1, 64_000_001)])
def test_a_small_file_that_is_a_huge_picture_is_refused(width: int, height: int) -> None:
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    drawn = DRAWN[:8] + chunk(b"IHDR", size + DRAWN[24:29]) + DRAWN[33:]
    with pytest.raises(FileNotUsable, match="more than 64,000,000 pixels"):
        clean(FileKind.PHOTO, drawn)


@pytest.mark.parametrize(("lines", "samples"), [(8_001, 8_000), (0, 8_000)])
def test_a_small_file_that_is_a_huge_photo_is_refused(lines: int, samples: int) -> None:
    at = PHOTO.index(b"\xff\xc0") + 5
    size = lines.to_bytes(2, "big") + samples.to_bytes(2, "big")
    with pytest.raises(FileNotUsable, match="more than 64,000,000 pixels"):
        clean(FileKind.PHOTO, PHOTO[:at] + size + PHOTO[at + 4 :])
