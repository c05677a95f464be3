"""The worker's messages to customers, from the receipt to the sender, on the real queue."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlalchemy import text

from collection.messages.errors import NotSentYet
from collection.messages.message import MOST_ATTEMPTS
from collection.messages.sender import ByChannel, Outgoing, RecordingSender
from core.clock import Clock
from core.settings import settings
from data.live import LiveBus
from data.queue import queue, queue_connector
from data.session import EVERYTHING, Database, rows
from jobs import context
from jobs.app import LANES
from tests.api.cash_field import Field, a_field
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.factories import give_phone


class AwaySender(RecordingSender):
    """A provider that nobody can reach."""

    async def send(self, message: Outgoing) -> str:
        await super().send(message)
        raise NotSentYet(503)


@pytest.fixture(autouse=True)
def recording() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ROUNDSMAN_MESSAGE_URL", "record")
        environment.setenv("ROUNDSMAN_PUBLIC_URL", "https://lender.example.com/")
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture
async def client(
    own_database_url: str, live: LiveBus, clock: Clock
) -> AsyncIterator[tuple[Database, httpx.AsyncClient]]:
    database = Database(own_database_url)
    context.provide(database, clock)
    with queue.replace_connector(queue_connector(own_database_url)):
        async with queue.open_async(), client_at(database, live, MONDAY_NINE) as talking:
            yield database, talking
    await context.close()
    await database.close()


async def work(database: Database) -> None:
    """Do what is to be done in the lane, however long it is to wait."""
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "UPDATE procrastinate_jobs SET scheduled_at = NULL RETURNING id")
    await queue.run_worker_async(
        queues=["messages"],
        concurrency=LANES["messages"],
        wait=False,
        install_signal_handlers=False,
        listen_notify=False,
    )


async def paid(database: Database, talking: httpx.AsyncClient) -> Field:
    field = await a_field(database, talking)
    async with database.transaction(EVERYTHING) as session:
        await give_phone(session, field.case.customer_id, "+56912345678")
        await session.execute(
            text(
                "INSERT INTO policy (branch_id, key, value, set_at)"
                " VALUES (:branch, 'receipt_message', '\"sms\"', :now)"
            ),
            {"branch": field.branch, "now": MONDAY_NINE},
        )
    assert (await field.pay(20_000)).status_code == 200
    return field


async def test_a_receipt_reaches_the_sender_once(
    client: tuple[Database, httpx.AsyncClient],
) -> None:
    field = await paid(*client)
    for _ in range(3):
        await work(field.database)
    by_channel = context.sender()
    assert isinstance(by_channel, ByChannel)
    sender = by_channel.phone
    assert isinstance(sender, RecordingSender)
    [sent] = sender.kept
    assert "https://lender.example.com/r/" in sent.text


async def test_a_provider_that_stays_away_is_given_up_at_last(
    client: tuple[Database, httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    away = AwaySender()
    monkeypatch.setattr(context, "sender", lambda: away)
    field = await paid(*client)
    for _ in range(MOST_ATTEMPTS + 3):
        await work(field.database)
    assert len(away.kept) == MOST_ATTEMPTS
    assert len({message.id for message in away.kept}) == 1
    [message] = await field.ask("SELECT state, attempts, problem FROM message")
    assert (message.state, message.problem) == (
        "failed", "the provider could not be reached, or took nothing",
    )  # fmt: skip
