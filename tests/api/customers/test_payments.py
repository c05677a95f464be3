"""Paying without signing in: the link, the gateway and what it tells."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from collection.payments.gateways.fake_gateway import FakeGateway
from core.ids import new_id
from core.money import Money
from core.settings import settings
from data.live import LiveBus
from data.session import EVERYTHING, Database
from identity.links.link_key import link_key
from tests.api.bank_field import Booked, a_bank
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.factories import give_phone
from tests.served import set_clock


@pytest.fixture(autouse=True, scope="module")
def fake_gateway(database_url: str) -> Iterator[None]:
    set_clock(database_url, MONDAY_NINE)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ROUNDSMAN_GATEWAY_URL", "fake")
        settings.cache_clear()
        yield
    settings.cache_clear()


@dataclass
class Shop:
    """An agent's field, and the gateway as it tells us of payments."""

    field: Field
    gateway: FakeGateway

    async def link(self, id_: UUID | None = None, **more: Any) -> Any:
        return await self.field.client.put(
            f"/v1/payment-links/{id_ or new_id()}",
            json={"case_id": str(self.field.case.case_id)} | more,
            headers=bearer(self.field.token),
        )

    async def begun(self, **more: Any) -> tuple[str, UUID]:
        """A link, and a payment that was begun with it."""
        made = await self.link(**more)
        assert made.status_code == 200, made.text
        path = urlsplit(made.json()["url"]).path
        return path, await self.begin(path)

    async def begin(self, path: str, amount: str = "") -> UUID:
        sent = await self.field.client.post(path, data={"amount": amount})
        assert sent.status_code == 303, sent.text
        return UUID(sent.headers["Location"].rsplit("/", 1)[1])

    async def tell(
        self, payment: UUID, minor: int = 50_000, kind: str = "payment.paid",
        event_id: str | None = None, currency: str = "CLP", client: Any = None,
    ) -> Any:  # fmt: skip
        headers, body = self.gateway.event(
            payment, Money(minor, currency), kind, event_id or str(new_id()), datetime.now(UTC)
        )
        return await (client or self.field.client).post(
            "/v1/gateway-events/fake", content=body, headers=headers
        )

    async def receipts(self) -> list[Any]:
        return await self.field.ask(
            "SELECT r.*, s.prefix FROM receipt r JOIN receipt_series s ON s.id = r.series_id"
            " WHERE case_id = :case ORDER BY received_at, r.id",
            case=self.field.case.case_id,
        )

    async def clearing(self) -> int:
        [row] = await self.field.ask(
            "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting WHERE"
            " ledger_account = 'psp_clearing' AND branch_id = :branch",
            branch=self.field.branch,
        )
        return int(row[0])

    async def alerts(self) -> list[str]:
        found = await self.field.ask(
            "SELECT title FROM alert WHERE kind = 'online_payment' AND branch_id = :branch",
            branch=self.field.branch,
        )
        return [r.title for r in found]


@pytest.fixture
async def shop(database: Database, client: httpx.AsyncClient) -> Shop:
    async with database.transaction(EVERYTHING) as session:
        key = await link_key(session, MONDAY_NINE)
    return Shop(await a_field(database, client), FakeGateway(key))


async def test_a_link_leads_to_a_page_in_plain_words_that_names_nobody(shop: Shop) -> None:
    made = (await shop.link()).json()
    assert (made["state"], made["left"]["amount_minor"]) == ("open", 50_000)
    page = await shop.field.client.get(urlsplit(made["url"]).path)
    assert page.status_code == 200
    assert "$ 50.000" in page.text
    assert "M••• G•••" in page.text
    assert "María" not in page.text
    listed = await shop.field.client.get(
        f"/v1/payment-links?case_id={shop.field.case.case_id}", headers=bearer(shop.field.desk)
    )
    assert [one["url"] for one in listed.json()["items"]] == [made["url"]]


