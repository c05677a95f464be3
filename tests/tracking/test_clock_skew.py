"""Clock skew: what delays prove, and that a buffer that empties is no skew."""

import random
from datetime import datetime, timedelta

import pytest

from tests.conftest import MONDAY_NINE
from tracking.clock_skew import Skew, merge, skew_of


def after(seconds: float) -> datetime:
    return MONDAY_NINE + timedelta(seconds=seconds)


def learned(messages: list[tuple[float, float]], skew_s: float = 0) -> Skew:
    """From (received, delay) of each message's newest ping; the clock is off by `skew_s`."""
    skew: Skew | None = None
    for received_s, delay_s in messages:
        captured = after(received_s - delay_s + skew_s)
        new = skew_of(None, captured, after(received_s))
        assert new is not None
        skew = merge(skew, new, after(received_s))
    assert skew is not None
    return skew


def reporting(hours: float, every_s: float = 30, start_s: float = 0) -> list[tuple[float, float]]:
    """Fresh pings all the time, each some seconds old."""
    rng = random.Random(1)
    return [
        (start_s + n * every_s, 1 + rng.expovariate(0.2))
        for n in range(int(hours * 3600 / every_s))
    ]


def test_a_message_without_times_shows_nothing() -> None:
    assert skew_of(None, None, MONDAY_NINE) is None


def test_a_stated_clock_is_believed_and_goes_before_pings() -> None:
    skew = skew_of(after(90), after(-500), MONDAY_NINE)
    assert skew == Skew(90, True, MONDAY_NINE)
    assert merge(Skew(-3, False, MONDAY_NINE), skew, MONDAY_NINE) is skew
    corrected = Skew(-1, True, after(60))
    assert merge(skew, corrected, after(60)) is corrected


def test_a_ping_from_the_future_proves_a_clock_that_is_ahead() -> None:
    assert learned([(0, 2)], skew_s=600).seconds == 598
    assert learned(reporting(1), skew_s=600).seconds == pytest.approx(598, abs=10)


def test_it_proves_it_even_against_what_the_phone_stated() -> None:
    stated = Skew(-1, True, MONDAY_NINE)
    assert merge(stated, Skew(30, False, after(60)), after(60)).seconds == 30
    assert merge(stated, Skew(-50, False, after(60)), after(60)) is stated


def test_a_phone_that_is_right_stays_right() -> None:
    assert abs(learned(reporting(3)).seconds) < 10


@pytest.mark.parametrize("flushes_s", [1, 60, 300])
def test_a_buffer_that_empties_is_no_skew(flushes_s: float) -> None:
    fresh = reporting(1)
    # Out of reach for two hours; then a hundred messages, the oldest first.
    burst = [(10_800 + flushes_s * n / 100, 7200 * (1 - n / 100)) for n in range(100)]
    assert learned([*fresh, *burst[:90]]).seconds > -220
    assert abs(learned([*fresh, *burst, (10_801 + flushes_s, 2.0)]).seconds) < 10


def test_the_first_message_of_a_phone_may_be_a_buffer() -> None:
    assert learned([(0, 86_400)]).seconds == 0
    assert learned([(0, 86_400), (1, 80_000), (2, 3)]).seconds > -10


def test_a_phone_that_was_switched_off_for_a_weekend_is_not_behind() -> None:
    monday = [(3 * 86_400, 60 * 3600.0)]
    assert learned([*reporting(1), *monday]).seconds > -90


@pytest.mark.parametrize("behind_s", [900, 3600])
def test_a_clock_that_is_behind_is_found_out_while_it_reports(behind_s: float) -> None:
    found = learned(reporting(behind_s / 3600 * 2.2 + 0.1), skew_s=-behind_s)
    assert found.seconds == pytest.approx(-behind_s, abs=30)


def test_a_clock_that_was_ahead_and_was_put_right_is_forgotten_in_time() -> None:
    skew = learned(reporting(1), skew_s=600)
    for received_s, delay_s in reporting(1, start_s=3600):
        new = skew_of(None, after(received_s - delay_s), after(received_s))
        assert new is not None
        skew = merge(skew, new, after(received_s))
    assert abs(skew.seconds) < 15
