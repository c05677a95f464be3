"""QR codes as a camera reads them from a page: what is drawn says what it is to say."""

from urllib.parse import quote
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from collection.upi.link import UpiRequest, upi_link
from collection.upi.qr import qr_svg
from core.money import Money
from tests.browser.conftest import watched
from tests.codes import code_shown
from tracking.phone_setup import Reporting, phone_setup

pytestmark = pytest.mark.browser

ASKED = UpiRequest(
    "lender@okbank", "Amanah & Söhne", Money(120_050, "INR"), "L4711", "Account L-4711"
)


def read_back(chromium: Browser, svg: str, side_px: int) -> str:
    page = watched(chromium).page
    page.set_content(
        f'<body style="margin:0"><img width="{side_px}" src="data:image/svg+xml,{quote(svg)}">'
    )
    return code_shown(page.locator("img"))


@pytest.mark.parametrize("side_px", [160, 240])
def test_a_code_to_pay_by_upi_says_its_link(chromium: Browser, side_px: int) -> None:
    link = upi_link(ASKED)
    assert read_back(chromium, qr_svg(link).decode(), side_px) == link


def test_codes_that_set_up_a_phone_say_what_either_app_scans(chromium: Browser) -> None:
    found = phone_setup(
        "https://a-rather-long-name.of-a-lender.example.com",
        UUID("0193c0de-0000-7000-8000-000000000001"), "Teléfono de Sofía", "rd_AbC-dEf" * 4,
        Reporting(3600, 10_000),
    )  # fmt: skip
    for app in (found.traccar_client, found.owntracks):
        svg = app.qr_code.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        assert read_back(chromium, svg, 480) == app.scan