async def test_the_same_link_again_is_the_same_and_another_body_is_a_conflict(shop: Shop) -> None:
    id_ = new_id()
    first = await shop.link(id_)
    assert (await shop.link(id_)).json() == first.json()
    assert (await shop.link(id_, is_part_allowed=True)).status_code == 409


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"amount": {"amount_minor": 5, "currency": "USD"}}, "amount.currency"),
        ({"hours": 721}, "hours"),
        ({"send_by": "fax"}, "send_by"),
    ],
)
async def test_a_link_that_makes_no_sense_is_refused_by_name(
    shop: Shop, more: dict[str, Any], named: str
) -> None:
    refused = await shop.link(**more)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == named


async def test_what_the_gateway_says_was_paid_is_a_receipt_in_the_ledger(shop: Shop) -> None:
    path, payment = await shop.begun()
    answer = await shop.tell(payment)
    assert answer.json() == {"outcome": "paid"}, answer.text
    [receipt] = await shop.receipts()
    assert (receipt.amount_minor, receipt.mode, receipt.flags) == (50_000, "card", [])
    assert (receipt.agent_id, receipt.taken_by, receipt.online_payment_id) == (None, None, payment)
    assert await shop.clearing() == 50_000
    page = await shop.field.client.get(f"{path}?back=true")
    assert 'data-state="paid"' in page.text
    found = page.text.split('href="/r/')[1].split('"')[0]
    assert receipt.prefix in (await shop.field.client.get(f"/r/{found}")).text
    case = await shop.field.client.get(
        f"/v1/agent/cases/{shop.field.case.case_id}", headers=bearer(shop.field.token)
    )
    assert "receipt" in [one["kind"] for one in case.json()["timeline"]]
    again = await shop.field.client.post(path)
    assert again.headers["Location"] == path, "a link that is paid takes no more"


async def test_an_event_is_applied_once_however_many_come_at_the_same_time(
    shop: Shop, live: LiveBus
) -> None:
    _, payment = await shop.begun()
    database = shop.field.database
    async with client_at(database, live, MONDAY_NINE) as other:
        same = [shop.tell(payment, event_id="evt-same", client=other) for _ in range(6)]
        others = [shop.tell(payment, client=other) for _ in range(4)]
        failed = [shop.tell(payment, kind="payment.failed", client=other) for _ in range(2)]
        answers = await asyncio.gather(*same, *failed, *others)
    assert [answer.status_code for answer in answers] == [200] * 12
    assert len({answer.json()["outcome"] for answer in answers[:6]}) == 1
    assert len(await shop.receipts()) == 1
    assert await shop.clearing() == 50_000
    assert await shop.alerts() == [], "the same reference again is no news"
    [row] = await shop.field.ask("SELECT state FROM online_payment WHERE id = :id", id=payment)
    assert row.state == "paid"


async def test_money_that_came_in_counts_though_a_refusal_was_told_first(shop: Shop) -> None:
    _, payment = await shop.begun()
    assert (await shop.tell(payment, kind="payment.failed")).json() == {"outcome": "failed"}
    assert (await shop.tell(payment)).json() == {"outcome": "paid"}
    assert (await shop.tell(payment, kind="payment.failed")).json() == {"outcome": "ignored"}
    assert len(await shop.receipts()) == 1


async def test_another_amount_than_was_begun_is_taken_flagged_and_told(shop: Shop) -> None:
    _, payment = await shop.begun()
    await shop.tell(payment, 49_000)
    [receipt] = await shop.receipts()
    assert (receipt.amount_minor, receipt.flags) == (49_000, ["amount_differs"])
    assert await shop.alerts() == ["A payment online is of another amount"]


async def test_another_currency_is_no_receipt_and_an_alert(shop: Shop) -> None:
    _, payment = await shop.begun()
    answer = await shop.tell(payment, currency="USD")
    assert answer.json() == {"outcome": "other_currency"}
    assert await shop.receipts() == []
    assert await shop.alerts() == ["A payment came in another currency"]


