"""When a customer is met: past visits to the case by time of day, shrunk to all of its branch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

BANDS = tuple((hour, hour + 2) for hour in range(6, 22, 2))
"""Times of the day that are told apart, by the branch's clock: two hours each."""

CASE_WEIGHT = 4
"""So many visits of its own a case needs in a band before they count half."""

BRANCH_WEIGHT = 20
"""The same for a band of a branch beside the whole day."""

USUALLY_MET = 0.5
"""Where nobody was visited yet."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Visits whose outcome is known, and how many of them met the customer, in one band."""

    case_id: UUID
    band: int
    tried: int
    met: int


@dataclass(frozen=True, slots=True)
class HourChance:
    """The chance of meeting the customer in one band, and the visits of the case behind it."""

    from_hour: int
    to_hour: int
    tried: int
    met: int
    chance: float


@dataclass(frozen=True, slots=True)
class MeetingChance:
    """When a customer is met, band by band."""

    case_id: UUID
    by_hour: tuple[HourChance, ...]

    @property
    def best(self) -> HourChance:
        """The band with the best chance; of equal ones the earliest."""
        return max(self.by_hour, key=lambda hour: hour.chance)

    @property
    def tried(self) -> int:
        """How often the case was visited."""
        return sum(hour.tried for hour in self.by_hour)

    @property
    def met(self) -> int:
        """How often the customer was met."""
        return sum(hour.met for hour in self.by_hour)


def band_of(hour: int) -> int | None:
    """The number of the band of an hour of the day; None at night."""
    return next((n for n, (start, end) in enumerate(BANDS) if start <= hour < end), None)


def meeting_chances(tries: Sequence[Tries]) -> tuple[MeetingChance, ...]:
    """The chances of each case of one branch that was visited.

    The mean of a beta distribution, twice: a band's prior is the branch's whole day with
    `BRANCH_WEIGHT` visits, a case's prior its branch's band with `CASE_WEIGHT`.
    """
    all_day = _pulled(sum(t.met for t in tries), sum(t.tried for t in tries), 2, USUALLY_MET)
    usual = [
        _pulled(
            sum(t.met for t in tries if t.band == band),
            sum(t.tried for t in tries if t.band == band),
            BRANCH_WEIGHT,
            all_day,
        )
        for band in range(len(BANDS))
    ]
    by_case: dict[UUID, dict[int, Tries]] = {}
    for one in tries:
        by_case.setdefault(one.case_id, {})[one.band] = one
    return tuple(MeetingChance(case_id, _by_hour(its, usual)) for case_id, its in by_case.items())


def _by_hour(its: Mapping[int, Tries], usual: Sequence[float]) -> tuple[HourChance, ...]:
    return tuple(
        HourChance(start, end, tried, met, _pulled(met, tried, CASE_WEIGHT, usual[band]))
        for band, (start, end) in enumerate(BANDS)
        for tried, met in [(its[band].tried, its[band].met) if band in its else (0, 0)]
    )


def _pulled(met: int, tried: int, weight: float, prior: float) -> float:
    return (met + weight * prior) / (tried + weight)
