"""The pages under test, and how a test reads their HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from map_ui import (
    account_page,
    allocation_page,
    api_docs_page,
    case_page,
    cases_page,
    cash_desk_page,
    centers_page,
    dashboards_page,
    live_map,
    parts_page,
    phone_page,
    reconciliation_page,
    sign_in_page,
    territories_page,
)
from map_ui.page import Office
from map_ui.places import PLACES
from tests.conftest import MONDAY_NINE

MAP_UI = Path(live_map.__file__).parent
STATIC = MAP_UI / "static"
NONCE = "bm9uY2U"
OFFICE = Office(NONCE, "Paula Soto", PLACES)

PAGES = {
    "account": lambda: account_page.render(OFFICE, "America/Santiago"),
    "allocation": lambda: allocation_page.render(OFFICE),
    "case": lambda: case_page.render(OFFICE),
    "cases": lambda: cases_page.render(OFFICE),
    "cash desk": lambda: cash_desk_page.render(OFFICE),
    "centers": lambda: centers_page.render(OFFICE),
    "dashboards": lambda: dashboards_page.render(OFFICE, now=MONDAY_NINE),
    "live map": lambda: live_map.render(OFFICE),
    "parts": lambda: parts_page.render(nonce=NONCE),
    "phone": lambda: phone_page.render(nonce=NONCE),
    "reconciliation": lambda: reconciliation_page.render(OFFICE),
    "territories": lambda: territories_page.render(OFFICE),
    "sign-in": lambda: sign_in_page.render(nonce=NONCE),
    "API docs": lambda: api_docs_page.render(nonce=NONCE),
}


@dataclass
class Tags(HTMLParser):
    """Every start tag of a page, in order, with its attributes."""

    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def tags(html: str) -> list[tuple[str, dict[str, str]]]:
    parser = Tags()
    parser.feed(html)
    return parser.found


def scripts() -> list[Path]:
    """Our own JavaScript files."""
    return [path for path in sorted(STATIC.rglob("*.js")) if "vendor" not in path.parts]
