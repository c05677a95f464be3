"""What a push service's answers mean, and how long a message waits for its next try."""

from datetime import UTC, datetime

import pytest

from map_ui.push.answer import MOST_ATTEMPTS, Meaning, meaning, retry_after_s, wait_s

WALL = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (201, Meaning.TAKEN), (200, Meaning.TAKEN), (202, Meaning.TAKEN),
        (404, Meaning.GONE), (410, Meaning.GONE),
        (429, Meaning.LATER), (500, Meaning.LATER), (503, Meaning.LATER), (None, Meaning.LATER),
        (301, Meaning.REFUSED), (307, Meaning.REFUSED), (400, Meaning.REFUSED),
        (403, Meaning.REFUSED), (413, Meaning.REFUSED),
    ],
)  # fmt: skip
def test_a_status_says_what_became_of_a_message(status: int | None, means: Meaning) -> None:
    assert meaning(status) is means


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("120", 120), (" 0 ", 0), ("Mon, 23 Nov 2026 12:05:00 GMT", 300),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0), ("soon", None), ("-5", None), ("", None),
        ("Mon, 23 Nov 2026 12:05:00 -0000", None),
    ],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, WALL) == seconds


def test_waits_double_and_end() -> None:
    waits = [wait_s(attempts, None) for attempts in range(MOST_ATTEMPTS)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, None]


@pytest.mark.parametrize(
    ("attempts", "asked_s", "wait"),
    [(0, 90.2, 91), (3, 2.0, 40), (0, 3600.0, 3600), (0, 3601.0, None), (0, float("inf"), None)],
)
def test_nobody_is_asked_again_sooner_than_he_said(
    attempts: int, asked_s: float, wait: int | None
) -> None:
    assert wait_s(attempts, asked_s) == wait
