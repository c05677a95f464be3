"""The words of the app: whole in each language, in its forms, and amounts in words."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_every_language_has_the_texts_that_english_has_with_the_same_parts(page: Page) -> None:
    strays = page.evaluate(
        """async () => {
          const { en } = await import("/app/texts/en.js");
          const others = await Promise.all(
            ["es", "hi", "id"].map(async (code) => (await import(`/app/texts/${code}.js`))[code]));
          const partsOf = (text) => (text.match(/\\{\\w+\\}/g) ?? []).sort().join();
          const formsOf = (text) => (typeof text === "string" ? [text] : Object.values(text));
          const parts = (text) => [...new Set(formsOf(text).map(partsOf))].join(" or ");
          return others.flatMap((texts) => Object.keys({ ...en, ...texts })
            .filter((name) => parts(texts[name] ?? "{none}") !== parts(en[name] ?? "{none}")));
        }"""
    )
    assert strays == []


def test_a_count_is_told_in_the_form_that_the_language_has_of_it(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const { speak, t } = await import("/app/texts/texts.js");
          const told = (code) => (speak(code), [1, 2].map((count) => t("daysLate", { count })));
          const all = ["en", "es", "hi", "id"].map(told);
          speak("en");
          return all;
        }"""
    )
    assert told == [
        ["1 day late", "2 days late"], ["1 día de atraso", "2 días de atraso"],
        ["1 दिन की देरी", "2 दिन की देरी"], ["terlambat 1 hari", "terlambat 2 hari"],
    ]  # fmt: skip


def test_a_count_has_the_forms_of_its_language(page: Page) -> None:
    strays = page.evaluate(
        """async () => {
          const strays = [];
          for (const code of ["en", "es", "hi", "id"]) {
            const texts = (await import(`/app/texts/${code}.js`))[code];
            const forms = [1, 2].map((count) => new Intl.PluralRules(code).select(count));
            for (const [name, text] of Object.entries(texts)) {
              const isWhole = typeof text === "string" || forms.every((form) => text[form]);
              if (!isWhole) strays.push(`${code}: ${name}`);
            }
          }
          return strays;
        }"""
    )
    assert strays == []


@pytest.mark.parametrize(
    ("minor", "currency", "language", "words"),
    [
        (12_345_600, "INR", "en", "one lakh twenty-three thousand four hundred fifty-six"),
        (2_50_00_000_00, "INR", "en", "two crore fifty lakh"),
        (1_500_000, "CLP", "en", "one million five hundred thousand"),
        (1_00, "INR", "en", "one"),
        (999_999_00, "USD", "en", "nine hundred ninety-nine thousand nine hundred ninety-nine"),
        (12_345_600, "INR", "hi", "एक लाख तेईस हज़ार चार सौ छप्पन"),
        (99_00, "INR", "hi", "निन्यानवे"),
        (15_000, "CLP", "es", "quince mil"),
        (21_001, "CLP", "es", "veintiún mil un"),
        (21_00, "INR", "es", "veintiuna"),
        (200_00, "INR", "es", "doscientas"),
        (1_000_000, "CLP", "es", "un millón de"),
        (2_100_100, "CLP", "es", "dos millones cien mil cien"),
        (31_500, "CLP", "es", "treinta y un mil quinientos"),
        (1_500_000_00, "IDR", "id", "satu juta lima ratus ribu"),
        (1_111_00, "IDR", "id", "seribu seratus sebelas"),
        (17_045_00, "IDR", "id", "tujuh belas ribu empat puluh lima"),
    ],
)
def test_an_amount_is_told_in_words_as_its_language_counts(
    page: Page, minor: int, currency: str, language: str, words: str
) -> None:
    told = page.evaluate(
        "async (args) => (await import('/app/texts/in_words.js')).inWords(...args)",
        [minor, currency, language],
    )
    assert told.startswith(words + " "), told


def test_what_is_less_than_a_whole_unit_is_told_as_a_part_of_it(page: Page) -> None:
    told = page.evaluate(
        "async () => (await import('/app/texts/in_words.js')).inWords(10050, 'INR', 'en')"
    )
    assert told == "one hundred Indian rupees 50/100"


def test_a_slip_breaks_long_names_and_keeps_every_letter(page: Page) -> None:
    lines = page.evaluate(
        """async () => {
          const { wrapped } = await import("/app/facts/raster.js");
          return wrapped("María de los Ángeles Fernández-Covarrubias y", 12, (its) => its.length);
        }"""
    )
    assert max(map(len, lines)) <= 12
    assert "".join(lines).replace(" ", "") == "MaríadelosÁngelesFernández-Covarrubiasy"
