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
    """Cash that one agent (`giver`) offers another (`taker`), counted by both. `given_at` is when
    it left the giver's hands, where the two met: it is the taker's once that phone says so too.
    """

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
    given_at: datetime | None = None

    def is_what_was_taken(self, taking: "Taking") -> bool:
        """Whether the taker's phone wrote down the same."""
        mine = (self.giver_id, self.taker_id, self.amount)
        return mine == (taking.giver_id, taking.taker_id, taking.amount)


@dataclass(frozen=True, slots=True)
class Taking:
    """That an agent has taken a colleague's cash, as the taker's phone wrote it down; `id` is that
    of the handover."""

    id: UUID
    giver_id: UUID
    giver: str
    taker_id: UUID
    taker: str
    amount: Money
    denominations: tuple[Denomination, ...]
    taken_at: datetime
