"""Send a message again that did not arrive."""

from datetime import datetime
from uuid import UUID

from collection.gate.rule import Channel
from collection.messages import store
from collection.messages.errors import MessageNotFound, NotToBeSentAgain
from collection.messages.message import Message, Purpose
from collection.messages.put_out import put_out_again
from data.session import Session


async def resend(
    session: Session, message_id: UUID, channel: Channel | None, now: datetime
) -> Message:
    """Have a receipt's message sent once more, by its own channel or another one.

    It goes to where the customer can be reached now, and the contact rules are asked again.
    Raises `MessageNotFound`, `NotToBeSentAgain` or `TooManySendings`.
    """
    known = await store.message(session, message_id)
    to = await store.recipient(session, known.case_id, now) if known else None
    if known is None or to is None:
        raise MessageNotFound(str(message_id))
    if known.purpose is not Purpose.RECEIPT:
        raise NotToBeSentAgain(known.purpose)
    return await put_out_again(
        session, to, known.purpose, known.subject_id, channel or known.channel, known.language,
        known.body, now,
    )  # fmt: skip
