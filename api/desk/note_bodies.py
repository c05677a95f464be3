"""What is sent when a contact is noted, from the field and from the desk alike."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.schemas import Answer, Body, Day, Instant, Moment, MoneyBody, Text
from collection.field_notes.disposition import (
    Ability,
    ActionKind,
    Disposition,
    GivenCause,
    GivenPromise,
    Intent,
    NextAction,
    Person,
)
from collection.field_notes.values.value_list import Topic
from core.money import Money

Code = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$", description="a code of the list")]
Channel = Literal[Topic.VISIT, Topic.CALL, Topic.MESSAGE]


class NextActionBody(Body):
    """What comes next, and on which day of the branch."""

    kind: ActionKind
    due_on: Day
    note: Text | None = None

    def action(self) -> NextAction:
        """The domain's value."""
        return NextAction(self.kind, self.due_on, self.note)


class GivenCauseBody(Body):
    """The code of a root cause, and what it is in words."""

    code: Code
    note: Text

    def cause(self) -> GivenCause:
        """The domain's value."""
        return GivenCause(self.code, self.note)


class GivenPromiseBody(Body):
    """What the customer promised in this contact; its id is made by the caller."""

    id: UUID
    amount: MoneyBody
    due_on: Day

    def promise(self) -> GivenPromise:
        """The domain's value."""
        amount = Money(self.amount.amount_minor, self.amount.currency)
        return GivenPromise(self.id, amount, self.due_on)


class NotedBody(Body):
    """What came of one contact, in codes of the list that holds in the case's branch."""

    case_id: UUID
    channel: Channel
    contact: Code
    result: Code
    reason: Code | None = None
    person: Person | None = None
    person_name: Text | None = None
    intent: Intent | None = None
    ability: Ability | None = None
    note: Text | None = None
    next_action: NextActionBody
    cause: GivenCauseBody | None = None
    promise: GivenPromiseBody | None = None

    def noted(self, disposition_id: UUID, happened_at: datetime) -> Disposition:
        """The domain's value."""
        return Disposition(
            disposition_id, self.case_id, self.channel, self.contact, self.result, self.reason,
            self.person, self.person_name, self.intent, self.ability, self.note,
            self.next_action.action(), self.cause.cause() if self.cause else None,
            self.promise.promise() if self.promise else None, happened_at,
        )  # fmt: skip


class DispositionBody(NotedBody):
    """A contact in the field, at the phone's own time."""

    happened_at: Moment


class DeskDispositionBody(NotedBody):
    """A contact at the desk, just now unless it says when. With an `override_reason` a promise is
    taken that is beyond the branch's policies, by who acts in supervision."""

    happened_at: Moment | None = None
    override_reason: Text | None = None

    def digest(self) -> bytes:
        """As of bodies without an override, where there is none."""
        without = {"override_reason"} if self.override_reason is None else None
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).digest()


class DispositionAnswer(Answer):
    """The disposition as it was noted."""

    id: UUID
    case_id: UUID
    channel: Topic
    contact: str
    result: str
    reason: str | None
    happened_at: Instant


class ReceiptCauseBody(Body):
    """Why a receipt's amount is not what was due."""

    receipt_id: UUID
    code: Code
    note: Text


class CauseIdAnswer(Answer):
    """The id of a root cause."""

    id: UUID
