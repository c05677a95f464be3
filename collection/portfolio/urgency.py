"""How urgent the work on a case is, from 1 to 100, with the points of every factor."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidField
from core.money import Money
from core.said import say, say_many

Integers = NDArray[np.int64]
Shares = NDArray[np.float64]


class Weight(NamedTuple):
    """A factor, the most points it can give, and why it is worth them."""

    name: str
    most: int
    reason: str


WEIGHTS = (
    Weight("days_past_due", 31, say("how near the account is to being lost outweighs all else")),
    Weight("amount_overdue", 23, say("a visit costs the same whatever it brings")),
    Weight("promise_due", 20, say("a promise not asked for on its day is soon a broken one")),
    Weight("days_since_contact", 9, say("who hears nothing pays others first")),
    Weight(
        "broken_promises", 7, say("broken words foretell default, but the days tell most of it")
    ),
    Weight("chance_of_meeting", 5, say("a visit that meets nobody was a way for nothing")),
    Weight("intent_and_ability", 5, say("a visit moves who can pay and does not")),
)


class DpdStep(NamedTuple):
    """From `min_dpd` on, this share of the weight of days past due, and why."""

    min_dpd: int
    share: float
    reason: str


DPD_STEPS = (
    DpdStep(0, 0.00, say("nothing is late")),
    DpdStep(1, 0.60, say("newly overdue, most easily brought back")),
    DpdStep(31, 0.75, say("a second installment is missed")),
    DpdStep(61, 1.00, say("last chance before it is non-performing")),
    DpdStep(91, 0.80, say("non-performing already; little is lost by another day")),
)

# 32 times the usual amount and a fortnight of silence are as bad as it gets; so are two
# broken promises.
_MOST_TIMES_USUAL = 32
_MOST_DAYS_SILENT = 14
_MOST_BROKEN = 2
NEVER = -1

CHANCE_UNKNOWN = 0.5
"""Of a customer who was never visited, neither good nor bad is said."""


class Assessed(NamedTuple):
    """What an agent said of a customer's intent and ability to pay: its share of the points, and
    the words."""

    share: float
    words: str


ASSESSED = {
    ("unwilling", "able"): Assessed(1.0, say("could pay and does not want to")),
    ("wavering", "able"): Assessed(0.9, say("could pay and has not made up their mind")),
    ("unwilling", "partly"): Assessed(0.8, say("could pay a part and does not want to")),
    ("wavering", "partly"): Assessed(0.8, say("could pay a part and has not made up their mind")),
    ("willing", "partly"): Assessed(0.6, say("wants to pay and can pay a part")),
    ("willing", "able"): Assessed(0.4, say("wants to pay and can")),
    ("unwilling", "unable"): Assessed(0.3, say("cannot pay and does not want to")),
    ("wavering", "unable"): Assessed(0.2, say("cannot pay now")),
    ("willing", "unable"): Assessed(0.2, say("wants to pay and cannot now")),
}
"""By intent and ability, in the codes of a disposition."""

NOT_ASSESSED = 0.5
MOST_DAYS_ASSESSED = 90
"""What was said longer ago no longer counts."""


@dataclass(frozen=True, slots=True)
class UrgencyFacts:
    """What is known of a case today. `days_since_contact` is None when there never was one.

    `chance_of_meeting` is that of the best hours of the day, None where nobody ever visited;
    `assessed` the intent and ability that an agent said last, None where nobody has lately.
    """

    dpd: int
    overdue: Money
    promise_due_today: bool = False
    days_since_contact: int | None = None
    broken_promises: int = 0
    chance_of_meeting: float | None = None
    assessed: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class UrgencyColumns:
    """The facts of many cases, one array each; `NEVER` in `days_since_contact` for None, and not a
    number in `chance_of_meeting`. `assessed` are shares, see `assessed_share`."""

    dpd: Integers
    overdue_minor: Integers
    promise_due_today: NDArray[np.bool_]
    days_since_contact: Integers
    broken_promises: Integers
    chance_of_meeting: Shares
    assessed: Shares


class Factor(NamedTuple):
    """The points one factor gives, and the fact behind them."""

    name: str
    points: int
    because: str


@dataclass(frozen=True, slots=True)
class Urgency:
    """A score from 1 to 100: the sum of the factors' points, but never 0."""

    score: int
    factors: tuple[Factor, ...]


