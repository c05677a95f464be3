"""An agent's way, what the branch pays for it, and the month's targets, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.money import Money


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of the month that the agent has a target for; `unit` is that of the figure."""

    figure: str
    label: str
    unit: str
    reached: int
    target: int


@dataclass(frozen=True, slots=True)
class Earnings:
    """Of `day`: the way that the pings prove, and what the branch pays for it (None where it pays
    nothing by the kilometer). Of the month: targets, and the incentive that leaders have set."""

    day: date
    approved_m: int
    per_km: Money | None
    conveyance: Money | None
    goals: Sequence[Goal]
    incentive: Money | None


def conveyance(approved_m: int, per_km: Money) -> Money:
    """What a way is paid, in whole minor units, rounded down: meters times the rate by 1,000."""
    return Money(approved_m * per_km.amount_minor // 1000, per_km.currency)
