"""How late an account is: days or months past due, buckets, sections, asset classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidField
from core.said import say


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


def days_of(since_due: NDArray[np.integer], basis: DpdBasis) -> NDArray[np.int64]:
    """`days_past_due` for many accounts, of the days since the oldest due date of each: negative
    where nothing is due yet, or nothing unpaid."""
    counted: NDArray[np.int64] = np.where(
        since_due < 0, 0, since_due + (basis is DpdBasis.RBI_DAY_END)
    )
    return counted


class CountedIn(StrEnum):
    """What buckets and sections count: days past due, or the monthly due dates that are past, as
    the card trade does."""

    DAYS = "days"
    MONTHS = "months"


def months_past_due(
    dpd: NDArray[np.integer], as_of: date, basis: DpdBasis = DpdBasis.EXCLUSIVE
) -> NDArray[np.int64]:
    """How many monthly due dates are past for each account that is `dpd` days past due on `as_of`:
    the oldest one, and the same day of each month since. A month without that day has its last
    one instead.
    """
    late_by = dpd - (basis is DpdBasis.RBI_DAY_END)
    due = np.datetime64(as_of) - late_by.astype("timedelta64[D]")
    last = np.datetime64(as_of) - (0 if basis is DpdBasis.RBI_DAY_END else 1)
    due_month, last_month = due.astype("datetime64[M]"), last.astype("datetime64[M]")
    months = (last_month - due_month).astype(np.int64)
    due_day = (due - due_month.astype("datetime64[D]")).astype(np.int64)
    last_day = int((last - last_month.astype("datetime64[D]")).astype(np.int64))
    longest = int(((last_month + 1).astype("datetime64[D]") - last_month).astype(np.int64)) - 1
    begun = last_day >= np.minimum(due_day, longest)
    counted: NDArray[np.int64] = np.where(dpd > 0, months + begun, 0)
    return counted


@dataclass(frozen=True, slots=True)
class Bucket:
    """A range of what is past due, both ends included; `max_past_due` None is open-ended.

    `rank` orders buckets from current to worst.
    """

    code: str
    min_past_due: int
    max_past_due: int | None
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
    ordered = tuple(sorted(buckets, key=lambda bucket: bucket.min_past_due))
    codes = {bucket.code for bucket in ordered}
    ranks = [bucket.rank for bucket in ordered]
    if len(codes) != len(ordered) or ranks != sorted(set(ranks)):
        raise InvalidField("buckets", say("each code once, and ranks that rise with the days"))
    expected: int | None = 0
    for bucket in ordered:
        last = bucket.min_past_due if bucket.max_past_due is None else bucket.max_past_due
        if bucket.min_past_due != expected or last < bucket.min_past_due:
            raise InvalidField(
                "buckets", say("{code} to start at {expected}", code=bucket.code, expected=expected)
            )
        expected = None if bucket.max_past_due is None else bucket.max_past_due + 1
    if not ordered or expected is not None:
        raise InvalidField("buckets", say("ranges from 0 days up, the last one open-ended"))
    return ordered


def bucket_of(past_due: int, buckets: Sequence[Bucket] = DEFAULT_BUCKETS) -> Bucket:
    """The bucket that `past_due`, 0 or more, falls into; `buckets` as `checked_buckets` returns
    them."""
    return buckets[int(bucket_positions(np.array([past_due]), buckets)[0])]


def bucket_positions(
    past_due: NDArray[np.integer], buckets: Sequence[Bucket] = DEFAULT_BUCKETS
) -> NDArray[np.intp]:
    """`bucket_of` for many accounts: the position in `buckets` of each."""
    starts = np.array([bucket.min_past_due for bucket in buckets])
    return np.searchsorted(starts, past_due, side="right") - 1


class Section(StrEnum):
    """The two desks that work late accounts."""

    OVERDUE = "overdue"
    RECOVERY = "recovery"


def section_of(past_due: int, last_overdue: int = 90) -> Section:
    """Overdue up to and with `last_overdue`, Recovery beyond."""
    return Section.OVERDUE if past_due <= last_overdue else Section.RECOVERY


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
