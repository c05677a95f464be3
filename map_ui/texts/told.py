"""What the service itself says, told in the reader's language.

A sentence that was said a moment ago (`core.said`) still knows its words. One that was stored, such
as an alert's or the reason for a stop, is the English that stands in the record; its words are
found again by the catalogs' texts, each of which fits only sentences that were made of it.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import starmap
from string import Formatter

from core.said import Said
from identity.language import language_code
from map_ui.texts.catalog import forms, spoken, translated, translated_many
from map_ui.texts.language import LANGUAGES

LEAST_LETTERS = 6
"""A text of fewer letters between its parts would fit what people have written themselves, unless
all of its parts are numbers."""

NUMBERS = {"count", "days", "hours", "minutes"}
"""Parts that are numbers, besides those that are written in the way of one."""

KEPT_SENTENCES = 8192


def told_in(locale: str, text: str) -> str:
    """A sentence of the service in a language; as it is where no catalog knows it."""
    language = language_code(locale)
    return str(text) if language == "en" else _told(language, text)


def _told(language: str, text: str) -> str:
    if not isinstance(text, Said):
        return _stored(language, text)
    count = text.parts.get("count")
    words = translated(language, text.text) if text.many is None else (
        translated_many(language, text.text, text.many, int(str(count)))
    )  # fmt: skip
    if not text.parts:
        return words
    return words.format(
        **{
            name: _told(language, part) if isinstance(part, str) else part
            for name, part in text.parts.items()
        }
    )


@lru_cache(KEPT_SENTENCES)
def _stored(language: str, text: str) -> str:
    if (whole := translated(language, text)) != text:
        return whole
    for pattern in _patterns():
        if found := pattern.fits.fullmatch(text):
            return pattern.filled(language, found.groupdict())
    if "; " in text:
        return "; ".join(_stored(language, each) for each in text.split("; "))
    if text[:1].isupper():
        begun = text[0].lower() + text[1:]
        if (told := translated(language, begun)) != begun:
            return told[0].upper() + told[1:]
    return text


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A text of the catalogs, with what fits sentences that were made of it."""

    one: str
    many: str | None
    fits: re.Pattern[str]

    def filled(self, language: str, parts: dict[str, str]) -> str:
        """The text in a language, with the parts of such a sentence, each told itself."""
        words = translated(language, self.one)
        if self.many is not None:
            count = int(re.sub(r"\D", "", parts.get("count", "1")) or 1)
            words = translated_many(language, self.one, self.many, count)
        told = {name: _stored(language, part) for name, part in parts.items()}
        pieces = (
            (literal, told.get(name, "") if name else "")
            for literal, name, _, _ in Formatter().parse(words)
        )
        return "".join(literal + part for literal, part in pieces)


@cache
def _patterns() -> tuple[_Pattern, ...]:
    """Of all texts with parts that the service says, those with the most words of their own first:
    where two fit, it is the one that says more."""
    found: dict[tuple[str, str | None, str], int] = {}
    language = next(each for each in LANGUAGES if each != "en")
    for message in spoken(language):
        is_said = any(
            not file.startswith(("map_ui/", "api/pages/")) for file, _ in message.locations
        )
        if not message.id or not is_said:
            continue
        one, *more = forms(message.id)
        many = more[0] if more else None
        for text in (one, *more):
            letters = sum(
                len(re.findall(r"[^\W\d_]", each)) for each, *_ in Formatter().parse(text)
            )
            parts = [(name, form) for _, name, form, _ in Formatter().parse(text) if name]
            if parts and (letters >= LEAST_LETTERS or all(starmap(_is_number, parts))):
                found[one, many, text] = letters
    ordered = sorted(found, key=lambda key: -found[key])
    return tuple(_Pattern(one, many, _fitting(text)) for one, many, text in ordered)


def _fitting(text: str) -> re.Pattern[str]:
    fits, seen = "", set[str]()
    for literal, name, form, _ in Formatter().parse(text):
        fits += re.escape(literal)
        if name is None:
            continue
        if name in seen:
            fits += f"(?P={name})"
            continue
        seen.add(name)
        fits += f"(?P<{name}>{'-?[0-9][0-9.,]*%?' if _is_number(name, form) else '.+?'})"
    return re.compile(fits, re.DOTALL)


def _is_number(name: str, form: str | None) -> bool:
    return name in NUMBERS or (form or "").endswith(("f", "g", "%", ","))
