"""Whether a customer may be erased, and what the law keeps all the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.said import Said, say_many


class State(StrEnum):
    """Where a request for erasure stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request that a customer's data be erased. `report` says what was, and what was kept."""

    id: UUID
    customer_id: UUID
    reason: str
    state: State
    asked_at: datetime
    asked_by: UUID
    decided_at: datetime | None
    decided_by: UUID | None
    report: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Needs:
    """What may still need a customer's data: how many of each. `unseen_records` are seen as one
    with the customer, in branches that who asks does not see."""

    unseen_records: int
    open_cases: int
    unpaid_demands: int
    open_payments: int
    sums_owed: int
    holds: int
    legal_cases: int

    def sentences(self) -> tuple[Said, ...]:
        """Why it cannot be erased now; nothing when it can."""
        told = (
            (self.unseen_records, say_many(
                "one record that was merged with it is of another branch",
                "{count} records that were merged with it are of other branches",
                self.unseen_records,
            )),
            (self.open_cases, say_many(
                "one case is open", "{count} cases are open", self.open_cases
            )),
            (self.unpaid_demands, say_many(
                "one demand is unpaid", "{count} demands are unpaid", self.unpaid_demands
            )),
            (self.open_payments, say_many(
                "one payment has begun and not ended",
                "{count} payments have begun and not ended", self.open_payments,
            )),
            (self.sums_owed, say_many(
                "one sum that was paid too much is to be paid back or used",
                "{count} sums that were paid too much are to be paid back or used",
                self.sums_owed,
            )),
            (self.holds, say_many(
                "one legal hold stands", "{count} legal holds stand", self.holds
            )),
            (self.legal_cases, say_many(
                "one legal case is open", "{count} legal cases are open", self.legal_cases
            )),
        )  # fmt: skip
        return tuple(sentence for count, sentence in told if count)


KEPT_BECAUSE: Mapping[str, str] = {
    "receipt": "books must be kept; the name in them is gone",
    "demand": "books must be kept; the name in them is gone",
    "refund": "books must be kept; the payee stands in them",
    "online_payment": "books must be kept; the gateway's own words stand in them",
    "visit": "proof that the visit was lawful, with the position of the door",
    "check_in": "proof that the visit was lawful, with the position of the door",
    "attachment": "proof of the visit; the chain of evidence names the file by its hash",
    "contact_attempt": "proof of how often the customer was contacted",
    "consent": "proof of what was agreed to",
}
"""What stays of an erased customer, by table, and why."""


def report_of(erased: Mapping[str, int], kept: Mapping[str, int]) -> dict[str, Any]:
    """What was erased, and what was kept and why. Tables without any rows are left out."""
    return {
        "erased": {name: count for name, count in erased.items() if count},
        "kept": [
            {"what": name, "count": count, "because": KEPT_BECAUSE[name]}
            for name, count in kept.items()
            if count
        ],
    }
