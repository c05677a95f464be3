"""Mails handed to a real server on this machine."""

import email
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from core.mail import Attachment, Mail, MailNotSentYet, MailNotTaken, SmtpPost
from tests.served import free_port

FROM = "lender@example.org"


@dataclass
class Server:
    """Takes mails, but answers some recipients otherwise."""

    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such person"
        if address.startswith("later"):
            return "451 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Server, int]]:
    handler, port = Server(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def post_at(port: int, scheme: str = "smtp+plain") -> SmtpPost:
    return SmtpPost(f"{scheme}://127.0.0.1:{port}", FROM)


async def test_a_mail_arrives_with_its_words_and_its_file(server: tuple[Server, int]) -> None:
    handler, port = server
    mail = Mail(
        "m1", "ana@example.org", "Su recibo", "Recibimos $ 20.000\n", "es",
        [Attachment("figures.pdf", "application/pdf", b"%PDF-")],
    )  # fmt: skip
    assert await post_at(port).send(mail) == "<m1@example.org>"
    sender, to, message = handler.taken[-1]
    assert (sender, to) == (FROM, ["ana@example.org"])
    assert message["Subject"] == "Su recibo"
    assert message["Message-ID"] == "<m1@example.org>", "the same when it is tried again"
    body = message.get_body()
    assert body is not None
    assert body["Content-Language"] == "es"
    assert body.get_content().strip() == "Recibimos $ 20.000"
    [file] = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("figures.pdf", b"%PDF-")


@pytest.mark.parametrize(
    ("to", "error"), [("nobody@example.org", MailNotTaken), ("later@example.org", MailNotSentYet)]
)
async def test_a_refusal_is_for_ever_or_for_now_as_the_server_says(
    server: tuple[Server, int], to: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await post_at(server[1]).send(Mail("m2", to, "Receipt", "…"))


async def test_without_tls_nothing_is_said_where_tls_is_asked_for(
    server: tuple[Server, int],
) -> None:
    before = len(server[0].taken)
    with pytest.raises(MailNotSentYet, match="STARTTLS"):
        await post_at(server[1], "smtp").send(Mail("m3", "ana@example.org", "Receipt", "…"))
    assert len(server[0].taken) == before


async def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(MailNotSentYet):
        await post_at(free_port()).send(Mail("m4", "ana@example.org", "Receipt", "…"))


async def test_no_header_can_be_slipped_in(server: tuple[Server, int]) -> None:
    with pytest.raises(MailNotTaken):
        await post_at(server[1]).send(
            Mail("m5", "ana@example.org", "Receipt\r\nBcc: eve@example.org", "…")
        )


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "mail.example.org"])
def test_an_address_that_is_no_mail_server_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        SmtpPost(url, FROM)
