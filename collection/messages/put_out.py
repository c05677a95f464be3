"""Put a message out: from then on a worker sees to it that it is sent once."""

from datetime import datetime
from uuid import UUID

from collection.gate.rule import Channel
from collection.messages import store
from collection.messages.message import Message, Purpose, State
from collection.phone import e164
from core.ids import new_id
from data.queue import enqueue
from data.session import Session


async def put_out(
    session: Session,
    to: store.Recipient,
    purpose: Purpose,
    subject_id: UUID,
    channel: Channel,
    language: str,
    body: str,
    now: datetime,
) -> bool:
    """Have a message sent once this transaction has committed.

    False when there is one of this purpose about this subject already. One that no number can be
    found for is kept as failed, so that somebody may see it.
    """
    number = e164(to.phone, to.country) if to.phone else None
    message = Message(
        new_id(), to.branch_id, to.case_id, purpose, subject_id, channel, number or "", language,
        body, State.WAITING if number else State.FAILED, (), 0, None,
        None if number else "the customer has no phone number that may be used",
        now, None if number else now,
    )  # fmt: skip
    if not await store.add(session, message):
        return False
    if number:
        await enqueue(session, "messages.deliver", lane="messages", message_id=str(message.id))
    return True
