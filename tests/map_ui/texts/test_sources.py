"""What is said is found, and nothing is said past the catalogs."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

from map_ui.texts.sources import NotLiteralError, texts_of_module, titles_of
from tests.map_ui.pages import MAP_UI, STATIC, scripts
from tests.map_ui.texts.calls import calls

TEMPLATES = sorted((MAP_UI / "templates").rglob("*.html"))
FOR_DEVELOPERS = {"api_docs.html", "parts.html", "checkout.html"}
"""Shown to those who build and try the product, in English."""
NOT_YET: set[str] = set()
"""Templates ("case.html") and modules ("cases/list.js") that are still to be made translatable."""
NAMES = re.compile(r'Roundsman|UPI QR|\bEnter\b|data-[\w-]+="[^"]*"')
"""The same in every language."""
SHOWN = {"aria-label", "title", "alt", "placeholder"}
WORD = re.compile(r"[^\W\d_]{2}")


class Said(HTMLParser):
    """The text and the telling attributes of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in ("script", "style")
        self.found += [value or "" for name, value in attrs if name in SHOWN]

    def handle_endtag(self, _tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code:
            self.found.append(data)


def said(html: str) -> list[str]:
    """The words of HTML that a reader would see or hear."""
    parser = Said()
    parser.feed(html)
    return [text.strip() for text in parser.found if WORD.search(NAMES.sub("", text))]


def markup_of_template(template: Path) -> str:
    """A template with what it computes taken out, and what its blocks name."""
    source = re.sub(r"{%-? block (page|here|work_id) %}[^{]*", "", template.read_text())
    inside, kept = False, []
    for _, kind, value in Environment(autoescape=True).lex(source):
        if kind == "data":
            kept.append(value)
        elif kind.endswith(("_begin", "_end")):
            inside = kind.endswith("_begin")
    assert not inside
    return "".join(kept)


def markup_of_module(source: str) -> Iterator[str]:
    """What a module's ``html`` literals say, each by itself, with what they compute taken out."""
    open_literals: list[list[str]] = []
    depths: list[int] = []
    at = 0
    while at < len(source):
        is_text = len(open_literals) > len(depths)
        character = source[at]
        if is_text and character == "\\":
            at += 1
        elif character == "`":
            if is_text:
                yield "".join(open_literals.pop())
            else:
                open_literals.append([] if source[:at].endswith(("html", "svg")) else ["<!--"])
        elif is_text and source.startswith("${", at):
            open_literals[-1].append("0")
            depths.append(0)
            at += 1
        elif is_text:
            open_literals[-1].append(character)
        elif character == "{":
            if depths:
                depths[-1] += 1
        elif character == "}" and depths:
            depths[-1] -= 1
            if depths[-1] < 0:
                depths.pop()
        at += 1


SENTENCE = re.compile(
    r"""(?<!\bt\()(?<!\btn\()"[A-Z][a-z]+(?:[ ,’'][^"\n]*)?[.?!]?\""""
    "|(?<!html)`(?!Bearer)[A-Z][a-z]+ [^`]*`"
)
KEYS = {
    "Accept", "Arrow", "Backspace", "Delete", "Edge", "End", "Enter", "Escape", "Feature", "Home",
    "Notification", "Noto Sans", "Opera", "Polygon", "Segoe UI", "Tab",
}  # fmt: skip
"""What browsers, fonts and GeoJSON call keys, headers, shapes and themselves."""


def sentences(source: str) -> list[str]:
    """Literals that look like something said, and that no catalog is asked for."""
    plain = re.sub(r"^\s*(?:/\*.*?\*/|//[^\n]*)", "", source, flags=re.DOTALL | re.MULTILINE)
    plain = re.sub(r"\btn\(\s*\"[^\"]*\",\s*\"[^\"]*\"", "", plain)
    return [each for each in SENTENCE.findall(plain) if each.strip('"') not in KEYS]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_past_the_catalogs(template: Path) -> None:
    untold = said(markup_of_template(template))
    if template.name in FOR_DEVELOPERS | NOT_YET:
        assert untold, f"{template.name} can leave the list"
    else:
        assert untold == [], 'wrap it: {{ t("…") }}'


@pytest.mark.parametrize("module", scripts(), ids=lambda path: str(path.relative_to(STATIC)))
def test_a_module_says_nothing_past_the_catalogs(module: Path) -> None:
    source = module.read_text()
    untold = [text for markup in markup_of_module(source) for text in said(markup)]
    untold += sentences(source)
    if module.relative_to(STATIC).as_posix() in NOT_YET:
        assert untold, f"{module.name} can leave the list"
    else:
        assert untold == [], 'wrap it: t("…")'


@pytest.mark.parametrize("module", scripts(), ids=lambda path: str(path.relative_to(STATIC)))
def test_a_module_fills_in_the_parts_that_its_texts_have(module: Path) -> None:
    if module.name == "texts.js":
        return
    different = [
        (text, wanted, filled)
        for text, wanted, filled in calls(module.read_text())
        if wanted != filled
    ]
    assert different == []


def test_a_part_that_is_not_filled_in_is_seen() -> None:
    module = 't("{a} of {b}", { a: f(1, `x${g({ y: "}" })}`), c }); tn("{count} a", "{count} b", n)'
    assert list(calls(module)) == [
        ('"{a} of {b}"', {"a", "b"}, {"a", "c"}),
        ('"{count} a"', set(), set()),
    ]


def test_texts_are_found_in_the_depths_of_a_literal() -> None:
    module = """
      // t("not this")
      html`<p title=${t("One")}>${x ? html`don't ${tn("{count} a", "{count} b", n)}` : 1}`;
      export function t(text, parts) {}
      format("no"); list.at(0); t("Two \\"or\\" three", { x });
    """
    assert list(texts_of_module(module)) == [
        "One",
        ("{count} a", "{count} b"),
        'Two "or" three',
    ]


@pytest.mark.parametrize("call", ["t(name)", 't(is ? "a" : "b")', "t(`a ${b}`)", 'tn("a", b, 1)'])
def test_a_text_must_stand_in_quotes_where_it_is_asked_for(call: str) -> None:
    with pytest.raises(NotLiteralError):
        list(texts_of_module(f"draw({call})"))


@pytest.mark.parametrize(
    ("module", "untold"),
    [
        ("html`<p>Ask ${a} now</p>`", ["Ask 0 now"]),
        ('html`<p aria-label="Map">${t("Ask")}</p>`', ["Map"]),
        ('html`${x ? html`<b>Late</b>` : ""}`', ["Late"]),
        ('html`<p class="Big ${x}">${t("x")} · ${n} %</p>`', []),
        ("`/v1/agents/${id}/Map`", []),
    ],
)
def test_what_a_literal_says_by_itself_is_seen(module: str, untold: list[str]) -> None:
    assert [text for markup in markup_of_module(module) for text in said(markup)] == untold


def test_a_sentence_in_quotes_is_seen() -> None:
    source = 'toast("Changed."); t("Saved"); key === "Escape"; const a = `Paid ${b}`; "a-b"'
    assert sentences(source) == ['"Changed."', "`Paid ${b}`"]


def test_the_titles_of_problems_are_texts() -> None:
    source = 'class Late(Refused):\n    """It is too late.\n\n    More.\n    """\n'
    assert list(titles_of(source)) == ["It is too late"]
