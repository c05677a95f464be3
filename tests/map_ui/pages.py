"""The pages under test, and how a test reads their HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from map_ui import (
    account_page,
    allocation_page,
    api_docs_page,
    case_page,
    cases_page,
    cash_desk_page,
    dashboards_page,
    live_map,
    parts_page,
    phone_page,
    reconciliation_page,
    sign_in_page,
    territories_page,
)
from map_ui.places import PLACES
from tests.conftest import MONDAY_NINE

MAP_UI = Path(live_map.__file__).parent
STATIC = MAP_UI / "static"
NONCE = "bm9uY2U"
VIEWER: Any = {"viewer": "Paula Soto", "places": PLACES}

PAGES = {
    "account": lambda: account_page.render(nonce=NONCE, **VIEWER),
    "allocation": lambda: allocation_page.render(nonce=NONCE, **VIEWER),
    "case": lambda: case_page.render(nonce=NONCE, **VIEWER),
    "cases": lambda: cases_page.render(nonce=NONCE, **VIEWER),
    "cash desk": lambda: cash_desk_page.render(nonce=NONCE, **VIEWER),
    "dashboards": lambda: dashboards_page.render(nonce=NONCE, now=MONDAY_NINE, **VIEWER),
    "live map": lambda: live_map.render(nonce=NONCE, **VIEWER),
    "parts": lambda: parts_page.render(nonce=NONCE),
    "phone": lambda: phone_page.render(nonce=NONCE),
    "reconciliation": lambda: reconciliation_page.render(nonce=NONCE, **VIEWER),
    "territories": lambda: territories_page.render(nonce=NONCE, **VIEWER),
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
