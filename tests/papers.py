"""What can be read on files that leave the product as PDF or XLSX."""

import io
import re
import zlib
from collections.abc import Iterator

from python_calamine import CalamineWorkbook

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_GLYPH = re.compile(r"<([0-9A-F]{4})> <([0-9A-F]{4,8})>")
_SHOWN = re.compile(rb"\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_ESCAPED = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of_pdf(content: bytes) -> str:
    """All that is written on a PDF of ours, once as each of its fonts would read it: with the
    wrong one it is gibberish, and with the right one it is there."""
    streams = list(_streams(content))
    fonts = [
        {int(glyph, 16): bytes.fromhex(its).decode("utf-16-be") for glyph, its in _GLYPH.findall(t)}
        for t in (stream.decode("latin-1") for stream in streams if b"beginbfchar" in stream)
    ]
    shown = [_unescaped(it) for s in streams if b" Tf" in s for it in _SHOWN.findall(s)]
    return "\n".join(
        " ".join(_read(glyphs, font) for glyphs in shown if len(glyphs) % 2 == 0) for font in fonts
    )


def text_of_workbook(content: bytes) -> str:
    """The cells of all sheets of an XLSX, a row to a line."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return "\n".join(
        "\t".join(map(str, row))
        for n in range(len(book.sheet_names))
        for row in book.get_sheet_by_index(n).to_python()
    )


def _streams(content: bytes) -> Iterator[bytes]:
    for packed in _STREAM.findall(content):
        try:
            yield zlib.decompress(packed)
        except zlib.error:
            yield packed


def _unescaped(shown: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda it: _ESCAPED.get(it[1], it[1]), shown, flags=re.DOTALL)


def _read(glyphs: bytes, font: dict[int, str]) -> str:
    return "".join(
        font.get(int.from_bytes(glyphs[n : n + 2]), "\N{REPLACEMENT CHARACTER}")
        for n in range(0, len(glyphs), 2)
    )
