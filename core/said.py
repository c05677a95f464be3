"""Sentences for people that can be told in other languages than the English they are written in."""

from collections.abc import Iterable, Mapping


class Said(str):
    """A sentence in English that still knows its words and what was put between them.

    It is a plain string to everybody: a log, a comparison, a column. Who tells it to a reader looks
    its `text`, the English with its ``{parts}``, up in the catalogs; `many` is the same for other
    numbers than one, where it counts something (the part ``count``).
    """

    text: str
    many: str | None
    parts: Mapping[str, object]


def say(text: str, **parts: object) -> Said:
    """A sentence with its ``{parts}`` filled in. The text must stand there in quotes: the catalogs
    are made of these. A part may be a sentence itself."""
    return _said(text, None, parts)


def say_many(one: str, many: str, count: int, **parts: object) -> Said:
    """The same of a sentence with a form for each number; ``{count}`` is filled in, too."""
    return _said(one, many, {"count": count, **parts})


def say_all(sentences: Iterable[str], between: str = "; ") -> Said:
    """Sentences one after the other, each in the reader's language."""
    parts = {f"part_{number}": each for number, each in enumerate(sentences)}
    return _said(between.join(f"{{{name}}}" for name in parts), None, parts)


def plain(value: object) -> str:
    """A sentence as the string it is: for encoders that want no other class (msgspec's
    ``enc_hook``)."""
    if isinstance(value, Said):
        return str(value)
    raise NotImplementedError(type(value))


def _said(text: str, many: str | None, parts: Mapping[str, object]) -> Said:
    shown = many if many is not None and parts["count"] != 1 else text
    said = Said(shown.format(**parts) if parts else shown)
    said.text, said.many, said.parts = text, many, parts
    return said
