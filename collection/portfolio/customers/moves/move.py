"""Moves of customers to another branch, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """Where a move stands. Nothing moves before somebody of the other branch accepts it."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class CustomerMove:
    """That a customer, with all accounts, is another branch's from now on.

    Branches are told by their codes; names and numbers are as of when it was asked for, since who
    decides does not see the customer yet.
    """

    id: UUID
    customer_id: UUID
    customer_ref: str
    customer_name: str
    accounts: int
    from_branch: str
    to_branch: str
    reason: str
    asked_by: UUID
    asked_at: datetime
    state: State
    settled_by: UUID | None
    settled_at: datetime | None
