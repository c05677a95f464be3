import pytest

from map_ui.texts.language import LANGUAGES, locale_for
from map_ui.texts.renew import SPOKEN


@pytest.mark.parametrize(
    ("chosen", "accepted", "otherwise", "locale"),
    [
        (None, "es-PE,es;q=0.9,en;q=0.8", "en", "es-PE"),
        (None, "en-IN,hi;q=0.9", "en", "en-IN"),
        (None, "de-DE,hi-IN;q=0.5", "en", "hi-IN"),
        (None, "en;q=0.4, id;q=0.9", "en", "id"),
        (None, "es-MX;q=0, hi", "en", "hi"),
        (None, "de,fr", "id", "id"),
        (None, "", "es", "es"),
        (None, "*", "de", "en"),
        ("hi", "es-PE,es;q=0.9", "en", "hi"),
        ("es", "en-US,es-PE;q=0.2", "en", "es-PE"),
        ("de", "es-CL", "en", "es-CL"),
        (None, "es-<script>,id;q=oops,hi", "en", "hi"),
    ],
)
def test_a_reader_gets_their_choice_then_their_browsers_language_then_the_installations(
    chosen: str | None, accepted: str, otherwise: str, locale: str
) -> None:
    assert locale_for(chosen, accepted, otherwise) == locale


def test_every_language_but_english_has_a_catalog() -> None:
    assert {"en", *SPOKEN} == set(LANGUAGES)
