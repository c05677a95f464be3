"""Messages from a receipt to the provider, on the real queue."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from collection.gate.rule import Channel
from collection.messages import store
from collection.messages.deliver import deliver
from collection.messages.errors import NotSentYet, NotTaken
from collection.messages.http_sender import HttpSender
from collection.messages.mail_sender import MailSender
from collection.messages.message import Purpose, State
from collection.messages.put_out import put_out
from collection.messages.sender import ByChannel, Outgoing, RecordingSender
from collection.receipts.copies.send_copy import send_copy
from core.ids import new_id
from core.mail import RecordingPost
from data.sealed import index_of, opened, sealed
from data.session import EVERYTHING, Database, rows
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import give_phone

BASE = "https://pay.example.com"


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text("UPDATE customer SET language = 'es-CL' WHERE id = :id"),
            {"id": field.case.customer_id},
        )
        await give_phone(session, field.case.customer_id, "9 1234 5678")
        await _switch_on(session, field.branch)
    return field


async def _switch_on(session: Any, branch: UUID) -> None:
    await session.execute(
        text(
            "INSERT INTO policy (branch_id, key, value, set_at)"
            " VALUES (:branch, 'receipt_message', '\"sms\"', :now)"
        ),
        {"branch": branch, "now": MONDAY_NINE},
    )


async def a_message(field: Field) -> UUID:
    receipt = UUID((await field.pay(20_000)).json()["id"])
    async with field.database.transaction(EVERYTHING) as session:
        assert await send_copy(session, receipt, BASE, MONDAY_NINE)
        found = await rows(session, "SELECT id FROM message WHERE subject_id = :id", id=receipt)
    id_: UUID = found[0].id
    return id_


async def the_message(field: Field, id_: UUID) -> Any:
    return (await field.ask("SELECT * FROM message WHERE id = :id", id=id_))[0]


@dataclass
class Failing:
    error: Exception

    async def send(self, _message: Outgoing) -> str:
        raise self.error


async def test_a_receipt_has_the_customer_told_once_in_their_language(field: Field) -> None:
    receipt = UUID((await field.pay(20_000)).json()["id"])
    waiting = await field.ask(
        "SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = 'messages.receipt'"
        " AND args ->> 'receipt_id' = :id",
        id=str(receipt),
    )
    assert waiting[0].n == 1
    async with field.database.transaction(EVERYTHING) as session:
        assert await send_copy(session, receipt, BASE, MONDAY_NINE)
        assert not await send_copy(session, receipt, BASE, MONDAY_NINE)
    [message] = await field.ask("SELECT * FROM message WHERE subject_id = :id", id=receipt)
    sender = RecordingSender()
    assert await deliver(field.database, sender, message.id, MONDAY_NINE) is State.SENT
    assert await deliver(field.database, sender, message.id, MONDAY_NINE) is None
    [sent] = sender.kept
    assert (sent.to, sent.language, sent.purpose) == ("+56912345678", "es", "receipt")
    assert "recibimos $ 20.000 el 23 nov 2026" in sent.text
    assert f"{BASE}/r/" in sent.text


async def test_a_branch_that_sends_none_puts_nothing_on_the_queue(
    database: Database, client: httpx.AsyncClient
) -> None:
    field = await a_field(database, client)
    receipt = (await field.pay(20_000)).json()["id"]
    waiting = await field.ask(
        "SELECT FROM procrastinate_jobs WHERE args ->> 'receipt_id' = :id", id=receipt
    )
    assert waiting == []
    async with database.transaction(EVERYTHING) as session:
        assert not await send_copy(session, UUID(receipt), BASE, MONDAY_NINE)


async def test_what_contact_rules_refuse_is_not_sent_and_kept_with_the_rule(field: Field) -> None:
    message = await a_message(field)
    await field.ask(
        "INSERT INTO contact_preference (id, branch_id, customer_id, channels, weekdays,"
        " places_banned, is_opted_out, first_day, source, recorded_at)"
        " VALUES (:id, :branch, :customer, ARRAY['sms'], '{}', '{}', true, '2026-11-01', 'letter',"
        " :now) RETURNING id",
        id=new_id(), branch=field.branch, customer=field.case.customer_id, now=MONDAY_NINE,
    )  # fmt: skip
    sender = RecordingSender()
    assert await deliver(field.database, sender, message, MONDAY_NINE) is State.REFUSED
    assert sender.kept == []
    kept = await the_message(field, message)
    assert kept.refused_by[0]["effect"] == "block"
    assert kept.refused_by[0]["text"]
    assert kept.attempts == 0


async def test_a_provider_that_is_away_is_tried_again_and_one_that_refuses_is_not(
    field: Field,
) -> None:
    message = await a_message(field)
    with pytest.raises(NotSentYet):
        await deliver(field.database, Failing(NotSentYet(503)), message, MONDAY_NINE)
    kept = await the_message(field, message)
    assert (kept.state, kept.attempts) == ("waiting", 1)
    refused = Failing(NotTaken("the provider answered 400"))
    assert await deliver(field.database, refused, message, MONDAY_NINE) is State.FAILED
    kept = await the_message(field, message)
    assert (kept.state, kept.attempts, kept.problem) == ("failed", 2, "the provider answered 400")


async def test_without_a_sender_or_a_number_messages_are_seen_to_have_failed(field: Field) -> None:
    message = await a_message(field)
    nobody = ByChannel(None, None)
    assert await deliver(field.database, nobody, message, MONDAY_NINE) is State.FAILED
    assert "ROUNDSMAN_MESSAGE_URL" in (await the_message(field, message)).problem
    async with field.database.transaction(EVERYTHING) as session:
        await give_phone(session, field.case.customer_id, None)
    unreached = await the_message(field, await a_message(field))
    assert (unreached.state, opened(unreached.sent_to)) == ("failed", "")


@pytest.fixture
async def provider() -> AsyncIterator[tuple[str, list[dict[str, Any]], list[int]]]:
    """An SMS provider: its address, what it was sent, and what it answers next."""
    got: list[dict[str, Any]] = []
    answers: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        key = head.split("idempotency-key: ")[1].split("\r\n")[0]
        got.append(json.loads(await reader.readexactly(length)) | {"key": key})
        status = answers.pop(0) if answers else 200
        body = b'{"message_id": "wamid.77"}'
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}/send", got, answers
    server.close()


async def test_the_http_sender_posts_its_template_and_reads_the_answer(
    provider: tuple[str, list[dict[str, Any]], list[int]],
) -> None:
    url, got, answers = provider
    sender = HttpSender(url, {"Authorization": "Bearer k"}, '{"to": "{to}", "text": "{text}"}')
    message = Outgoing(new_id(), "sms", "+56912345678", 'a "b"\n{to}', "es", "receipt")
    assert await sender.send(message) == "wamid.77"
    assert got == [{"to": "+56912345678", "text": 'a "b"\n{to}', "key": str(message.id)}]
    answers += [503, 302, 400]
    with pytest.raises(NotSentYet):
        await sender.send(message)
    for _ in range(2):
        with pytest.raises(NotTaken):
            await sender.send(message)
    await sender.close()
    away = HttpSender("http://127.0.0.1:9", {}, '{"to": "{to}", "text": "{text}"}')
    with pytest.raises(NotSentYet):
        await away.send(message)
    await away.close()


async def test_the_office_sees_messages_with_masked_numbers_and_agents_see_none(
    field: Field,
) -> None:
    message = await a_message(field)
    found = await field.client.get(
        f"/v1/messages?case_id={field.case.case_id}", headers=bearer(field.desk)
    )
    [shown] = found.json()["items"]
    assert (shown["id"], shown["sent_to"]) == (str(message), "+56 •••••5678")
    assert shown["state"] == "waiting"
    denied = await field.client.get("/v1/messages", headers=bearer(field.token))
    assert denied.status_code == 403


async def test_an_e_mail_goes_to_an_address_that_somebody_else_verified(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await session.execute(
            text(
                "INSERT INTO contact_point (id, branch_id, customer_id, kind, value, value_index,"
                " relation, source, added_by, added_at, verified_by, verified_at)"
                " VALUES (:id, :branch, :customer, 'email', :value, :index, 'customer', 'desk',"
                " :agent, :now, (SELECT id FROM staff WHERE id <> :agent LIMIT 1), :now)"
            ),
            {
                "id": new_id(), "branch": field.branch, "customer": field.case.customer_id,
                "agent": field.agent, "now": MONDAY_NINE, "value": sealed("ana@example.org"),
                "index": index_of("ana@example.org"),
            },
        )  # fmt: skip
        to = await store.recipient(session, field.case.case_id, MONDAY_NINE)
        assert to is not None
        message = await put_out(
            session,
            to,
            Purpose.PAYMENT_LINK,
            new_id(),
            Channel.EMAIL,
            "es",
            "Pague: …",
            MONDAY_NINE,
        )
    assert message is not None
    assert message.masked_to == "a•••@example.org"
    post = RecordingPost()
    sender = ByChannel(None, MailSender(post))
    assert await deliver(field.database, sender, message.id, MONDAY_NINE) is State.SENT
    [mail] = post.kept
    assert (mail.to, mail.subject, mail.language) == ("ana@example.org", "Pague aquí", "es")
    assert mail.id == str(message.id)
