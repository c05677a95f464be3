"""What sends messages. One is chosen by settings; tests and demonstrations keep them."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from collection.messages.errors import NotTaken


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a provider takes it. The same `id` again is the same message.

    `to` is a phone number in E.164 where `channel` is ``sms`` or ``whatsapp``, an address where it
    is ``email``.
    """

    id: UUID
    channel: str
    to: str
    text: str
    language: str
    purpose: str


class Sender(Protocol):
    """Sends messages."""

    async def send(self, message: Outgoing) -> str:
        """Hand a message over; the provider's own name for it.

        Raises `NotSentYet` when it should be tried again, `NotTaken` when that would not help.
        """


@dataclass(frozen=True, slots=True)
class ByChannel:
    """Hands e-mails to `mail` and everything else to `phone`, as far as they are set up."""

    phone: Sender | None
    mail: Sender | None

    async def send(self, message: Outgoing) -> str:
        """Hand a message over, as `Sender.send` says."""
        is_mail = message.channel == "email"
        sender = self.mail if is_mail else self.phone
        if sender is None:
            setting = "ROUNDSMAN_MAIL_URL" if is_mail else "ROUNDSMAN_MESSAGE_URL"
            raise NotTaken(f"no sender is set up ({setting})")
        return await sender.send(message)


@dataclass(slots=True)
class RecordingSender:
    """Keeps what it is given and sends nothing: for tests and demonstrations."""

    kept: list[Outgoing] = field(default_factory=list)

    async def send(self, message: Outgoing) -> str:
        """Keep a message."""
        self.kept.append(message)
        return f"recorded-{message.id}"
