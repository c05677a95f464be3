"""From beats to the verdict of a self-test."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from tests.conftest import MONDAY_NINE
from tracking.health.self_test import DURATION, Beat, SelfTest, State, judge

END = MONDAY_NINE + DURATION
TEST = SelfTest(MONDAY_NINE, END, timedelta(seconds=30))
SECOND = timedelta(seconds=1)


def beats(seconds: Iterable[float], late_s: float = 1) -> list[Beat]:
    return [Beat(MONDAY_NINE + s * SECOND, MONDAY_NINE + (s + late_s) * SECOND) for s in seconds]


EVERY_30_S = range(30, 901, 30)


@pytest.mark.parametrize(
    ("taken", "state", "codes"),
    [
        (beats(EVERY_30_S), State.PASSED, []),
        (beats(EVERY_30_S, late_s=900), State.PASSED, ["offline_but_recorded"]),
        ([], State.FAILED, ["no_beat"]),
        (beats(range(30, 400, 30)), State.FAILED, ["stopped"]),
        (beats(range(30, 400, 30), late_s=900), State.FAILED, ["stopped", "offline_but_recorded"]),
        (beats(s for s in EVERY_30_S if not 300 < s < 600), State.FAILED, ["gaps"]),
        (beats(s for s in EVERY_30_S if not 300 < s < 420), State.PASSED, []),
        (beats(range(100, 901, 100)), State.FAILED, ["too_few"]),
        (beats(range(0, 901, 15)), State.PASSED, []),
    ],
    ids=["all came", "offline", "nothing", "stopped", "stopped offline", "slept", "dozed", "few",
         "more often"],
)  # fmt: skip
def test_the_beats_decide(taken: list[Beat], state: State, codes: list[str]) -> None:
    verdict = judge(TEST, taken, END + 30 * SECOND)
    assert (verdict.state, [f.code for f in verdict.findings]) == (state, codes)
    assert all(finding.text.endswith(".") for finding in verdict.findings)


def test_a_verdict_counts_what_it_judges() -> None:
    verdict = judge(TEST, beats([30, 60, 90, 390]), END)
    assert (verdict.expected, verdict.taken, verdict.late) == (30, 4, 0)
    assert verdict.longest_silence == 510 * SECOND
    assert verdict.last_beat_at == MONDAY_NINE + 390 * SECOND
    assert verdict.findings[0].text == "The phone stopped the app after 6 minutes."


def test_while_it_runs_nothing_has_failed_yet() -> None:
    verdict = judge(TEST, [], MONDAY_NINE + 600 * SECOND)
    assert (verdict.state, verdict.expected, verdict.findings) == (State.RUNNING, 20, ())
    assert verdict.longest_silence == 600 * SECOND


def test_a_slow_phone_may_be_silent_for_longer() -> None:
    slow = SelfTest(MONDAY_NINE, END, timedelta(minutes=2))
    one_lost = beats(s for s in range(120, 901, 120) if s != 480)
    two_lost = beats(s for s in range(120, 901, 120) if s not in (360, 480))
    assert judge(slow, one_lost, END).state is State.PASSED
    assert judge(slow, two_lost, END).findings[0].code == "too_few"


def test_beats_of_another_time_do_not_count() -> None:
    assert judge(TEST, beats([-60, 1000]), END + 200 * SECOND).taken == 0
