"""The app's rules of records: what an answer means, when it is tried again, and their times."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.agent_app.facts.call import call

pytestmark = pytest.mark.browser


def test_parts_grow_smaller_while_nothing_comes_through(page: Page) -> None:
    sizes = page.evaluate(
        """async () => {
          const { partBytes } = await import("/app/facts/parts.js");
          return [0, 1, 2, 3, 4, 9].map((cuts) => Math.min(partBytes(cuts), 1e9));
        }"""
    )
    assert sizes == [1e9, 65_536, 32_768, 16_384, 16_384, 16_384]


@pytest.mark.parametrize(
    ("status", "tries", "meaning"),
    [
        (200, 1, "sent"),
        (204, 1, "sent"),
        (0, 99, "later"),
        (503, 99, "later"),
        (429, 1, "later"),
        (401, 1, "sign_in"),
        (500, 1, "later"),
        (500, 6, "parked"),
        (400, 1, "parked"),
        (403, 1, "parked"),
        (404, 1, "parked"),
        (409, 1, "parked"),
        (413, 1, "parked"),
        (422, 1, "parked"),
    ],
)
def test_an_answer_decides_what_becomes_of_a_record(
    page: Page, status: int, tries: int, meaning: str
) -> None:
    assert call(page, "answer", "meaning", status, tries) == meaning


def test_waiting_grows_to_a_minute_and_is_spread(page: Page) -> None:
    waits = [call(page, "answer", "waitMs", tries, 1) for tries in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] == 60_000
    assert call(page, "answer", "waitMs", 3, 0) == call(page, "answer", "waitMs", 3, 1) / 2


def test_ids_are_uuids_of_version_7_and_in_the_order_of_time(page: Page) -> None:
    first, second = (
        call(page, "ids", "factId", ms) for ms in (1_700_000_000_000, 1_700_000_000_001)
    )
    assert first < second
    assert (first[14], first[19] in "89ab") == ("7", True)
    assert call(page, "ids", "provisionalNumber", first).startswith("P-")


HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("since_ms", "goes_on"),
    [(0, True), (-10_000, True), (-60_000, False), (15 * HOUR_MS, True), (17 * HOUR_MS, False)],
)
def test_a_clock_that_went_back_or_leapt_may_have_been_set(
    page: Page, since_ms: int, goes_on: bool
) -> None:
    seen_ms = 1_700_000_000_000
    assert call(page, "times", "goesOn", seen_ms, seen_ms + since_ms) is goes_on


@pytest.mark.parametrize(
    ("stamp", "error_ms", "by_ms"),
    [
        ({"clock_error_ms": 0, "clock_run": 4}, 2 * DAY_MS, -2 * DAY_MS),
        ({"clock_error_ms": 0, "clock_run": 4}, -2 * DAY_MS, 2 * DAY_MS),
        # It may have come since: the server's answer decides.
        ({"clock_error_ms": 0, "clock_run": 4}, HOUR_MS, None),
        ({"clock_error_ms": 0, "clock_run": 3}, 2 * DAY_MS, None),
        ({"clock_error_ms": 0}, 2 * DAY_MS, None),  # of an older version of the app
        (
            {"clock_error_ms": -3 * DAY_MS, "clock_run": 4, "is_time_guessed": True},
            -3 * DAY_MS - HOUR_MS, HOUR_MS,
        ),
    ],
)  # fmt: skip
def test_times_are_moved_by_what_is_known_for_sure_of_the_clock_they_are_of(
    page: Page, stamp: dict[str, Any], error_ms: int, by_ms: int | None
) -> None:
    assert call(page, "times", "correctionMs", stamp, 4, error_ms) == by_ms


def test_a_record_of_a_wrong_clock_is_moved_with_all_its_times(page: Page) -> None:
    body = {"taken_at": "2026-11-23T13:00:00.000Z", "mode": "cash",
            "fix": {"lat": 1, "captured_at": "2026-11-23T12:59:00.000Z"}}  # fmt: skip
    path = "/v1/agent/receipts/1"
    record = {"body": body, "path": path, "made_at": "2026-11-23T13:00:00.000Z"}
    moved = call(page, "times", "moved", record, -3_600_000)
    assert moved["path"] == path
    assert moved["made_at"] == "2026-11-23T12:00:00.000Z"
    moved = moved["body"]
    assert moved["taken_at"] == "2026-11-23T12:00:00.000Z"
    assert moved["fix"] == {"lat": 1, "captured_at": "2026-11-23T11:59:00.000Z"}
    assert moved["mode"] == "cash"


def test_a_picture_of_a_wrong_clock_is_moved_in_its_path(page: Page) -> None:
    path = "/v1/agent/attachments/1?kind=photo&device_time=2026-11-23T13%3A00%3A00.000Z"
    record = {"body": {"sha256": "f"}, "path": path, "made_at": "2026-11-23T13:00:00.000Z"}
    moved = call(page, "times", "moved", record, -3_600_000)
    assert (moved["body"], moved["path"]) == ({"sha256": "f"}, path.replace("T13", "T12"))


@pytest.mark.parametrize(
    ("problem", "is_about_time"),
    [
        ({"type": "/problems/time-not-plausible"}, True),
        ({"type": "/problems/invalid-field", "errors": [{"field": "taken_at"}]}, True),
        ({"type": "/problems/invalid-field", "errors": [{"field": "amount"}]}, False),
        ({"type": "/problems/over-cash-limit"}, False),
    ],
)
def test_what_is_refused_for_its_time_is_known(
    page: Page, problem: dict[str, Any], is_about_time: bool
) -> None:
    assert call(page, "times", "isAboutTime", problem) is is_about_time
