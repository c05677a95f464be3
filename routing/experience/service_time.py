"""How long a visit of a kind of case lasts: what verified visits show, shrunk to a default.

An empirical Bayes estimate: kinds differ around the default with a variance τ², visits of
one kind around their mean with σ². The mean of n visits then counts n / (n + σ²/τ²), the default
the rest (Efron and Morris 1975; τ² by the method of moments).
"""

from collections.abc import Sequence
from dataclasses import dataclass

DEFAULT_S = 780
"""The stay that is planned where nothing was learned: ten minutes, and three to be let in."""

LEAST_WEIGHT, MOST_WEIGHT = 3.0, 60.0
"""How many visits the configured time is worth, whatever the variances of a few visits say."""

LEAST_SHARE, MOST_SHARE = 0.5, 2.5
"""A learned time stays between these shares of the configured one."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Verified visits to one kind of case. `variance_s2` is that of the stays, 0 for one alone."""

    product_code: str
    bucket: str
    visits: int
    mean_s: float
    variance_s2: float


@dataclass(frozen=True, slots=True)
class LearnedTime:
    """The stay to plan for a kind of case, and the visits it was learned from."""

    product_code: str
    bucket: str
    visits: int
    mean_s: float
    service_s: int


def learned_times(stays: Sequence[Stays], default_s: int = DEFAULT_S) -> tuple[LearnedTime, ...]:
    """The stay of each kind of a branch's cases that was visited, in the order given."""
    weight = default_weight(stays, default_s)
    return tuple(
        LearnedTime(
            its.product_code,
            its.bucket,
            its.visits,
            its.mean_s,
            shrunk_s(its.visits, its.mean_s, weight, default_s),
        )
        for its in stays
        if its.visits
    )


def shrunk_s(visits: int, mean_s: float, weight: float, default_s: int) -> int:
    """The mean of so many visits, pulled to the default as by `weight` more visits of it."""
    pulled_s = (visits * mean_s + weight * default_s) / (visits + weight)
    return round(min(max(pulled_s, LEAST_SHARE * default_s), MOST_SHARE * default_s))


def default_weight(stays: Sequence[Stays], default_s: int) -> float:
    """σ²/τ²: how many visits the default is worth beside a kind's own.

    Kinds that all last as long as planned make it `MOST_WEIGHT`.
    """
    stays = [its for its in stays if its.visits]
    spare = sum(its.visits - 1 for its in stays)
    visits = sum(its.visits for its in stays)
    if not spare:
        return MOST_WEIGHT
    within_s2 = sum((its.visits - 1) * its.variance_s2 for its in stays) / spare
    apart_s2 = sum(its.visits * (its.mean_s - default_s) ** 2 for its in stays)
    between_s2 = (apart_s2 - len(stays) * within_s2) / visits
    if between_s2 <= 0:
        return MOST_WEIGHT
    return min(max(within_s2 / between_s2, LEAST_WEIGHT), MOST_WEIGHT)