async def test_what_comes_after_the_link_has_ended_is_taken_and_flagged(
    shop: Shop, live: LiveBus
) -> None:
    path, payment = await shop.begun()
    async with client_at(shop.field.database, live, MONDAY_NINE + timedelta(hours=73)) as later:
        assert 'data-state="expired"' in (await later.get(path)).text
        await shop.tell(payment, client=later)
    [receipt] = await shop.receipts()
    assert receipt.flags == ["link_over"]


async def test_parts_are_paid_until_nothing_is_left(shop: Shop) -> None:
    path = urlsplit((await shop.link(is_part_allowed=True)).json()["url"]).path
    first = await shop.begin(path, "20000")
    await shop.tell(first, 20_000)
    wrong = await shop.field.client.post(path, data={"amount": "30001"})
    assert wrong.status_code == 422
    assert "at most $ 30.000" in wrong.text
    assert (await shop.field.client.post(path, data={"amount": "lots"})).status_code == 422
    second = await shop.begin(path, "30,000")
    await shop.tell(second, 30_000)
    assert [r.amount_minor for r in await shop.receipts()] == [20_000, 30_000]
    assert 'data-state="paid"' in (await shop.field.client.get(path)).text


async def test_a_link_that_was_withdrawn_takes_nothing_more(shop: Shop) -> None:
    made = (await shop.link()).json()
    gone = await shop.field.client.post(
        f"/v1/payment-links/{made['id']}/withdraw", headers=bearer(shop.field.desk)
    )
    assert gone.json()["state"] == "withdrawn"
    path = urlsplit(made["url"]).path
    assert 'data-state="withdrawn"' in (await shop.field.client.get(path)).text
    assert (await shop.field.client.post(path)).headers["Location"] == path
    assert (await shop.field.client.get(path[:-2] + "AA")).status_code == 404


async def test_nobody_else_can_say_that_something_was_paid(shop: Shop) -> None:
    _, payment = await shop.begun()
    forged = FakeGateway(bytes(32))
    headers, body = forged.event(
        payment, Money(50_000, "CLP"), "payment.paid", "evt", datetime.now(UTC)
    )
    post = shop.field.client.post
    refused = await post("/v1/gateway-events/fake", content=body, headers=headers)
    assert refused.status_code == 403
    old = datetime.now(UTC) - timedelta(minutes=6)
    headers, body = shop.gateway.event(payment, Money(50_000, "CLP"), "payment.paid", "evt", old)
    assert (await post("/v1/gateway-events/fake", content=body, headers=headers)).status_code == 403
    long = await post("/v1/gateway-events/fake", content=b"x" * 70_000, headers=headers)
    assert long.status_code == 403
    assert (await post("/v1/gateway-events/other", content=body)).status_code == 409
    assert await shop.receipts() == []


async def test_the_banks_statement_proves_it_by_its_reference(shop: Shop) -> None:
    bank = await a_bank(shop.field)
    _, payment = await shop.begun()
    await shop.tell(payment)
    [receipt] = await shop.receipts()
    claims = (await bank.open())["claims"]
    assert [claim["agent"] for claim in claims] == ["paid online"]
    await bank.take_in(Booked(50_000, receipt.mode_reference))
    assert (await shop.clearing(), await bank.in_ledger("bank")) == (0, 50_000)


async def test_the_pretended_bank_tells_as_a_real_one_does(shop: Shop) -> None:
    path, payment = await shop.begun()
    checkout = f"/pay/checkout/{payment}"
    assert "No money moves" in (await shop.field.client.get(checkout)).text
    refused = await shop.field.client.post(checkout, data={"what": "refuse"})
    assert refused.headers["Location"] == f"{path}?back=true"
    told = await shop.field.client.get(refused.headers["Location"])
    assert "did not make the payment" in told.text
    second = await shop.begin(path)
    waiting = await shop.field.client.get(f"{path}?back=true")
    assert "do not pay twice" in waiting.text
    await shop.field.client.post(f"/pay/checkout/{second}", data={"what": "pay"})
    assert len(await shop.receipts()) == 1
    assert (await shop.field.client.get(f"/pay/checkout/{new_id()}")).status_code == 404


