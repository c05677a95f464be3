"""Transactions: money that moved, with the state it is in now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.money import Money


class Kind(StrEnum):
    """What moved: money of a customer, the same taken back, or cash of an agent."""

    RECEIPT = "receipt"
    REVERSAL = "reversal"
    DEPOSIT = "deposit"


class State(StrEnum):
    """Where it stands now.

    A receipt's cash is `IN_HAND` until all of it left the agent's till; then, and for all that is
    no cash, it is `PASSED_ON`; `REVERSAL_ASKED` and `REVERSED` go before these. A reversal is
    `REVERSED`. A deposit is `IN_TRANSIT` until it is counted, or proven by the bank
    (`ACKNOWLEDGED`), or sent back (`REJECTED`).
    """

    IN_HAND = "in_hand"
    PASSED_ON = "passed_on"
    REVERSAL_ASKED = "reversal_asked"
    REVERSED = "reversed"
    IN_TRANSIT = "in_transit"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Transaction:
    """A row. `reference` is a receipt's number or a deposit's slip; a reversal's amount is below
    zero, and its id is the receipt's reversal's own."""

    id: UUID
    kind: Kind
    at: datetime
    branch: str
    agent_id: UUID | None
    agent: str | None
    customer: str | None
    case_id: UUID | None
    reference: str | None
    mode: str
    amount: Money
    state: State


@dataclass(frozen=True, slots=True)
class Total:
    """How many transactions of a kind and state fit, and what they add up to."""

    kind: Kind
    state: State
    count: int
    amount: Money
