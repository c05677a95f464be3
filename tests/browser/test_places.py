"""The menu of pages, by pointer and on a phone."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import watched
from tests.browser.test_live_map import Town, sign_in
from tests.browser.test_territories import town

pytestmark = pytest.mark.browser
__all__ = ["town"]


@pytest.mark.parametrize(("width", "height"), [(390, 780), (1366, 768)])
def test_the_menu_leads_from_page_to_page(
    town: Town,
    chromium: Browser,
    width: int,
    height: int,
) -> None:
    watch = watched(chromium, width, height)
    page = watch.page
    sign_in(page, town)
    for name, path in (("Allocation", "/allocation"), ("Territories", "/territories")):
        page.locator(".places summary").click()
        page.locator(".places").get_by_role("link", name=name).click()
        page.wait_for_url(f"**{path}")
        current = page.locator('.places a[aria-current="page"]')
        expect(current).to_have_text(name)
        inside = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert inside
