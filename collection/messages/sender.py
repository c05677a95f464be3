"""What sends messages. One is chosen by settings; tests and demonstrations keep them."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a provider takes it. The same `id` again is the same message.

    `to` is a phone number in E.164; `channel` is ``sms`` or ``whatsapp``.
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


@dataclass(slots=True)
class RecordingSender:
    """Keeps what it is given and sends nothing: for tests and demonstrations."""

    kept: list[Outgoing] = field(default_factory=list)

    async def send(self, message: Outgoing) -> str:
        """Keep a message."""
        self.kept.append(message)
        return f"recorded-{message.id}"
