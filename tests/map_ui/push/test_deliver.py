"""Messages reach a real push service, encrypted and signed; what it answers is heeded."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from data.session import EVERYTHING, Database, rows
from map_ui.alerts.acknowledge import acknowledge
from map_ui.push.answer import Meaning
from map_ui.push.deliver import deliver, push_client
from map_ui.push.errors import NotDelivered
from map_ui.push.push_key import push_key
from map_ui.push.store import keep_subscription
from map_ui.push.vapid import public_key
from tests.conftest import MONDAY_NINE
from tests.map_ui.push.push_service import PushService, a_push_service, signed_claims
from tests.map_ui.push.scenes import Region, a_region, an_alert

WALL = datetime(2027, 1, 1, 12, tzinfo=UTC)
CONTACT = "mailto:ops@example.com"


@pytest.fixture
def service() -> Iterator[PushService]:
    with a_push_service() as service:
        yield service


@pytest.fixture
async def region(database: Database, service: PushService) -> Region:
    return await a_region(database, service.origin)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with push_client() as client:
        yield client


@pytest.fixture
async def alert(database: Database, region: Region) -> UUID:
    return await an_alert(database, region.north)


async def failed_since(database: Database, subscription_id: UUID) -> Any:
    """None also when there is none; "gone" when the subscription is."""
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session, "SELECT failed_since FROM push_subscription WHERE id = :id", id=subscription_id
        )
    return found[0].failed_since if found else "gone"


class Sending:
    """Delivers one alert to the northern supervisor's browser."""

    def __init__(
        self, database: Database, client: httpx.AsyncClient, service: PushService, region: Region,
        alert: UUID,
    ) -> None:  # fmt: skip
        self.database, self.client, self.service, self.alert = database, client, service, alert
        self.person = region.north_supervisor

    async def __call__(self, *, listed: tuple[str, ...] | None = None) -> Meaning | None:
        return await deliver(
            self.database, self.client, self.alert, self.person.subscription_id,
            listed_hosts=(self.service.origin,) if listed is None else listed,
            contact=CONTACT, now=MONDAY_NINE, wall=WALL,
        )  # fmt: skip

    def answers(self, status: int, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.service.answers[self.person.browser.path] = (status, named)

    async def failed_since(self) -> Any:
        return await failed_since(self.database, self.person.subscription_id)


@pytest.fixture
def send(
    database: Database, client: httpx.AsyncClient, service: PushService, region: Region, alert: UUID
) -> Sending:
    return Sending(database, client, service, region, alert)


async def test_the_browser_reads_the_title_and_nothing_of_the_debt(
    send: Sending, service: PushService, alert: UUID
) -> None:
    assert await send() is Meaning.TAKEN
    assert send.person.browser.read(service) == [
        {"title": "Diego is over it", "body": "Open the map", "kind": "cash_limit",
         "alert_id": str(alert), "url": f"/?alert={alert}"}
    ]  # fmt: skip
    (posted,) = service.posted
    assert posted.headers["Content-Encoding"] == "aes128gcm"
    assert posted.headers["Urgency"] == "normal"
    assert int(posted.headers["TTL"]) > 0
    assert len(posted.body) <= 4096
    for word in (b"Diego", b"45.000", b"Mar"):
        assert word not in posted.body


async def test_the_service_can_tell_that_it_is_us(
    send: Sending, service: PushService, database: Database
) -> None:
    await send()
    claims, key = signed_claims(service.posted[0].headers["Authorization"])
    assert claims["aud"] == service.origin
    assert claims["sub"] == CONTACT
    assert 0 < claims["exp"] - WALL.timestamp() <= 24 * 3600  # of the real time
    async with database.transaction(EVERYTHING) as session:
        assert key == public_key(await push_key(session, MONDAY_NINE))


async def test_an_acknowledgement_after_the_job_was_made_is_heeded(
    send: Sending, service: PushService, database: Database, alert: UUID
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await acknowledge(session, alert, send.person.id, MONDAY_NINE)
    assert await send() is None
    assert service.posted == []


async def test_a_browser_that_a_colleague_elsewhere_uses_now_is_not_told(
    send: Sending, service: PushService, database: Database, region: Region
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await keep_subscription(
            session, region.south_supervisor.id, region.south, send.person.browser.told(),
            MONDAY_NINE,
        )  # fmt: skip
    assert await send() is None
    assert service.posted == []


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_has_left_is_forgotten(send: Sending, status: int) -> None:
    send.answers(status)
    assert await send() is Meaning.GONE
    assert await send.failed_since() == "gone"
    assert await send() is None


async def test_a_service_that_is_busy_is_asked_again_when_it_says(send: Sending) -> None:
    send.answers(429, Retry_After="37")
    with pytest.raises(NotDelivered) as refused:
        await send()
    assert refused.value.retry_after_s == 37
    assert await send.failed_since() == MONDAY_NINE


async def test_a_message_that_is_taken_at_last_ends_the_failure(
    send: Sending, service: PushService
) -> None:
    send.answers(503)
    with pytest.raises(NotDelivered):
        await send()
    send.answers(201)
    assert await send() is Meaning.TAKEN
    assert await send.failed_since() is None
    topics = {posted.headers["Topic"] for posted in service.posted}
    assert len(topics) == 1  # the second replaces the first, should both arrive


async def test_a_service_that_does_not_answer_is_asked_again(
    database: Database, client: httpx.AsyncClient
) -> None:
    with a_push_service() as closed:
        region = await a_region(database, closed.origin)
    send = Sending(database, client, closed, region, await an_alert(database, region.north))
    with pytest.raises(NotDelivered) as refused:
        await send()
    assert (refused.value.status, refused.value.retry_after_s) == (None, None)


async def test_a_redirect_is_not_followed(send: Sending) -> None:
    with a_push_service() as elsewhere:
        send.answers(307, Location=f"{elsewhere.origin}/x")
        assert await send() is Meaning.REFUSED
        assert elsewhere.posted == []
    assert await send.failed_since() == MONDAY_NINE


async def test_a_host_that_is_listed_no_more_is_not_asked(
    send: Sending, service: PushService
) -> None:
    assert await send(listed=()) is Meaning.REFUSED
    assert service.posted == []
    assert await send.failed_since() == MONDAY_NINE


async def test_no_transaction_is_open_while_a_service_is_waited_for(
    send: Sending, service: PushService, database_url: str
) -> None:
    service.slow_s = 2
    sending = asyncio.create_task(send())
    while not (service.posted or sending.done()):  # noqa: ASYNC110 - another thread puts it there
        await asyncio.sleep(0.01)
    assert not sending.done()
    # As the role that signed on: the product's own role is not told what others do.
    url = make_url(database_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        states = connection.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchall()
    assert len(states) > 1
    assert ("idle in transaction",) not in states
    assert await sending is Meaning.TAKEN
