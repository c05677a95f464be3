"""Brings the catalogs up to date with what stands in the sources."""

import re
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from map_ui.texts.catalog import FOLDER, forms, spoken
from map_ui.texts.language import LANGUAGES
from map_ui.texts.sources import gather

SPOKEN = tuple(language for language in LANGUAGES if language != "en")
_CHANGES_ALWAYS = re.compile(
    rb'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date'
    rb"|Last-Translator|Language-Team|Generated-By):.*\n",
    re.MULTILINE,
)


def renewed(language: str, sources: Catalog) -> bytes:
    """A language's file with the texts of now: what is no longer said is left out, what is new
    waits for its translation with an empty one."""
    catalog = spoken(language) if (FOLDER / f"{language}.po").exists() else Catalog(language)
    catalog.update(sources, no_fuzzy_matching=True)
    catalog.header_comment, catalog.fuzzy = "", False
    written = BytesIO()
    write_po(
        written, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True
    )
    # Without the lines that differ each time, the same texts make the same file.
    return _CHANGES_ALWAYS.sub(b"", written.getvalue())


def renew() -> dict[str, tuple[int, int]]:
    """Write every catalog anew. Language → how many texts there are, and how many wait."""
    sources = gather()
    for language in SPOKEN:
        (FOLDER / f"{language}.po").write_bytes(renewed(language, sources))
    return {language: (len(spoken(language)), waiting(spoken(language))) for language in SPOKEN}


def waiting(catalog: Catalog) -> int:
    """How many texts have no translation yet, and are told in English."""
    return sum(bool(message.id) and not all(forms(message.string)) for message in catalog)
