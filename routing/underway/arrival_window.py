"""The hours that a customer can be told for a visit."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VISIT_CV = 0.5
"""Standard deviation of how long a visit takes, as a share of its planned time."""

TRAVEL_CV = 0.25
"""The same of a way along the streets."""

Z = 1.28
"""Four of five arrivals lie within this many standard deviations (normal distribution)."""

LEAST = timedelta(minutes=10)
"""What is told on either side at least: parking, a lift, a dog."""

STEP_S = 900


@dataclass(frozen=True, slots=True)
class Ahead:
    """One stop on the way to the customer: the ride there and, where it lies before, the visit."""

    travel_s: float
    service_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ArrivalWindow:
    """From when to when the visit will begin, in quarters of an hour."""

    from_: datetime
    to: datetime


def arrival_window(
    begins_at: datetime,
    ahead: Sequence[Ahead],
    earliest: datetime,
    latest: datetime,
    now: datetime,
) -> ArrivalWindow | None:
    """Around `begins_at`, as wide as what lies ahead is uncertain; None when nothing is left of it.

    With the stops before as independent, σ² = Σ (`TRAVEL_CV` · travel)² + Σ (`VISIT_CV` · visit)²
    over the ways up to the customer and the visits before; the window is begin ± max(`Z` σ,
    `LEAST`), rounded to quarters of an hour outward, and never outside [`earliest`, `latest`] (the
    contact hours and the customer's own), nor before `now`.
    """
    variance = sum(
        (TRAVEL_CV * leg.travel_s) ** 2 + (VISIT_CV * leg.service_s) ** 2 for leg in ahead
    )
    half = max(timedelta(seconds=Z * math.sqrt(variance)), LEAST)
    from_ = max(_quarter(begins_at - half, math.floor), earliest, _quarter(now, math.floor))
    to = min(_quarter(begins_at + half, math.ceil), latest)
    return ArrivalWindow(from_, to) if from_ < to else None


def _quarter(at: datetime, rounded: Callable[[float], int]) -> datetime:
    return datetime.fromtimestamp(rounded(at.timestamp() / STEP_S) * STEP_S, UTC)
