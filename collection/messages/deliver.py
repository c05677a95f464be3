"""Send one message, if the contact rules allow it now."""

from datetime import datetime
from uuid import UUID

import structlog

from collection.gate.decisions.decide import Asking, ask
from collection.gate.facts import Contact
from collection.messages import store
from collection.messages.errors import NotSentYet, NotTaken
from collection.messages.message import Message, State
from collection.messages.sender import Outgoing, Sender
from data.session import EVERYTHING, Database, Session

log = structlog.get_logger()


async def deliver(
    database: Database, sender: Sender, message_id: UUID, now: datetime
) -> State | None:
    """Send a message; None when that was done already.

    The contact rules are asked when it is about to go, not when it was put out. What they refuse
    is kept with the rule's words. Raises `NotSentYet` when it should be tried again.
    """
    # 1. Read it again, and ask the rules. Asked twice about one message they say the same.
    async with database.transaction(EVERYTHING) as session:
        message = await store.waiting(session, message_id)
        if message is None:
            return None
        contact = Contact(channel=message.channel)
        asking = Asking(message.id, message.case_id, None, now, contact)
        decision = await ask(session, asking, now)
        if not decision.is_allowed:
            return await _settle(
                session, message, State.REFUSED, now, refused_by=list(decision.hits)
            )
    # 2. Hand it over. No transaction is open while somebody else's computer is waited for.
    outgoing = Outgoing(
        message.id, message.channel.value, message.sent_to, message.body, message.language,
        message.purpose.value,
    )  # fmt: skip
    try:
        reference = await sender.send(outgoing)
    except NotTaken as refused:
        async with database.transaction(EVERYTHING) as session:
            return await _settle(session, message, State.FAILED, now, problem=refused.because)
    except NotSentYet:
        async with database.transaction(EVERYTHING) as session:
            await store.note_attempt(session, message.id)
        raise
    # 3. Note that it went.
    async with database.transaction(EVERYTHING) as session:
        return await _settle(session, message, State.SENT, now, provider_ref=reference)


async def give_up(database: Database, message_id: UUID, now: datetime) -> None:
    """Note that a message was tried often enough."""
    async with database.transaction(EVERYTHING) as session:
        message = await store.waiting(session, message_id)
        if message is not None:
            problem = "the provider could not be reached, or took nothing"
            await _settle(session, message, State.FAILED, now, problem=problem)


async def _settle(
    session: Session, message: Message, state: State, now: datetime, **became: object
) -> State:
    await store.settle(session, message, state, now, **became)  # type: ignore[arg-type]
    # Never the number or the text: both are the customer's own.
    log.info(f"message.{state}", message_id=str(message.id), purpose=message.purpose.value)
    return state
