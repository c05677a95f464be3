"""What the service itself says, told in the reader's language.

A sentence that was said a moment ago (`core.said`) still knows its words. One that was stored, such
as an alert's or the reason for a stop, is the English that stands in the record; its words are
found again by the catalogs' texts, each of which fits only sentences that were made of it.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from string import Formatter

from core.said import Said
from identity.language import language_code
from map_ui.texts.amounts import amounts_in
from map_ui.texts.catalog import forms, spoken, translated, translated_many
from map_ui.texts.language import LANGUAGES

LEAST_LETTERS = 6
"""A text of fewer letters between its parts would fit what people have written themselves, unless
all of its parts are numbers, or sentences and words that the catalogs know."""

KEPT_SENTENCES = 8192


def told_in(locale: str, text: str) -> str:
    """A sentence of the service in a reader's language, its amounts as they write them; as it is
    where no catalog knows it."""
    language = language_code(locale)
    return amounts_in(locale, str(text) if language == "en" else _told(language, text))


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
    # A list of reasons is told one by one, unless a text fits that has no list in its parts.
    if fitted := _fitted(language, text, with_lists=False):
        return fitted
    for between, joint in ((_SENTENCE, " "), (_LIST, "; ")):
        pieces = between.split(text, maxsplit=1)
        told = [_stored(language, each) for each in pieces] if len(pieces) > 1 else pieces
        if told != pieces:
            return joint.join(told)
    if aside := _ASIDE.fullmatch(text):
        first, inner, end = aside.groups()
        return f"{_stored(language, first)} ({_stored(language, inner)}){end}"
    if fitted := _fitted(language, text, with_lists=True):
        return fitted
    begun = text[:1].lower() + text[1:]
    told_begun = text if begun == text else _stored(language, begun)
    return text if told_begun in (begun, text) else told_begun[0].upper() + told_begun[1:]


def _fitted(language: str, text: str, *, with_lists: bool) -> str | None:
    """The text told by the first of the catalogs' that it fits; None where it fits none."""
    for pattern in _patterns():
        found = pattern.fits.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        if not with_lists and any("; " in part for part in parts.values()):
            continue
        told = {name: _stored(language, part) for name, part in parts.items()}
        if pattern.is_weak and any(told[name] == parts[name] for name in pattern.words):
            continue
        return pattern.filled(language, parts, told)
    return None


_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z])")
_LIST = re.compile(r"; (?![^(]*\))")
_ASIDE = re.compile(r"(.+?) \((.+)\)(\.?)", re.DOTALL)
"""Sentences after each other, reasons after each other, and a sentence with its reasons in
brackets."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A text of the catalogs, with what fits sentences that were made of it. Of its parts, `words`
    are no numbers; one that `is_weak` has few letters of its own."""

    one: str
    many: str | None
    fits: re.Pattern[str]
    words: tuple[str, ...]
    is_weak: bool

    def filled(self, language: str, parts: dict[str, str], told: dict[str, str]) -> str:
        """The text in a language, with the parts of such a sentence as they are told there."""
        words = translated(language, self.one)
        if self.many is not None:
            count = int(re.sub(r"\D", "", parts.get("count", "1")) or 1)
            words = translated_many(language, self.one, self.many, count)
        pieces = (
            (literal, told.get(name, "") if name else "")
            for literal, name, _, _ in Formatter().parse(words)
        )
        return "".join(literal + part for literal, part in pieces)


@cache
def _patterns() -> tuple[_Pattern, ...]:
    """Of all texts with parts that the service says, those with the most words of their own first:
    where two fit, it is the one that says more."""
    found: list[tuple[int, _Pattern]] = []
    language = next(each for each in LANGUAGES if each != "en")
    for message in spoken(language):
        is_said = any(
            not file.startswith(("map_ui/", "api/pages/")) for file, _ in message.locations
        )
        if not message.id or not is_said:
            continue
        one, *more = forms(message.id)
        for text in (one, *more):
            parsed = list(Formatter().parse(text))
            parts = [(name, form) for _, name, form, _ in parsed if name]
            words = tuple(name for name, form in parts if not _is_number(name, form))
            letters = sum(len(re.findall(r"[^\W\d_]", each)) for each, *_ in parsed)
            if parts and letters:
                many = more[0] if more else None
                is_weak = letters < LEAST_LETTERS and bool(words)
                found.append((letters, _Pattern(one, many, _fitting(text), words, is_weak)))
    return tuple(pattern for _, pattern in sorted(found, key=lambda each: -each[0]))


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
    return name == "count" or (form or "").endswith(("f", "g", "%", ","))
