"""What was sent to customers, what was not and why; sending links and receipts again."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from api.contact_answers import ContactReasonAnswer
from api.cursor import Cursor, Limit, cut, keys_of
from api.customers.links import TheLinkKey, sent_link_of
from api.deps import Now, Read, Tx, Writer
from api.routing import Router
from api.schemas import Answer, Body, Instant
from collection.gate.rule import Channel
from collection.messages import store
from collection.messages.message import Message, Purpose, State
from collection.messages.resend import resend
from collection.payments.links.send_link import draft_of, send_link_again
from identity.links.link import Leads

router = Router(prefix="/v1", tags=["messages"])

MessageChannel = Literal["sms", "whatsapp", "email"]


class MessageAnswer(Answer):
    """A message to a customer. `refused_by` are the contact rules that spoke against it; number
    or address are masked, and the text of one with a code is not kept. `sending` counts how often
    this was sent about its subject."""

    id: UUID
    case_id: UUID
    purpose: Purpose
    subject_id: UUID
    sending: int
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


class SendBody(Body):
    """By what a message is to go."""

    channel: MessageChannel


class ResendBody(Body):
    """By what a message is to go; as before, when nothing is said."""

    channel: MessageChannel | None = None


class DraftAnswer(Answer):
    """A message with a payment link as it would go out now, and what the contact rules say of it.
    `problem` is why the customer could not be reached so."""

    channel: str
    sent_to: str
    language: str
    text: str
    problem: str | None
    is_allowed: bool
    hits: list[ContactReasonAnswer]


@router.get("/messages")
async def get_messages(
    caller: Writer,
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


@router.post("/messages/{id}/resend")
async def post_resend(
    id: UUID,  # noqa: A002
    body: ResendBody,
    caller: Writer,
    session: Tx,
    now: Now,
) -> MessageAnswer:
    """Send a receipt's message once more. While the last one waits, that one is the answer."""
    channel = Channel(body.channel) if body.channel else None
    return _answer(await resend(session, id, channel, now))


@router.get("/payment-links/{id}/message")
async def get_draft(
    id: UUID,  # noqa: A002
    channel: MessageChannel,
    caller: Writer,
    session: Read,
    now: Now,
    key: TheLinkKey,
) -> DraftAnswer:
    """What would be sent with a payment link now, to whom, and whether contact rules allow it."""
    address = sent_link_of(key, Leads.PAYMENT, id)
    draft = await draft_of(session, id, Channel(channel), address, now)
    return DraftAnswer(
        channel=channel, sent_to=draft.sent_to, language=draft.language, text=draft.text,
        problem=draft.problem, is_allowed=draft.decision.is_allowed,
        hits=[ContactReasonAnswer.model_validate(hit) for hit in draft.decision.hits],
    )  # fmt: skip


@router.post("/payment-links/{id}/message")
async def post_message(
    id: UUID,  # noqa: A002
    body: SendBody,
    caller: Writer,
    session: Tx,
    now: Now,
    key: TheLinkKey,
) -> MessageAnswer:
    """Send a payment link, again if need be. Contact rules are asked when it is about to go. While
    the last message with this link waits, that one is the answer."""
    address = sent_link_of(key, Leads.PAYMENT, id)
    return _answer(await send_link_again(session, id, Channel(body.channel), address, now))


def _answer(message: Message) -> MessageAnswer:
    # While it waits, a code is for nobody's eyes but the customer's.
    text = "" if message.purpose is Purpose.ONE_TIME_CODE else message.body
    return MessageAnswer(
        id=message.id, case_id=message.case_id, purpose=message.purpose,
        subject_id=message.subject_id, sending=message.sending, channel=message.channel.value,
        sent_to=message.masked_to, language=message.language, text=text, state=message.state,
        refused_by=list(message.refused_by), attempts=message.attempts,
        provider_ref=message.provider_ref, problem=message.problem, made_at=message.made_at,
        settled_at=message.settled_at,
    )  # fmt: skip
