"""How late an account is: days past due, buckets, sections, asset classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidField


class DpdBasis(StrEnum):
    """How days are counted; each portfolio keeps to one.

    `EXCLUSIVE` counts the days after the due date. `RBI_DAY_END` counts the due date too, once
    its day-end has run (RBI circular of 12 November 2021 on asset classification).
    """

    EXCLUSIVE = "exclusive"
    RBI_DAY_END = "rbi_day_end"


def days_past_due(
    oldest_due: date | None, as_of: date, basis: DpdBasis = DpdBasis.EXCLUSIVE
) -> int:
    """Days past due of the oldest unpaid demand; 0 when nothing is unpaid or due yet.

    On the RBI basis `as_of` is a day whose day-end has run.
    """
    if oldest_due is None or as_of < oldest_due:
        return 0
    return (as_of - oldest_due).days + (basis is DpdBasis.RBI_DAY_END)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A range of days past due, both ends included; `max_dpd` None is open-ended.

    `rank` orders buckets from current to worst.
    """

    code: str
    min_dpd: int
    max_dpd: int | None
    rank: int


DEFAULT_BUCKETS = (
    Bucket("X", 0, 0, 0),
    Bucket("B1", 1, 30, 1),
    Bucket("B2", 31, 60, 2),
    Bucket("B3", 61, 90, 3),
    Bucket("B4", 91, None, 4),
)


def checked_buckets(buckets: Sequence[Bucket]) -> tuple[Bucket, ...]:
    """The buckets in order of days, if every number of days falls into exactly one.

    Raises `InvalidField` where they overlap, leave a gap, repeat a code or fall in rank.
    """
    ordered = tuple(sorted(buckets, key=lambda bucket: bucket.min_dpd))
    codes = {bucket.code for bucket in ordered}
    ranks = [bucket.rank for bucket in ordered]
    if len(codes) != len(ordered) or ranks != sorted(set(ranks)):
        raise InvalidField("buckets", "each code once, and ranks that rise with the days")
    expected: int | None = 0
    for bucket in ordered:
        if bucket.min_dpd != expected or (bucket.max_dpd or bucket.min_dpd) < bucket.min_dpd:
            raise InvalidField("buckets", f"{bucket.code} to start at {expected} days")
        expected = None if bucket.max_dpd is None else bucket.max_dpd + 1
    if not ordered or expected is not None:
        raise InvalidField("buckets", "ranges from 0 days up, the last one open-ended")
    return ordered


def bucket_of(dpd: int, buckets: Sequence[Bucket] = DEFAULT_BUCKETS) -> Bucket:
    """The bucket that `dpd`, 0 or more, falls into; `buckets` as `checked_buckets` returns them."""
    return buckets[int(bucket_positions(np.array([dpd]), buckets)[0])]


def bucket_positions(
    dpd: NDArray[np.integer], buckets: Sequence[Bucket] = DEFAULT_BUCKETS
) -> NDArray[np.intp]:
    """`bucket_of` for many accounts: the position in `buckets` of each."""
    starts = np.array([bucket.min_dpd for bucket in buckets])
    return np.searchsorted(starts, dpd, side="right") - 1


class Section(StrEnum):
    """The two desks that work late accounts."""

    OVERDUE = "overdue"
    RECOVERY = "recovery"


def section_of(dpd: int, last_overdue_dpd: int = 90) -> Section:
    """Overdue up to and with `last_overdue_dpd` days, Recovery beyond."""
    return Section.OVERDUE if dpd <= last_overdue_dpd else Section.RECOVERY


class AssetClass(StrEnum):
    """Special mention accounts and non-performing assets, as RBI classes them at day-end."""

    STANDARD = "standard"
    SMA_0 = "sma_0"
    SMA_1 = "sma_1"
    SMA_2 = "sma_2"
    NPA = "npa"


_CLASSES = (
    Bucket(AssetClass.STANDARD, 0, 0, 0),
    Bucket(AssetClass.SMA_0, 1, 30, 1),
    Bucket(AssetClass.SMA_1, 31, 60, 2),
    Bucket(AssetClass.SMA_2, 61, 90, 3),
    Bucket(AssetClass.NPA, 91, None, 4),
)


def asset_classes(dpd: NDArray[np.integer], was_npa: NDArray[np.bool_]) -> NDArray[np.str_]:
    """The `AssetClass` of each account at day-end, for `dpd` counted by `DpdBasis.RBI_DAY_END`.

    A non-performing asset stays one until all arrears are paid, however few days are left.
    """
    codes = np.array([bucket.code for bucket in _CLASSES])
    return np.where(was_npa & (dpd > 0), codes[-1], codes[bucket_positions(dpd, _CLASSES)])
