"""When a round is worth planning again: a rule on facts, so that not every ping does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

OFF_PLAN_S = 600.0
"""How far the next begin must be from the plan before a window at risk is worth a new round."""

AT_RISK_S = 300.0
"""A visit expected to begin less than this before its window closes is at risk."""

SAFE_S = 900.0
"""A window that was at risk is safe again with this much to spare. Arrival times follow positions
and swing by a minute or two; ten minutes between the two limits keep an alert from flapping."""

SURE_FOR_S = 7200.0
"""Further ahead than this a few minutes say nothing: a window there is at risk only when the visit
would begin `OFF_PLAN_S` after it."""

AHEAD_S = 1500.0
"""So far ahead of plan there is time for one visit more: about a median visit with its way."""

OVERTIME_S = 300.0
"""A round may end this much after the shift before it is worth planning again."""

QUIET = timedelta(minutes=10)
"""How long a round is left alone after it was published, or looked at for another reason."""


class Cause(StrEnum):
    """Why a round is planned again. The order is that of `cause_to_replan`."""

    URGENT = "urgent"
    GONE = "gone"
    ADDED = "added"
    WINDOW = "window"
    OVERTIME = "overtime"
    OUT_OF_ORDER = "out_of_order"
    AHEAD = "ahead"
    COMMAND = "command"
    """A person said so; never found by the rule."""


@dataclass(frozen=True, slots=True)
class Underway:
    """What is known of a round that is being ridden. Cases as ids.

    `off_plan_s`: how much later than planned the next visit begins (negative: earlier). `at_risk`:
    whose window closes within `AT_RISK_S` of the expected begin. `gone`: stops still to come that
    need no visit any more (paid, promised for later, closed, given to somebody else). `added`:
    given to the agent since the round was planned; `urgent` those of them that cannot wait.
    `left_out`: how many cases the round skipped. `considered` is the last answer's `key`.
    """

    planned_at: datetime
    stops: int
    off_plan_s: float
    over_s: float
    at_risk: Sequence[UUID] = ()
    gone: Sequence[UUID] = ()
    added: Sequence[UUID] = ()
    urgent: Sequence[UUID] = ()
    out_of_order: Sequence[UUID] = ()
    left_out: int = 0
    has_offer: bool = False
    considered: str | None = None
    considered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why to plan again. `cases` are those it is about; `key` tells it from others."""

    cause: Cause
    cases: tuple[UUID, ...] = ()

    @property
    def key(self) -> str:
        """The same for the same cause and cases: what was looked at once is not looked at again."""
        return " ".join([self.cause, *sorted(str(case) for case in self.cases)])


def cause_to_replan(round_: Underway, now: datetime) -> Reason | None:
    """The most pressing reason to plan the rest again, or None.

    An urgent case is planned for at once. Everything else waits until the round has stood for
    `QUIET`, until an open offer is decided on, and is not looked at twice for the same reason.
    """
    urgent = Reason(Cause.URGENT, tuple(round_.urgent))
    if round_.urgent and urgent.key != round_.considered:
        return urgent
    if round_.has_offer:
        return None
    quiet_since = max(round_.planned_at, round_.considered_at or round_.planned_at)
    if now - quiet_since < QUIET:
        return None
    reasons = (Reason(cause, cases) for cause, cases, holds in _causes(round_) if holds)
    return next((reason for reason in reasons if reason.key != round_.considered), None)


def _causes(round_: Underway) -> Sequence[tuple[Cause, tuple[UUID, ...], bool]]:
    gone, added, at_risk = tuple(round_.gone), tuple(round_.added), tuple(round_.at_risk)
    late, ahead = round_.off_plan_s >= OFF_PLAN_S, round_.off_plan_s <= -AHEAD_S
    return (
        (Cause.GONE, gone, bool(gone)),
        (Cause.ADDED, added, bool(added)),
        (Cause.WINDOW, at_risk, late and bool(at_risk)),
        (Cause.OVERTIME, (), round_.stops > 0 and round_.over_s >= OVERTIME_S),
        (Cause.OUT_OF_ORDER, tuple(round_.out_of_order),
         bool(round_.out_of_order) and round_.stops > 1),
        (Cause.AHEAD, (), ahead and round_.left_out > 0),
    )  # fmt: skip


def at_risk_now(slack_s: float, ahead_s: float, *, was_at_risk: bool) -> bool:
    """Whether a window is at risk that closes in `ahead_s`, given whether it was when last looked
    at (hysteresis)."""
    if was_at_risk:
        return slack_s < SAFE_S
    return slack_s < (AT_RISK_S if ahead_s < SURE_FOR_S else -OFF_PLAN_S)
