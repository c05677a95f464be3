"""Messages to customers as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from collection.gate.rule import Channel
from collection.phone import masked

MOST_SENDINGS = 5
"""So often one and the same is sent to a customer; more would be pestering."""

MOST_ATTEMPTS = 8
FIRST_WAIT_S = 5
LONGEST_WAIT_S = 900
"""With doubling waits: half an hour, then somebody has to look."""


class Purpose(StrEnum):
    """What a message is for."""

    RECEIPT = "receipt"
    PAYMENT_LINK = "payment_link"
    ONE_TIME_CODE = "one_time_code"
    VISIT_MISSED = "visit_missed"
    DUE_REMINDER = "due_reminder"
    PROMISE_TOMORROW = "promise_tomorrow"
    PROMISE_TODAY = "promise_today"
    PROMISE_BROKEN = "promise_broken"


class State(StrEnum):
    """Where a message stands. `refused`: a contact rule spoke against it."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a customer. About one `subject_id` there is one of each purpose and `sending`.

    `sending` is 1, or more when somebody had it sent again. `sent_to` is a phone number in E.164,
    or an e-mail address. `refused_by` are contact rules' hits, in words.
    """

    id: UUID
    branch_id: UUID
    case_id: UUID
    purpose: Purpose
    subject_id: UUID
    channel: Channel
    sent_to: str
    language: str
    body: str
    state: State
    refused_by: Sequence[Any]
    attempts: int
    provider_ref: str | None
    problem: str | None
    made_at: datetime
    settled_at: datetime | None
    sending: int = 1

    @property
    def masked_to(self) -> str:
        """The number or address with its middle left out: enough to tell one from another."""
        return masked(self.sent_to)


def wait_s(attempts: int) -> int | None:
    """How long to wait after so many attempts before this one; None gives the message up."""
    if attempts + 1 >= MOST_ATTEMPTS:
        return None
    return min(LONGEST_WAIT_S, FIRST_WAIT_S << attempts)
