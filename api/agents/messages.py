"""Messages that an agent has sent to a customer, in the office's own words."""

from typing import Literal
from uuid import UUID

from api.deps import Agent, Now, Tx
from api.routing import Router
from api.schemas import Answer, Body
from collection.gate.rule import Channel
from collection.messages.message import Purpose
from collection.messages.write_to import write_to

router = Router(prefix="/v1/agent/cases", tags=["agent: cases"])


class MessageBody(Body):
    """Which of the office's templates goes to the customer, and by what."""

    purpose: Literal["visit_missed", "due_reminder"]
    channel: Literal["sms", "whatsapp"] = "sms"


class MessageOutAnswer(Answer):
    """The message that is on its way, in the customer's language."""

    case_id: UUID
    text: str


@router.post("/{id}/message", status_code=202)
async def post_message(
    id: UUID,  # noqa: A002
    body: MessageBody,
    agent: Agent,
    session: Tx,
    now: Now,
) -> MessageOutAnswer:
    """Write to the customer, once a day with each template. What contact rules refuse is refused
    with their words."""
    text = await write_to(session, id, Purpose(body.purpose), Channel(body.channel), now)
    return MessageOutAnswer(case_id=id, text=text)
