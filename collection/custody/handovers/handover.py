"""Handovers between agents as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from collection.custody.denominations import Denomination
from core.money import Money


class State(StrEnum):
    """Where a handover stands. Cash moves when it is accepted, and only then."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Handover:
    """Cash that one agent (`giver`) offers another (`taker`), counted by both."""

    id: UUID
    giver_id: UUID
    giver: str
    taker_id: UUID
    taker: str
    amount: Money
    denominations: tuple[Denomination, ...]
    state: State
    offered_at: datetime
    settled_at: datetime | None