async def test_the_pretended_bank_is_none_where_money_is_real(
    own_database: Database, live: LiveBus
) -> None:
    async with client_at(own_database, live, MONDAY_NINE) as client:
        field = await a_field(own_database, client)
        made = await client.put(
            f"/v1/payment-links/{new_id()}", json={"case_id": str(field.case.case_id)},
            headers=bearer(field.token),
        )  # fmt: skip
        path = urlsplit(made.json()["url"]).path
        assert 'data-testid="none"' in (await client.get(path)).text
        assert (await client.post(path)).status_code == 404
        answer = await client.post("/v1/gateway-events/fake", content=json.dumps({}))
        assert answer.status_code == 409


async def test_a_link_says_when_it_was_first_opened_and_shows_itself_as_a_code(shop: Shop) -> None:
    made = (await shop.link()).json()
    assert made["opened_at"] is None
    client, desk = shop.field.client, bearer(shop.field.desk)
    listing = f"/v1/payment-links?case_id={shop.field.case.case_id}"
    for _ in range(2):
        await client.get(urlsplit(made["url"]).path)
        first = (await client.get(listing, headers=desk)).json()["items"][0]["opened_at"]
        assert first is not None
    assert (await client.get(listing, headers=desk)).json()["items"][0]["opened_at"] == first
    code = await client.get(f"/v1/payment-links/{made['id']}/qr.svg", headers=desk)
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in code.content
    nothing = await client.get(f"/v1/payment-links/{new_id()}/qr.svg", headers=desk)
    assert nothing.status_code == 404


async def test_a_link_is_sent_by_the_desk_and_again_but_not_for_ever(shop: Shop) -> None:
    async with shop.field.database.transaction(EVERYTHING) as session:
        await give_phone(session, shop.field.case.customer_id, "9 1234 5678")
    await shop.field.ask(
        "UPDATE customer SET language = 'es' WHERE id = :id RETURNING id",
        id=shop.field.case.customer_id,
    )
    made = (await shop.link()).json()
    client, desk = shop.field.client, bearer(shop.field.desk)
    message = f"/v1/payment-links/{made['id']}/message"
    draft = (await client.get(message, params={"channel": "sms"}, headers=desk)).json()
    assert (draft["sent_to"], draft["language"], draft["problem"]) == ("+56 •••••5678", "es", None)
    assert draft["is_allowed"]
    path = urlsplit(made["url"]).path
    assert f"{settings().customers_url}{path}" in draft["text"]
    # Nobody has customers sent elsewhere by saying that this is our name.
    elsewhere = {"Host": "pay.elsewhere.example"} | desk
    told = await client.get(message, params={"channel": "sms"}, headers=elsewhere)
    assert told.json()["text"] == draft["text"]
    by_mail = (await client.get(message, params={"channel": "email"}, headers=desk)).json()
    assert "no e-mail address" in by_mail["problem"]
    # Who clicks twice sends once; once the first has gone, the next is another sending.
    twice = [
        (await client.post(message, json={"channel": "sms"}, headers=desk)).json()["id"]
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    for sending in range(1, 6):
        answer = await client.post(message, json={"channel": "sms"}, headers=desk)
        assert answer.json()["sending"] == sending
        await shop.field.ask(
            "UPDATE message SET state = 'sent', provider_ref = 'p', settled_at = :now"
            " WHERE id = :id RETURNING id",
            now=MONDAY_NINE,
            id=UUID(answer.json()["id"]),
        )
    often = await client.post(message, json={"channel": "sms"}, headers=desk)
    assert (often.status_code, often.json()["title"]) == (409, "This was sent often enough")
    again = await client.post(f"/v1/messages/{twice[0]}/resend", json={}, headers=desk)
    assert (again.status_code, "payment link again" in again.json()["detail"]) == (409, True)
    await client.post(f"/v1/payment-links/{made['id']}/withdraw", headers=desk)
    ended = await client.post(message, json={"channel": "sms"}, headers=desk)
    assert (ended.status_code, ended.json()["state"]) == (409, "withdrawn")