def assessed_share(assessed: tuple[str, str] | None) -> float:
    """The share of the points that an assessment gives."""
    return ASSESSED[assessed].share if assessed else NOT_ASSESSED


def urgency(facts: UrgencyFacts, usual_overdue: Money) -> Urgency:
    """The urgency of one case, explained.

    `usual_overdue` is a middling overdue amount of the portfolio, which makes amounts comparable
    across currencies. Raises `InvalidField` if it is not above 0 or in another currency.
    """
    if usual_overdue.currency != facts.overdue.currency:
        raise InvalidField(
            "usual_overdue", say("an amount in {currency}", currency=facts.overdue.currency)
        )
    silent_days, chance = facts.days_since_contact, facts.chance_of_meeting
    columns = UrgencyColumns(
        dpd=np.array([facts.dpd]),
        overdue_minor=np.array([facts.overdue.amount_minor]),
        promise_due_today=np.array([facts.promise_due_today]),
        days_since_contact=np.array([NEVER if silent_days is None else silent_days]),
        broken_promises=np.array([facts.broken_promises]),
        chance_of_meeting=np.array([np.nan if chance is None else chance]),
        assessed=np.array([assessed_share(facts.assessed)]),
    )
    points = urgency_points(columns, usual_overdue.amount_minor)
    step = [step for step in DPD_STEPS if step.min_dpd <= max(facts.dpd, 0)][-1]
    times = facts.overdue.amount_minor / usual_overdue.amount_minor
    because = (
        say_many(
            "{count} day past due: {reason}",
            "{count} days past due: {reason}",
            facts.dpd,
            reason=step.reason,
        ),
        say("{overdue} overdue, {times:.1f} times the usual", overdue=facts.overdue, times=times),
        say("a promise is due today")
        if facts.promise_due_today
        else say("no promise is due today"),
        say("never contacted")
        if silent_days is None
        else say_many("last contact {count} day ago", "last contact {count} days ago", silent_days),
        say_many("{count} broken promise", "{count} broken promises", facts.broken_promises),
        say("nobody has visited yet")
        if chance is None
        else say("met at {chance:.0%} of visits at best hours", chance=chance),
        ASSESSED[facts.assessed].words
        if facts.assessed
        else say("nobody has said lately whether they can pay and want to"),
    )
    return Urgency(
        score=int(urgency_scores(points)[0]),
        factors=tuple(
            Factor(weight.name, int(given), text)
            for weight, given, text in zip(WEIGHTS, points[0], because, strict=True)
        ),
    )


def urgency_points(columns: UrgencyColumns, usual_overdue_minor: int) -> Integers:
    """Points per case (rows) and factor (columns, in the order of `WEIGHTS`).

    Raises `InvalidField` when the usual amount is not above 0.
    """
    if usual_overdue_minor <= 0:
        raise InvalidField("usual_overdue", say("more than 0"))
    starts = np.array([step.min_dpd for step in DPD_STEPS])
    step_shares = np.array([step.share for step in DPD_STEPS])
    at_step = np.searchsorted(starts, np.maximum(columns.dpd, 0), side="right") - 1
    times_usual = np.maximum(columns.overdue_minor, 0) / usual_overdue_minor
    silent_days = np.where(
        columns.days_since_contact < 0, _MOST_DAYS_SILENT, columns.days_since_contact
    )
    shares: tuple[Shares, ...] = (
        step_shares[at_step],
        np.log1p(times_usual) / math.log1p(_MOST_TIMES_USUAL),
        columns.promise_due_today.astype(np.float64),
        silent_days / _MOST_DAYS_SILENT,
        columns.broken_promises / _MOST_BROKEN,
        np.where(np.isnan(columns.chance_of_meeting), CHANCE_UNKNOWN, columns.chance_of_meeting),
        columns.assessed,
    )
    most = np.array([weight.most for weight in WEIGHTS])
    points: Integers = np.rint(np.clip(np.stack(shares, axis=1), 0, 1) * most).astype(np.int64)
    return points


def urgency_scores(points: Integers) -> Integers:
    """The score of each row of `urgency_points`."""
    scores: Integers = np.clip(points.sum(axis=1), 1, 100)
    return scores
