"""E-mail: what a mail is made of, and the server that takes it from us."""

import smtplib
import ssl
from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
FOR_EVER = range(500, 600)
"""Answers of a server that will not change (RFC 5321, section 4.2.1)."""


class MailNotSentYet(Exception):
    """The server could not take a mail now; it should be tried again."""


class MailNotTaken(Exception):
    """The server will not take this mail, however often it is sent."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along. `media_type` is such as ``application/pdf``."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in plain text. The same `id` again is the same mail: it is its ``Message-ID``."""

    id: str
    to: str
    subject: str
    text: str
    language: str = "en"
    attachments: Sequence[Attachment] = ()


class Post(Protocol):
    """Takes mails."""

    async def send(self, mail: Mail) -> str:
        """Hand a mail over; its name on the way. Raises `MailNotSentYet` or `MailNotTaken`."""


@dataclass(slots=True)
class RecordingPost:
    """Keeps what it is given and sends nothing: for tests and demonstrations."""

    kept: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> str:
        """Keep a mail."""
        self.kept.append(mail)
        return f"recorded-{mail.id}"


class SmtpPost:
    """Hands mails to the server at `url`, from the address `sender`.

    ``smtp://`` asks for TLS before anything else is said (STARTTLS) and goes no further without,
    ``smtps://`` begins with it, ``smtp+plain://`` does without, for a server on this machine. User
    and password stand in the address, percent-encoded. Raises ValueError for an address that is
    none of these.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("an address such as smtp://user:password@mail.example.com:587")
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    async def send(self, mail: Mail) -> str:
        """Hand a mail over, as `Post.send` says. It waits in a thread of its own."""
        return await to_thread(self._send, mail)

    def _send(self, mail: Mail) -> str:
        try:
            message = self._message(mail)
        except (ValueError, UnicodeError) as unfit:
            raise MailNotTaken(f"it cannot be written as a mail: {unfit}") from unfit
        try:
            with self._connection() as server:
                server.send_message(message, self._sender, [mail.to])
        except smtplib.SMTPRecipientsRefused as refused:
            [(code, said)] = refused.recipients.values()
            raise _refusal(code, said) from refused
        except smtplib.SMTPAuthenticationError as refused:
            # Ours to put right, and then the mail goes: it waits.
            raise MailNotSentYet("the server does not know our user and password") from refused
        except smtplib.SMTPResponseException as refused:
            raise _refusal(refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPNotSupportedError as missing:
            raise MailNotSentYet(str(missing)) from missing
        except (smtplib.SMTPException, OSError) as failed:
            raise MailNotSentYet(type(failed).__name__) from failed
        return str(message["Message-ID"])

    def _connection(self) -> smtplib.SMTP:
        if self._scheme == "smtps":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        try:
            if self._scheme == "smtp":
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = f"<{mail.id}@{self._sender.rpartition('@')[2]}>"
        # No vacation notes or receipts of reading come back for what a program has sent.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        message["Content-Language"] = mail.language
        for file in mail.attachments:
            main, _, sub = file.media_type.partition(";")[0].partition("/")
            message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
        return message


def _refusal(code: int, said: bytes | str) -> Exception:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    if code in FOR_EVER:
        return MailNotTaken(f"the server answered {code}: {words}"[:300])
    return MailNotSentYet(f"{code}")
