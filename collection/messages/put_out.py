"""Put a message out: from then on a worker sees to it that it is sent once."""

from datetime import datetime
from uuid import UUID

from collection.gate.rule import Channel
from collection.messages import store
from collection.messages.errors import TooManySendings
from collection.messages.message import MOST_SENDINGS, Message, Purpose, State
from collection.phone import e164
from core.ids import new_id
from data.queue import enqueue
from data.session import Session

UNREACHABLE = {
    "phone": "the customer has no phone number that may be used",
    "email": "the customer has no e-mail address that somebody verified",
}


def address_of(to: store.Recipient, channel: Channel) -> str | None:
    """Where a message of a channel goes to; None when the customer has nothing that may be used."""
    if channel is Channel.EMAIL:
        return to.email
    return e164(to.phone, to.country) if to.phone else None


def unreachable(channel: Channel) -> str:
    """Why a message of a channel cannot be sent to who has no address for it."""
    return UNREACHABLE["email" if channel is Channel.EMAIL else "phone"]


async def put_out(
    session: Session,
    to: store.Recipient,
    purpose: Purpose,
    subject_id: UUID,
    channel: Channel,
    language: str,
    body: str,
    now: datetime,
    *,
    sending: int = 1,
) -> Message | None:
    """Have a message sent once this transaction has committed.

    None when there is one of this purpose, subject and `sending` already. One that no address can
    be found for is kept as failed, so that somebody may see it.
    """
    address = address_of(to, channel)
    message = Message(
        new_id(), to.branch_id, to.case_id, purpose, subject_id, channel, address or "", language,
        body, State.WAITING if address else State.FAILED, (), 0, None,
        None if address else unreachable(channel),
        now, None if address else now, sending,
    )  # fmt: skip
    if not await store.add(session, message):
        return None
    if address:
        await enqueue(session, "messages.deliver", lane="messages", message_id=str(message.id))
    return message


async def put_out_again(
    session: Session,
    to: store.Recipient,
    purpose: Purpose,
    subject_id: UUID,
    channel: Channel,
    language: str,
    body: str,
    now: datetime,
) -> Message:
    """Have a message sent, though one of this purpose and subject may have been sent before.

    While the last one waits, that one is the answer: who clicks twice writes once. Raises
    `TooManySendings`.
    """
    last = await store.about(session, purpose, subject_id)
    if last is not None and last.state is State.WAITING:
        return last
    sending = last.sending + 1 if last else 1
    if sending > MOST_SENDINGS:
        raise TooManySendings(MOST_SENDINGS)
    made = await put_out(
        session, to, purpose, subject_id, channel, language, body, now, sending=sending
    )
    if made is None:  # somebody else had it sent at the same time
        made = await store.about(session, purpose, subject_id)
        assert made is not None
    return made
