"""What sets up a phone: links that the apps understand, and QR codes that hold them."""

import json
import re
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import segno

from tracking.phone_setup import Accuracy, PhoneSetup, Reporting, phone_setup

DEVICE = UUID("0193c0de-0000-7000-8000-000000000001")
KEY = "rd_AbC-dEf_0123456789"


def setup(url: str = "https://roundsman.example.com", **reporting: Any) -> PhoneSetup:
    return phone_setup(url, DEVICE, "Phone 7", KEY, Reporting(**reporting))


def configuration(found: PhoneSetup) -> dict[str, Any]:
    parts = urlsplit(found.owntracks.link)
    assert (parts.scheme, parts.netloc, parts.path) == ("owntracks", "", "/config")
    (inline,) = parse_qs(parts.query)["inline"]
    content: dict[str, Any] = json.loads(b64decode(inline, validate=True))
    return content


def modules(svg: str) -> list[list[bool]]:
    """The dark modules that an SVG of segno draws: runs of one row each, in relative steps."""
    (path,) = re.findall(r'class="qrline"[^>]* d="([^"]+)"', svg)
    (side,) = re.findall(r'width="(\d+)"', svg)[:1]
    size = int(side) // 4 - 8
    drawn = [[False] * size for _ in range(size)]
    x, y = 0.0, 0.0
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?", path):
        if command == "M":
            x, y = float(first), float(second)
        elif command == "m":
            x, y = x + float(first), y + float(second)
        else:
            for column in range(int(x) - 4, int(x) - 4 + int(first)):
                drawn[int(y - 0.5) - 4][column] = True
            x += float(first)
    return drawn


def test_traccar_client_scans_its_settings_from_the_servers_own_address() -> None:
    found = setup(interval_s=20, distance_m=50, accuracy=Accuracy.HIGHEST)
    parts = urlsplit(found.traccar_client.scan)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == found.server_url
    assert found.server_url == "https://roundsman.example.com/gps"
    assert parse_qs(parts.query) == {
        "id": [KEY], "interval": ["20"], "fastest_interval": ["20"], "distance": ["50"],
        "accuracy": ["highest"], "buffer": ["true"], "stop_detection": ["false"],
    }  # fmt: skip


def test_traccar_client_opens_a_link_that_names_the_server_beside_the_same_settings() -> None:
    found = setup()
    link, scan = urlsplit(found.traccar_client.link), urlsplit(found.traccar_client.scan)
    assert link.scheme == "org.traccar.client"
    assert parse_qs(link.query) == parse_qs(scan.query) | {"url": [found.server_url]}


def test_owntracks_imports_a_configuration_of_http_mode_with_the_key_as_password() -> None:
    content = configuration(setup(interval_s=60, distance_m=25))
    assert content["_type"] == "configuration"
    assert (content["mode"], content["url"]) == (3, "https://roundsman.example.com/gps")
    assert (content["auth"], content["password"]) == (True, KEY)
    assert (content["monitoring"], content["tid"]) == (2, "e7")
    assert (content["locatorInterval"], content["moveModeLocatorInterval"]) == (60, 60)
    assert content["locatorDisplacement"] == 25
    assert content["encryptionKey"] == ""


def test_owntracks_saves_the_battery_where_little_accuracy_is_asked_for() -> None:
    assert configuration(setup(accuracy=Accuracy.LOW))["monitoring"] == 1


@pytest.mark.parametrize("url", ["http://10.0.0.2:8765/", "https://example.com/field"])
def test_the_server_may_live_at_any_address(url: str) -> None:
    assert setup(url).server_url == f"{url.rstrip('/')}/gps"


def test_a_qr_code_draws_exactly_the_code_of_its_link() -> None:
    found = setup()
    for app in (found.traccar_client, found.owntracks):
        assert app.qr_code.startswith("<svg")
        assert "http://www.w3.org" not in app.qr_code
        expected = segno.make_qr(app.scan, error="l").matrix
        assert modules(app.qr_code) == [[bool(module) for module in row] for row in expected]
        assert modules(app.qr_code) != modules(setup(interval_s=31).owntracks.qr_code)


def test_a_qr_code_stays_small_enough_for_a_screen() -> None:
    for accuracy in Accuracy:
        found = phone_setup(
            "https://a-rather-long-name.of-a-lender.example.com", DEVICE, "x" * 40, KEY * 2,
            Reporting(3600, 10_000, accuracy),
        )  # fmt: skip
        assert len(modules(found.owntracks.qr_code)) <= 17 + 4 * 22  # the side of version 22
