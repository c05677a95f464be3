"""Send a payment link to the customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from collection.custody.amount_text import amount_text
from collection.gate.decisions.decide import check
from collection.gate.decisions.decision import Decision
from collection.gate.facts import Contact
from collection.gate.rule import Channel
from collection.messages import store as messages
from collection.messages.message import Message, Purpose
from collection.messages.put_out import address_of, put_out, put_out_again, unreachable
from collection.messages.wording import day_in, language_of, words_of
from collection.payments.errors import LinkNotFound, LinkNotOpen
from collection.payments.links import store
from collection.payments.links.link import PaymentLink, State
from collection.phone import masked
from core.clock import local_day
from data.session import Session


@dataclass(frozen=True, slots=True)
class Draft:
    """A message with a link as it would go out now: to whom (masked), in which words, and what the
    contact rules say. `problem` is why nobody could be reached, None when somebody can."""

    channel: Channel
    sent_to: str
    language: str
    text: str
    decision: Decision
    problem: str | None


async def send_link(
    session: Session, link_id: UUID, channel: Channel, address: str, now: datetime
) -> bool:
    """Put a message out with a link, once. For a session that sees everything.

    `address` is where the link leads. False when there is no such link, or it was sent before.
    """
    link = await store.link(session, link_id)
    to = await messages.recipient(session, link.case_id, now) if link else None
    if link is None or to is None:
        return False
    language, body = _worded(link, to, address)
    made = await put_out(session, to, Purpose.PAYMENT_LINK, link_id, channel, language, body, now)
    return made is not None


async def send_link_again(
    session: Session, link_id: UUID, channel: Channel, address: str, now: datetime
) -> Message:
    """Put a message out with a link, whether it was sent before or not.

    Raises `LinkNotFound`, `LinkNotOpen` or `TooManySendings`.
    """
    link, to = await _open(session, link_id, now)
    language, body = _worded(link, to, address)
    return await put_out_again(
        session, to, Purpose.PAYMENT_LINK, link_id, channel, language, body, now
    )


async def draft_of(
    session: Session, link_id: UUID, channel: Channel, address: str, now: datetime
) -> Draft:
    """What would be sent now, and whether the rules allow it; nothing is kept or counted.

    Raises `LinkNotFound` or `LinkNotOpen`.
    """
    link, to = await _open(session, link_id, now)
    language, body = _worded(link, to, address)
    sent_to = address_of(to, channel)
    decision = await check(session, link.case_id, Contact(channel=channel), now)
    return Draft(
        channel, masked(sent_to) if sent_to else "", language, body, decision,
        None if sent_to else unreachable(channel),
    )  # fmt: skip


async def _open(
    session: Session, link_id: UUID, now: datetime
) -> tuple[PaymentLink, messages.Recipient]:
    link = await store.link(session, link_id)
    to = await messages.recipient(session, link.case_id, now) if link else None
    if link is None or to is None:
        raise LinkNotFound(str(link_id))
    if link.state(now) is not State.OPEN:
        raise LinkNotOpen(link.state(now))
    return link, to


def _worded(link: PaymentLink, to: messages.Recipient, address: str) -> tuple[str, str]:
    """The language and the text of a message with a link."""
    language = language_of(to.language)
    body = words_of(
        Purpose.PAYMENT_LINK,
        language,
        lender=to.lender,
        amount=amount_text(link.left),
        day=day_in(local_day(link.expires_at, to.zone), language),
        link=address,
    )
    return language, body
