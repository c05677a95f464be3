"""Money that is paid back, over HTTP."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_person, a_token


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


@pytest.fixture
async def colleague(field: Field) -> str:
    async with field.database.transaction(EVERYTHING) as session:
        return await a_token(session, await a_person(session, field.branch, Role.CASH_DESK))


async def ask(field: Field, minor: int, id_: UUID | None = None, **more: Any) -> httpx.Response:
    body = {
        "account_id": str(field.case.account_id),
        "amount": {"amount_minor": minor, "currency": "CLP"}, "reason": "paid twice",
        "way": "transfer", "payee": "María González, account 123",
    } | more  # fmt: skip
    return await field.client.put(
        f"/v1/refunds/{id_ or new_id()}", json=body, headers=bearer(field.desk)
    )


async def pay(field: Field, token: str, id_: str, **body: Any) -> httpx.Response:
    return await field.client.post(f"/v1/refunds/{id_}/pay", json=body, headers=bearer(token))


async def balance(field: Field, account: str) -> int:
    [row] = await field.ask(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting"
        " WHERE ledger_account = :account AND branch_id = :branch",
        account=account, branch=field.branch,
    )  # fmt: skip
    return int(row[0])


async def advance(field: Field) -> int:
    [row] = await field.ask(
        "SELECT advance_minor FROM account WHERE id = :id", id=field.case.account_id
    )
    return int(row.advance_minor)


async def test_what_was_paid_ahead_is_paid_back_by_another_person(
    field: Field, colleague: str
) -> None:
    await field.pay(70_000)
    id_ = new_id()
    asked = await ask(field, 15_000, id_)
    assert asked.json()["state"] == "asked"
    assert (await ask(field, 15_000, id_)).json() == asked.json()
    assert (await ask(field, 14_000, id_)).status_code == 409
    own = await pay(field, field.desk, str(id_), reference="UTR1")
    assert own.json()["type"] == "/problems/own-refund"
    assert await advance(field) == 20_000, "nothing moves before it is paid out"
    without = await pay(field, colleague, str(id_))
    assert without.json()["errors"][0]["field"] == "reference"
    done = await pay(field, colleague, str(id_), reference="UTR1")
    assert (done.json()["state"], done.json()["reference"]) == ("paid", "UTR1")
    assert (await pay(field, colleague, str(id_), reference="UTR1")).json() == done.json()
    assert await advance(field) == 5_000
    assert await balance(field, "psp_clearing") == -15_000
    assert await balance(field, "collections_control") == -55_000


async def test_no_more_than_is_owed_is_paid_back_even_at_the_same_time(
    field: Field, colleague: str
) -> None:
    await field.pay(60_000)
    refused = await ask(field, 10_001)
    assert refused.json()["type"] == "/problems/not-owed"
    assert refused.json()["owed"]["amount_minor"] == 10_000
    ids = [str((await ask(field, 6_000)).json()["id"]) for _ in range(2)]
    answers = await asyncio.gather(*(pay(field, colleague, id_, reference="U") for id_ in ids))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert await advance(field) == 4_000


async def test_the_same_wish_many_times_at_once_is_one(field: Field) -> None:
    await field.pay(70_000)
    id_ = new_id()
    answers = await asyncio.gather(*(ask(field, 20_000, id_) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


async def test_what_an_undone_receipt_left_in_suspense_is_paid_back_in_cash(
    field: Field, colleague: str
) -> None:
    receipt = (await field.pay(20_000)).json()["id"]
    await field.deposit(20_000)
    reversal = new_id()
    await field.client.put(
        f"/v1/receipt-reversals/{reversal}",
        json={"receipt_id": receipt, "reason": "wrong customer"}, headers=bearer(field.desk),
    )  # fmt: skip
    undone = await field.client.post(
        f"/v1/receipt-reversals/{reversal}/approve", headers=bearer(colleague)
    )
    assert undone.status_code == 200, undone.text
    assert await balance(field, "suspense") == -20_000
    asked = await ask(field, 20_000, account_id=None, receipt_id=receipt, way="cash")
    assert asked.status_code == 200, asked.text
    done = await pay(field, colleague, asked.json()["id"])
    assert done.status_code == 200, done.text
    assert await balance(field, "suspense") == 0
    assert await balance(field, "branch_vault") == -20_000
    assert (await ask(field, 1, account_id=None, receipt_id=receipt)).status_code == 409


async def test_a_receipt_whose_advance_was_paid_back_is_not_undone(
    field: Field, colleague: str
) -> None:
    receipt = (await field.pay(70_000)).json()["id"]
    id_ = (await ask(field, 20_000)).json()["id"]
    assert (await pay(field, colleague, id_, reference="UTR1")).status_code == 200
    reversal = new_id()
    await field.client.put(
        f"/v1/receipt-reversals/{reversal}",
        json={"receipt_id": receipt, "reason": "wrong customer"}, headers=bearer(field.desk),
    )  # fmt: skip
    refused = await field.client.post(
        f"/v1/receipt-reversals/{reversal}/approve", headers=bearer(colleague)
    )
    assert refused.json()["type"] == "/problems/advance-paid-back"
    assert (await field.till())["in_hand"] == 70_000


async def test_a_refund_that_is_declined_leaves_the_money_where_it_is(
    field: Field, colleague: str
) -> None:
    await field.pay(70_000)
    id_ = (await ask(field, 15_000)).json()["id"]
    listed = await field.client.get("/v1/refunds?open=true", headers=bearer(colleague))
    assert id_ in [one["id"] for one in listed.json()["items"]]
    gone = await field.client.post(f"/v1/refunds/{id_}/decline", headers=bearer(colleague))
    assert gone.json()["state"] == "declined"
    assert (await pay(field, colleague, id_, reference="U")).status_code == 409
    assert await advance(field) == 20_000


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"receipt_id": str(new_id())}, "body"),
        ({"account_id": None}, "body"),
        ({"way": "cheque"}, "way"),
        ({"amount": {"amount_minor": 5, "currency": "USD"}}, "amount.currency"),
    ],
)
async def test_a_refund_that_makes_no_sense_is_refused_by_name(
    field: Field, more: dict[str, Any], named: str
) -> None:
    await field.pay(70_000)
    refused = await ask(field, 5, **more)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == named


async def an_invoice(field: Field) -> None:
    """Have the field's account be one whose over-payments wait in suspense."""
    await field.ask(
        "UPDATE account SET product_type = 'invoice' WHERE id = :id RETURNING 1",
        id=field.case.account_id,
    )


