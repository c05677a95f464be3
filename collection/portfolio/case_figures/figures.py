"""The figures of many cases at once: how late, how much, how urgent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from collection.portfolio.dpd import days_of
from collection.portfolio.products.terms import Terms
from collection.portfolio.urgency import WEIGHTS, UrgencyColumns, urgency_points, urgency_scores


@dataclass(frozen=True, slots=True, eq=False)
class CaseFacts:
    """What figures are worked out from, one entry per case in each column.

    `product` is the place of the account's terms among those that hold. `days_since_due` is
    negative where nothing is due yet or nothing unpaid; `known_dpd` is the lender's own count,
    which may be higher than what the demands show. `days_since_taken` are those since the oldest
    due that an arrears plan in force has taken over, -1 without one: asset classes go on by it,
    for paying in parts is no payment. `was_npa` is of the asset class until now.
    `days_since_contact` is -1 where there never was one, `chance_of_meeting` not a number;
    `assessed` is the share of its points that the last assessment gives.
    """

    account_ids: Sequence[UUID]
    product: NDArray[np.int64]
    days_since_due: NDArray[np.int64]
    known_dpd: NDArray[np.int64]
    days_since_taken: NDArray[np.int64]
    overdue_minor: NDArray[np.int64]
    was_npa: NDArray[np.bool_]
    promise_due_today: NDArray[np.bool_]
    days_since_contact: NDArray[np.int64]
    broken_promises: NDArray[np.int64]
    chance_of_meeting: NDArray[np.float64]
    assessed: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """The figures, one entry per case in each column; `factors` is JSON, ``[{name, points}…]``."""

    account_ids: Sequence[UUID]
    dpd: list[int]
    bucket: list[str]
    section: list[str]
    stage: list[str]
    asset_class: list[str]
    overdue_minor: list[int]
    score: list[int]
    factors: list[str]


def figures_of(facts: CaseFacts, terms: Sequence[Terms], day: date) -> CaseFigures:
    """Days past due, bucket, section, asset class, stage and urgency of each case on a day.

    An account whose terms count by `DpdBasis.RBI_DAY_END` is told as that day's end will find it
    unless it is paid; what the others are as the day begins is also what a day-end count of the day
    before comes to.

    The usual overdue amount, against which an amount is large or small, is the median of those
    that are overdue.
    """
    dpd, bucket, section, asset_class, stage = _by_terms(facts, terms, day)
    overdue = facts.overdue_minor[facts.overdue_minor > 0]
    usual_minor = max(1, int(np.median(overdue))) if overdue.size else 1
    columns = UrgencyColumns(
        dpd, facts.overdue_minor, facts.promise_due_today, facts.days_since_contact,
        facts.broken_promises, facts.chance_of_meeting, facts.assessed,
    )  # fmt: skip
    points = urgency_points(columns, usual_minor)
    return CaseFigures(
        account_ids=facts.account_ids,
        dpd=dpd.tolist(),
        bucket=bucket.tolist(),
        section=section.tolist(),
        stage=stage.tolist(),
        asset_class=asset_class.tolist(),
        overdue_minor=facts.overdue_minor.tolist(),
        score=urgency_scores(points).tolist(),
        factors=_factors(points),
    )


def _by_terms(
    facts: CaseFacts, terms: Sequence[Terms], day: date
) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """(dpd, bucket, section, asset class, stage): the accounts of each product type at once."""
    many = len(facts.account_ids)
    dpd = np.zeros(many, np.int64)
    bucket, section, asset_class, stage = (np.empty(many, object) for _ in range(4))
    for place in np.unique(facts.product).tolist():
        its, holds = facts.product == place, terms[place]
        by_dues = days_of(facts.days_since_due[its], holds.dpd_basis)
        dpd[its] = np.maximum(by_dues, facts.known_dpd[its])
        past_due = holds.past_due(dpd[its], day)
        bucket[its] = holds.bucket_codes(past_due)
        section[its] = holds.sections(past_due)
        lasting = np.maximum(dpd[its], days_of(facts.days_since_taken[its], holds.dpd_basis))
        asset_class[its] = holds.asset_class_codes(lasting, facts.was_npa[its])
        stage[its] = holds.stage_codes(past_due, facts.overdue_minor[its] > 0)
    return dpd, bucket, section, asset_class, stage


def _factors(points: NDArray[np.int64]) -> list[str]:
    # Few rows of points differ: the text of each is made once.
    different, which = np.unique(points, axis=0, return_inverse=True)
    texts = [
        json.dumps([{"name": w.name, "points": p} for w, p in zip(WEIGHTS, row, strict=True)])
        for row in different.tolist()
    ]
    return [texts[n] for n in which.tolist()]
