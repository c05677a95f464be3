"""Bytes of text formats to text."""

import codecs

from collection.reconciliation.errors import FileProblem, UnreadableStatement
from core.said import say


def decoded(content: bytes, encoding: str | None = None) -> str:
    """The text: in `encoding` when given, else UTF-8, UTF-16 with its mark, or Windows-1252.

    Raises `UnreadableStatement` naming the line of the first wrong byte.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = ["utf-16"]
    else:
        tried = [encoding] if encoding else ["utf-8-sig", "cp1252"]
    line = 1
    for name in tried:
        try:
            text = content.decode(name)
        except UnicodeError as error:
            line = content.count(b"\n", 0, getattr(error, "start", 0)) + 1
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff")
    expected = say("text in {tried}", tried=" or ".join(tried))
    raise UnreadableStatement((FileProblem(f"line {line}", "encoding", "these bytes", expected),))
