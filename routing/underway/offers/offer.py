"""An offer: when a re-planned round is worth asking for, and how long the question stands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from routing.rounds.published.store import RoundToWrite
from routing.underway.difference import Difference
from routing.underway.when import Cause

STANDS = timedelta(minutes=15)
"""Later the agent is somewhere else, and the round would be planned from where nobody is."""

LEAST_SAVED_S = 180
"""Less travel saved than this is not worth reading a new list for."""


@dataclass(frozen=True, slots=True)
class NewOffer:
    """A re-planned round to be offered in place of `base_round_id`."""

    branch_id: UUID
    agent_id: UUID
    day: date
    base_round_id: UUID
    cause: Cause
    why: str
    proposal: RoundToWrite
    difference: Difference
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as people see it. `state` says what became of it; `difference` are JSON values."""

    id: UUID
    agent_id: UUID
    agent: str
    branch_id: UUID
    day: date
    base_revision: int
    cause: str
    why: str
    difference: dict[str, Any]
    made_at: datetime
    expires_at: datetime
    state: str
    decided_at: datetime | None
    decided_by: UUID | None
    decided_by_name: str | None
    round_id: UUID | None


def is_worth_it(changes: Difference, cause: Cause) -> bool:
    """Whether to ask: visits come or go, a window or the shift is at stake, or travel is saved."""
    if changes.is_nothing:
        return False
    at_stake = cause in (Cause.WINDOW, Cause.OVERTIME)
    return bool(
        changes.added or changes.dropped or at_stake or changes.travel_saved_s >= LEAST_SAVED_S
    )


def open_until(now: datetime, shift_ends_at: datetime) -> datetime:
    """When an offer made now lapses: after `STANDS`, or with the shift."""
    return max(min(now + STANDS, shift_ends_at), now + timedelta(minutes=1))
