"""The catalogs hold what the office says, all of it and nothing else, with the same parts."""

import re
from dataclasses import replace

import pytest
from babel.messages.catalog import Catalog, Message

from map_ui import account_page, sign_in_page
from map_ui.texts.catalog import FOLDER, forms, plural_in, safe_text_in, spoken, text_in
from map_ui.texts.renew import SPOKEN, renewed
from map_ui.texts.sources import gather
from tests.map_ui.pages import NONCE, OFFICE, tags

each_language = pytest.mark.parametrize("language", SPOKEN)
PART = re.compile(r"\{(\w+(?:![rs])?(?::[^{}]*)?)\}")


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return gather()


@each_language
def test_a_catalog_is_up_to_date(language: str, sources: Catalog) -> None:
    is_now = (FOLDER / f"{language}.po").read_bytes()
    assert is_now == renewed(language, sources), "run ./roundsman texts"


def translations(message: Message) -> list[tuple[str, str]]:
    """Each translation of a message with the English it stands for, where there is one."""
    english = forms(message.id)
    return [
        (english[min(number, len(english) - 1)], told)
        for number, told in enumerate(forms(message.string))
        if told
    ]


@each_language
def test_a_translation_has_the_parts_of_the_english_text(language: str) -> None:
    different = {
        english: told
        for message in spoken(language)
        if message.id
        for english, told in translations(message)
        # The form for one thing may say "one" for it.
        if (set(PART.findall(told)) ^ set(PART.findall(english)))
        - ({"count"} if len(forms(message.id)) > 1 else set())
    }
    assert different == {}


@each_language
def test_a_translation_begins_and_ends_as_the_english_text_does(language: str) -> None:
    """A space at an end would be lost on a translator; a note for them is not for readers."""
    strays = [
        told
        for message in spoken(language)
        if message.id
        for english, told in translations(message)
        if told != told.strip() or english != english.strip() or "|" in told
    ]
    assert strays == []


def test_a_text_is_told_in_the_readers_language_and_else_in_english() -> None:
    assert text_in("es-PE", "Sign in") == "Entrar"
    assert text_in("hi", "Signed in as {name}", name="Asha") == "Asha के रूप में साइन इन"
    assert text_in("id", "Nobody says this") == "Nobody says this"
    assert text_in("en", "Call|verb") == "Call"
    assert text_in("es", "Call|verb") == "Llamar"


def test_a_number_is_written_as_the_reader_writes_it() -> None:
    told = {
        locale: plural_in(locale, "{count} thing", "{count} things", 120_000)
        for locale in ("en", "en-IN", "es", "id")
    }
    assert told == {
        "en": "120,000 things",
        "en-IN": "1,20,000 things",
        "es": "120.000 things",
        "id": "120.000 things",
    }


def test_a_part_cannot_become_markup() -> None:
    assert "<b>" not in safe_text_in("es", "Signed in as {name}", name="<b>")
    assert "&lt;b&gt;" in safe_text_in("es", "Signed in as {name}", name="<b>")


def test_a_page_is_in_the_readers_language() -> None:
    html = account_page.render(replace(OFFICE, locale="hi-IN"), "Asia/Kolkata")
    assert '<html lang="hi-IN">' in html
    assert "आपका खाता" in html
    (script,) = [at for tag, at in tags(html) if at.get("src", "").startswith("/texts/hi.js?v=")]
    assert script["nonce"] == NONCE


def test_an_english_page_asks_for_no_translations() -> None:
    assert "/texts/" not in sign_in_page.render(nonce=NONCE, locale="en-IN")
