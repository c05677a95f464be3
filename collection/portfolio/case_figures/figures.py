"""The figures of many cases at once: how late, how much, how urgent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from collection.portfolio.dpd import DEFAULT_BUCKETS, asset_classes, bucket_positions
from collection.portfolio.urgency import WEIGHTS, UrgencyColumns, urgency_points, urgency_scores


@dataclass(frozen=True, slots=True, eq=False)
class CaseFacts:
    """What figures are worked out from, one entry per case in each column.

    `known_dpd` is the lender's own count; it may be higher than what the demands show. `was_npa`
    is of the asset class until now.
    `days_since_contact` is -1 where there never was one, `chance_of_meeting` not a number.
    """

    account_ids: Sequence[UUID]
    days_since_due: NDArray[np.int64]
    known_dpd: NDArray[np.int64]
    overdue_minor: NDArray[np.int64]
    was_npa: NDArray[np.bool_]
    promise_due_today: NDArray[np.bool_]
    days_since_contact: NDArray[np.int64]
    broken_promises: NDArray[np.int64]
    chance_of_meeting: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """The figures, one entry per case in each column; `factors` is JSON, ``[{name, points}…]``."""

    account_ids: Sequence[UUID]
    dpd: list[int]
    bucket: list[str]
    asset_class: list[str]
    overdue_minor: list[int]
    score: list[int]
    factors: list[str]


def figures_of(facts: CaseFacts) -> CaseFigures:
    """Days past due, bucket, asset class and urgency of each case, as a day begins.

    That is also what a day-end count (`DpdBasis.RBI_DAY_END`) of the day before comes to.

    The usual overdue amount, against which an amount is large or small, is the median of those
    that are overdue.
    """
    dpd = np.maximum(facts.days_since_due, facts.known_dpd)
    overdue = facts.overdue_minor[facts.overdue_minor > 0]
    usual_minor = max(1, int(np.median(overdue))) if overdue.size else 1
    columns = UrgencyColumns(
        dpd, facts.overdue_minor, facts.promise_due_today, facts.days_since_contact,
        facts.broken_promises, facts.chance_of_meeting,
    )  # fmt: skip
    points = urgency_points(columns, usual_minor)
    codes = np.array([bucket.code for bucket in DEFAULT_BUCKETS])
    return CaseFigures(
        account_ids=facts.account_ids,
        dpd=dpd.tolist(),
        bucket=codes[bucket_positions(dpd)].tolist(),
        asset_class=asset_classes(dpd, facts.was_npa).tolist(),
        overdue_minor=facts.overdue_minor.tolist(),
        score=urgency_scores(points).tolist(),
        factors=_factors(points),
    )


def _factors(points: NDArray[np.int64]) -> list[str]:
    # Few rows of points differ: the text of each is made once.
    different, which = np.unique(points, axis=0, return_inverse=True)
    texts = [
        json.dumps([{"name": w.name, "points": p} for w, p in zip(WEIGHTS, row, strict=True)])
        for row in different.tolist()
    ]
    return [texts[n] for n in which.tolist()]
