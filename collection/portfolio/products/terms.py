"""The terms of a product type: how lateness counts, where payments go, when cases move on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from collection.portfolio.dpd import (
    DEFAULT_BUCKETS,
    AssetClass,
    Bucket,
    CountedIn,
    DpdBasis,
    Section,
    asset_classes,
    bucket_of,
    bucket_positions,
    checked_buckets,
    months_past_due,
    section_of,
)
from collection.portfolio.stages.stage import Stage
from collection.portfolio.waterfall import HEAD_ORDER, Head, OpenDemand, Waterfall, allocate
from core.errors import InvalidField
from core.said import say

DEFAULT_TYPE = "individual_loan"
"""What an account is where neither its product's code nor its branch says otherwise."""

MOVED_BY_DAYS = (Stage.REMINDER, Stage.MULTI_CHANNEL, Stage.RISK_WATCH, Stage.FIELD)
"""The stages that a case comes to by being late, in their order. Before them are `pre_due` and
`due`, behind them those that only a person decides."""

BY_ITSELF = (Stage.PRE_DUE, Stage.DUE, *MOVED_BY_DAYS)
"""All stages that the product moves cases between, forward only."""


class OverPayment(StrEnum):
    """Where money goes that no demand needs."""

    ADVANCE = "advance"
    SUSPENSE = "suspense"


@dataclass(frozen=True, slots=True)
class Terms:
    """How accounts of a product type are treated. Made without arguments: a plain loan.

    Buckets, `last_overdue` and `stages` count what is past due as `counted_in` says. `stages` tells
    from where on a case belongs to a stage. `head_order` is that of the waterfall. Without
    `partial_payments` a demand is paid in full or not at all. `pays_ahead` tells whether money
    beyond what is due pays demands before their day, or waits for it as an advance. Only loans have
    an asset class.

    Raises `InvalidField`.
    """

    dpd_basis: DpdBasis = DpdBasis.EXCLUSIVE
    counted_in: CountedIn = CountedIn.DAYS
    buckets: Sequence[Bucket] = DEFAULT_BUCKETS
    last_overdue: int = 90
    head_order: Sequence[Head] = HEAD_ORDER
    partial_payments: bool = True
    pays_ahead: bool = True
    over_payment: OverPayment = OverPayment.ADVANCE
    is_loan: bool = True
    stages: Mapping[Stage, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "buckets", checked_buckets(self.buckets))
        object.__setattr__(self, "head_order", tuple(self.head_order))
        object.__setattr__(self, "stages", dict(self.stages))
        if self.last_overdue < 0:
            raise InvalidField("last_overdue", say("0 or more"))
        if sorted(self.head_order) != sorted(HEAD_ORDER):
            raise InvalidField(
                "head_order", say("each of {head_order} once", head_order=", ".join(HEAD_ORDER))
            )
        strange = [stage for stage in self.stages if stage not in MOVED_BY_DAYS]
        starts = [self.stages[stage] for stage in MOVED_BY_DAYS if stage in self.stages]
        if strange or starts != sorted(starts) or min(starts, default=0) < 0:
            told = ", ".join(MOVED_BY_DAYS)
            raise InvalidField(
                "stages", say("{told}: from 0 on, none before the one that it follows", told=told)
            )

    def past_due(self, dpd: NDArray[np.int64], as_of: date) -> NDArray[np.int64]:
        """What buckets and sections count, for accounts that are `dpd` days past due."""
        if self.counted_in is CountedIn.DAYS:
            return dpd
        return months_past_due(dpd, as_of, self.dpd_basis)

    def bucket_and_section(self, dpd: int, as_of: date) -> tuple[str, Section]:
        """Where one account stands that is `dpd` days past due."""
        past_due = int(self.past_due(np.array([dpd]), as_of)[0])
        return bucket_of(past_due, self.buckets).code, section_of(past_due, self.last_overdue)

    def bucket_codes(self, past_due: NDArray[np.int64]) -> NDArray[np.str_]:
        """The bucket of each account."""
        codes = np.array([bucket.code for bucket in self.buckets])
        named: NDArray[np.str_] = codes[bucket_positions(past_due, self.buckets)]
        return named

    def sections(self, past_due: NDArray[np.int64]) -> NDArray[np.str_]:
        """The section of each account."""
        return np.where(past_due <= self.last_overdue, Section.OVERDUE, Section.RECOVERY)

    def asset_class_codes(
        self, dpd: NDArray[np.int64], was_npa: NDArray[np.bool_]
    ) -> NDArray[np.str_]:
        """The asset class of each account; what is no loan is standard for ever."""
        if not self.is_loan:
            return np.full(len(dpd), AssetClass.STANDARD.value)
        return asset_classes(dpd, was_npa)

    def stage_codes(
        self, past_due: NDArray[np.int64], is_due: NDArray[np.bool_]
    ) -> NDArray[np.str_]:
        """The stage that each account has come to; `is_due` where something has fallen due."""
        reached = np.where(is_due, Stage.DUE.value, Stage.PRE_DUE.value).astype("<U16")
        for stage in MOVED_BY_DAYS:
            if stage in self.stages:
                reached[past_due >= self.stages[stage]] = stage.value
        return reached

    def spread(self, payment_minor: int, demands: Sequence[OpenDemand], today: date) -> Waterfall:
        """Where a payment of today goes; all of it lands on demands, in advance or in suspense.

        Raises `InvalidField` for a payment of less than one unit.
        """
        payable = [d for d in demands if self.pays_ahead or d.counts_from <= today]
        return allocate(
            payment_minor, payable, self.head_order,
            over_to_suspense=self.over_payment is OverPayment.SUSPENSE,
        )  # fmt: skip
