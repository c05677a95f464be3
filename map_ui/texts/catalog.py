"""The catalogs as they are read: a text in another language, with its parts filled in.

A text is named by its English words, ``{parts}`` included. Where one word of English has two
meanings, a note after a bar tells them apart: ``Open|state`` and ``Open|verb``; no reader sees it.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from markupsafe import Markup, escape

from identity.language import language_code

FOLDER = Path(__file__).parent


def text_in(locale: str, text: str, **parts: object) -> str:
    """A text in the reader's language, or in English where the catalog lacks it."""
    found = _found(locale, text)
    return found.format(**parts) if parts else found


def plural_in(locale: str, one: str, many: str, count: int, **parts: object) -> str:
    """The same of a text with a form for each number; ``{count}`` is filled in, too."""
    told = _translations(language_code(locale)).ngettext(one, many, count)
    written = format_decimal(count, locale=Locale.parse(locale, sep="-"))
    return _without_note(told).format(count=written, **parts)


def safe_text_in(locale: str, text: str, **parts: object) -> Markup:
    """As `text_in`, for HTML: the text and its parts are escaped, unless a part is markup."""
    return Markup(escape(_found(locale, text))).format(**parts)  # noqa: S704 - escaped right here


def marked(text: str) -> str:
    """The text itself: says to the catalogs that it is translated where it is shown."""
    return text


def translated(language: str, text: str) -> str:
    """A text in a language, its ``{parts}`` still to be filled in; itself where that lacks it."""
    return _translations(language).gettext(text) if text else text


def translated_many(language: str, one: str, many: str, count: int) -> str:
    """The same of a text with a form for each number."""
    return _translations(language).ngettext(one, many, count)


def spoken(language: str) -> Catalog:
    """A language's catalog as it stands in its file."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def browser_script(language: str) -> str:
    """A script that tells the pages' modules their texts (`static/parts/texts.js` reads them)."""
    told = {}
    for message in spoken(language) if language != "en" else ():
        is_modules = any(file.endswith((".js", "figure.py")) for file, _ in message.locations)
        if message.id and is_modules and all(forms(message.string)):
            name, *_ = forms(message.id)
            told[name] = message.string
    return f"globalThis.TEXTS = {json.dumps(told, ensure_ascii=False, sort_keys=True)};\n"


@cache
def browser_script_version(language: str) -> str:
    """Changes with what the script of a language says."""
    return hashlib.sha256(browser_script(language).encode()).hexdigest()[:12]


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A message's text, or one for each number, as Babel has them; none is an empty one."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _found(locale: str, text: str) -> str:
    return _without_note(_translations(language_code(locale)).gettext(text))


def _without_note(text: str) -> str:
    return text.split("|", maxsplit=1)[0]


@cache
def _translations(language: str) -> Translations:
    compiled = Translations()
    if (FOLDER / f"{language}.po").exists():
        buffer = BytesIO()
        write_mo(buffer, spoken(language))
        buffer.seek(0)
        compiled = Translations(buffer)
    return compiled
