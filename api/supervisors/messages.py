"""What was sent to customers, and what was not and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.cursor import Cursor, Limit, cut, keys_of
from api.deps import Office, Read
from api.schemas import Answer, Instant
from collection.messages import store
from collection.messages.message import Message, Purpose, State

router = APIRouter(prefix="/v1/messages", tags=["messages"])


class MessageAnswer(Answer):
    """A message to a customer. `refused_by` are the contact rules that spoke against it; the
    number is masked, and the text of one with a code is not kept."""

    id: UUID
    case_id: UUID
    purpose: Purpose
    subject_id: UUID
    channel: str
    sent_to: str
    language: str
    text: str
    state: State
    refused_by: list[dict[str, Any]]
    attempts: int
    provider_ref: str | None
    problem: str | None
    made_at: Instant
    settled_at: Instant | None


class MessagesAnswer(Answer):
    """A page of messages, the newest first."""

    items: list[MessageAnswer]
    next_cursor: str | None


@router.get("")
async def get_messages(
    caller: Office,
    session: Read,
    case_id: UUID | None = None,
    state: State | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> MessagesAnswer:
    """Messages to customers of the caller's branches."""
    found = await store.messages(
        session, case_id=case_id, state=state,
        after=keys_of(cursor, datetime.fromisoformat), limit=limit + 1,
    )  # fmt: skip
    page, next_cursor = cut(found, limit, lambda each: (each.made_at, each.id))
    return MessagesAnswer(items=[_answer(each) for each in page], next_cursor=next_cursor)


def _answer(message: Message) -> MessageAnswer:
    # While it waits, a code is for nobody's eyes but the customer's.
    text = "" if message.purpose is Purpose.ONE_TIME_CODE else message.body
    return MessageAnswer(
        id=message.id, case_id=message.case_id, purpose=message.purpose,
        subject_id=message.subject_id, channel=message.channel.value, sent_to=message.masked_to,
        language=message.language, text=text, state=message.state,
        refused_by=list(message.refused_by), attempts=message.attempts,
        provider_ref=message.provider_ref, problem=message.problem, made_at=message.made_at,
        settled_at=message.settled_at,
    )  # fmt: skip
