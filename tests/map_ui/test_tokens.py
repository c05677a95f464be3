"""Text must be readable in bright sun (7:1 where it counts), in both looks, as WCAG measures it."""

import re

import pytest

from tests.map_ui.pages import STATIC

COLORS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
        (STATIC / "tokens.css").read_text(),
    )
}


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


STATES = ("planned", "visiting", "verified", "probable", "missed")
READ_IN_SUN = [
    *((ink, ground) for ink in ("ink", "ink-2") for ground in ("surface", "surface-2", "ground")),
    *((f"{state}-ink", ground) for state in STATES for ground in ("surface", f"{state}-wash")),
    ("accent-ink", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "missed-ink"),
    ("surface", "ink"),
]


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ_IN_SUN)
def test_text_stands_out_seven_to_one(ink: str, ground: str, look: str) -> None:
    assert contrast(COLORS[ink][look], COLORS[ground][look]) >= 7


@pytest.mark.parametrize("look", ["light", "dark"])
def test_side_notes_stand_out_enough(look: str) -> None:
    assert contrast(COLORS["ink-3"][look], COLORS["surface"][look]) >= 4.5


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("mark", [*STATES, "accent", "line-strong", "focus"])
def test_marks_and_borders_of_fields_can_be_seen(mark: str, look: str) -> None:
    assert contrast(COLORS[mark][look], COLORS["surface"][look]) >= 3


def test_what_is_wrong_with_a_whole_form_looks_wrong_wherever_it_is_told() -> None:
    sources = [*STATIC.rglob("*.js"), *(STATIC.parent / "templates").rglob("*.html")]
    places = {
        f"{file.relative_to(STATIC.parent)}: {found}"
        for file in sources
        if "vendor" not in file.parts
        for found in re.findall(r"<\w+ [^>]*\bdata-problem(?!-of)\b[^>]*>", file.read_text())
    }
    assert len(places) > 15
    plain = {one for one in places if 'class="banner offline" role="alert"' not in one}
    assert plain == set()
