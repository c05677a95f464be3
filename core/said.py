"""Sentences for people that can be told in other languages than the English they are written in."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Said(str):
    """A sentence in English that still knows its words and what was put between them.

    It is a plain string to everybody: a log, a comparison, a column. Only who tells it to a reader
    asks for it `in_words` of another language. `text` is the English with its ``{parts}``, which
    the catalogs know it by; `many` the same for other numbers than one, where it counts something.
    """

    text: str
    many: str | None
    parts: Mapping[str, object]

    def in_words(self, translate: Callable[[str, str | None, int], str]) -> str:
        """The sentence by another's words. `translate` is given the text, its plural or None, and
        the number that decides between them."""
        count = self.parts.get("count")
        text = translate(self.text, self.many, count if isinstance(count, int) else 0)
        parts = {
            name: part.in_words(translate) if isinstance(part, Said) else part
            for name, part in self.parts.items()
        }
        return text.format(**parts) if parts else text

    def kept(self) -> dict[str, Any]:
        """As JSON, for a column from which it is `said_again`."""
        parts = {
            name: part.kept() if isinstance(part, Said) else _plain(part)
            for name, part in self.parts.items()
        }
        return {"text": self.text, "many": self.many, "parts": parts}


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


def said_again(kept: Mapping[str, Any]) -> Said:
    """The sentence that `Said.kept` has put away."""
    parts = {
        name: said_again(part) if isinstance(part, Mapping) else part
        for name, part in kept["parts"].items()
    }
    return _said(kept["text"], kept["many"], parts)


def _said(text: str, many: str | None, parts: Mapping[str, object]) -> Said:
    shown = many if many is not None and parts["count"] != 1 else text
    said = Said(shown.format(**parts) if parts else shown)
    said.text, said.many, said.parts = text, many, parts
    return said


def _plain(part: object) -> str | int | float | bool | None:
    return part if isinstance(part, str | int | float | bool | None) else str(part)
