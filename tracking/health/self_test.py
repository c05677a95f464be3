"""Does a phone go on reporting with its screen off? The verdict, from the beats of a self-test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

DURATION = timedelta(minutes=15)
"""Long enough for the battery savers of all makers we know of to have struck."""

MOST_MISSING = 0.2
"""A share of the beats that may be missing: phones bundle their work while they sleep."""

LONGEST_GAP = timedelta(minutes=2)
GAP_INTERVALS = 4
"""The larger of these is the longest silence that passes: a visit's stay is still seen."""

LATE = timedelta(minutes=2)
"""What takes this long on the way was kept on the phone meanwhile."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A trial: from when to when, and how often the phone should take its position."""

    started_at: datetime
    ends_at: datetime
    interval: timedelta


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: when the phone took it, and when it reached us."""

    captured_at: datetime
    received_at: datetime


class State(StrEnum):
    """How a self-test stands."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the beats show: its name for programs, and a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the beats say so far. `late` are those that reached us clearly later than taken."""

    state: State
    expected: int
    taken: int
    late: int
    longest_silence: timedelta
    last_beat_at: datetime | None
    findings: tuple[Finding, ...]


def judge(test: SelfTest, beats: Sequence[Beat], now: datetime) -> Verdict:
    """The verdict at `now`; beats that arrive after the end still count."""
    until = min(now, test.ends_at)
    taken_at = sorted(b.captured_at for b in beats if test.started_at <= b.captured_at <= until)
    gaps = [end - begin for begin, end in pairwise([test.started_at, *taken_at, until])]
    late = sum(beat.received_at - beat.captured_at > LATE for beat in beats)
    expected = int((until - test.started_at) / test.interval)
    allowed = max(LONGEST_GAP, GAP_INTERVALS * test.interval)
    problems = _problems(test, taken_at, gaps, allowed, expected)
    if now < test.ends_at:
        state = State.RUNNING
        problems = ()
    else:
        state = State.FAILED if problems else State.PASSED
    delivery = _delivery(late, len(beats), is_over=now >= test.ends_at)
    return Verdict(
        state, expected, len(taken_at), late, max(gaps), taken_at[-1] if taken_at else None,
        (*problems, *delivery),
    )  # fmt: skip


def _problems(
    test: SelfTest,
    taken_at: Sequence[datetime],
    gaps: Sequence[timedelta],
    allowed: timedelta,
    expected: int,
) -> tuple[Finding, ...]:
    if not taken_at:
        return (Finding("no_beat", "The phone reported nothing at all."),)
    if gaps[-1] > allowed:
        after = _length(taken_at[-1] - test.started_at)
        return (Finding("stopped", f"The phone stopped the app after {after}."),)
    if max(gaps) > allowed:
        return (Finding("gaps", f"The app slept, at the longest for {_length(max(gaps))}."),)
    if len(taken_at) < (1 - MOST_MISSING) * expected:
        told = f"Only {len(taken_at)} of {expected} positions were taken."
        return (Finding("too_few", told),)
    return ()


def _delivery(late: int, count: int, *, is_over: bool) -> tuple[Finding, ...]:
    if not late:
        return ()
    if is_over:
        text = f"{late} of {count} positions were kept on the phone and sent later: none is lost."
    else:
        text = f"{late} positions arrived late: the phone keeps them while it has no network."
    return (Finding("offline_but_recorded", text),)


def _length(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    if seconds < 60:
        return f"{seconds} seconds"
    minutes = seconds // 60
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