async def test_an_over_payment_waits_in_suspense_until_it_is_put_to_the_account(
    field: Field, colleague: str
) -> None:
    await an_invoice(field)
    taken = (await field.pay(70_000)).json()
    assert (taken["suspense"]["amount_minor"], taken["advance"]["amount_minor"]) == (20_000, 0)
    assert (await balance(field, "suspense"), await advance(field)) == (-20_000, 0)
    assert await balance(field, "collections_control") == -50_000
    own = await ask(field, 5_000, way="account")
    assert own.json()["errors"][0]["field"] == "way"
    more = {"account_id": None, "receipt_id": taken["id"], "way": "account"}
    asked = await ask(field, 20_000, **more)
    done = await pay(field, colleague, asked.json()["id"])
    assert done.json()["state"] == "paid", done.text
    assert (await balance(field, "suspense"), await advance(field)) == (0, 20_000)
    assert await balance(field, "collections_control") == -70_000
    assert await undo(field, colleague, taken["id"]) == 409


async def test_a_receipt_with_money_in_suspense_is_undone_as_a_whole(
    field: Field, colleague: str
) -> None:
    await an_invoice(field)
    taken = (await field.pay(70_000)).json()
    assert await undo(field, colleague, taken["id"]) == 200
    assert await balance(field, "suspense") == await balance(field, "collections_control") == 0
    assert (await field.till())["in_hand"] == 0 == await field.cash_in_ledger()


async def undo(field: Field, colleague: str, receipt_id: str) -> int:
    """Ask that a receipt be undone, and agree; how that was answered."""
    reversal = new_id()
    await field.client.put(
        f"/v1/receipt-reversals/{reversal}",
        json={"receipt_id": receipt_id, "reason": "wrong customer"}, headers=bearer(field.desk),
    )  # fmt: skip
    answer = await field.client.post(
        f"/v1/receipt-reversals/{reversal}/approve", headers=bearer(colleague)
    )
    return answer.status_code


async def test_the_desk_finds_payers_receipts_and_what_is_owed(
    field: Field, colleague: str
) -> None:
    number = (await field.pay(70_000)).json()["number"]
    desk = bearer(field.desk)
    name = {"q": "maría gonz"}
    payers = (await field.client.get("/v1/cash/payers", params=name, headers=desk)).json()
    assert str(field.case.case_id) in {one["id"] for one in payers["items"]}
    assert [mode["code"] for mode in payers["modes"]] == ["cash", "card", "transfer"]
    assert payers["receipt_cause"] == "asked"
    causes = {cause["code"]: cause["label"] for cause in payers["causes"]}
    assert causes["income_late"] == "Salary or money due is late"
    [found] = (
        await field.client.get("/v1/cash/receipts", params={"q": number.lower()}, headers=desk)
    ).json()["items"]
    assert (found["number"], found["amount"]["amount_minor"]) == (number, 70_000)
    assert found["reversal"] is None
    owed = "/v1/refunds/owed"
    [advance] = (await field.client.get(owed, headers=desk)).json()["items"]
    assert (advance["receipt_id"], advance["owed"]["amount_minor"]) == (None, 20_000)
    await ask(field, 15_000)
    [listed] = (await field.client.get("/v1/refunds?open=true", headers=desk)).json()["items"]
    assert (listed["customer"], listed["asker"]) == ("María González", "Sofía Rojas")
    [advance] = (await field.client.get(owed, headers=desk)).json()["items"]
    assert advance["asked"]["amount_minor"] == 15_000
    # What an undone receipt leaves behind, once its cash has gone on, is owed to the payer.
    await field.deposit(70_000)
    id_ = new_id()
    body = {"receipt_id": found["id"], "reason": "Not theirs"}
    await field.client.put(f"/v1/receipt-reversals/{id_}", json=body, headers=desk)
    done = await field.client.post(
        f"/v1/receipt-reversals/{id_}/approve", headers=bearer(colleague)
    )
    assert done.status_code == 200, done.text
    assert (done.json()["customer"], done.json()["asker"]) == ("María González", "Sofía Rojas")
    [left] = (await field.client.get(owed, params=name, headers=desk)).json()["items"]
    assert (left["receipt"], left["owed"]["amount_minor"]) == (number, 70_000)
    nobody = await field.client.get(owed, params={"q": "nobody at all"}, headers=desk)
    assert nobody.json()["items"] == []
