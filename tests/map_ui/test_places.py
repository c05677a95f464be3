"""The menu of pages leads everybody to what they can work with."""

import pytest

from identity.permission import GRANTS
from identity.principal import Role
from map_ui.places import PLACES, places_for
from tests.map_ui.pages import PAGES, tags


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        (
            Role.SUPERVISOR,
            [
                "/live",
                "/cases",
                "/centers",
                "/confirmations",
                "/admin/cash-limits",
                "/allocation",
                "/territories",
                "/admin/shifts",
                "/dashboards",
            ],
        ),
        (Role.ALLOCATION_MANAGER, ["/allocation", "/territories", "/admin/shifts"]),
        (Role.TELE_CALLER, ["/cases"]),
        (Role.CASH_DESK, ["/cash-desk", "/reconciliation"]),
        (
            Role.ADMIN,
            [
                "/live",
                "/cases",
                "/centers",
                "/confirmations",
                "/admin/cash-limits",
                "/allocation",
                "/territories",
                "/admin/shifts",
                "/cash-desk",
                "/reconciliation",
                "/dashboards",
                "/admin",
            ],
        ),
        (Role.AGENT, []),
    ],
)
def test_who_finds_which_pages(role: Role, paths: list[str]) -> None:
    assert [place.path for place in places_for(GRANTS[role])] == paths


@pytest.mark.parametrize(
    "name", ["live map", "allocation", "territories", "reconciliation", "cases", "dashboards"]
)
def test_a_page_has_the_menu_and_says_where_one_is(name: str) -> None:
    links = [attrs for tag, attrs in tags(PAGES[name]()) if tag == "a" and "href" in attrs]
    paths = [attrs["href"] for attrs in links]
    assert [path for path in paths if path in {place.path for place in PLACES}] == [
        place.path for place in PLACES
    ]
    assert sum(attrs.get("aria-current") == "page" for attrs in links) == 1
