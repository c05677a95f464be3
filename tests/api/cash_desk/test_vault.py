"""Counting the vault, handing it to the next cashier, and paying in at the bank, over HTTP."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from collection.custody.deposits.prove_by_bank import Match, prove_by_bank
from collection.custody.proofs.unprove import unprove
from core.ids import new_id
from core.money import Money
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_person, a_token, branch_code


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    """A branch with 70,000 pesos in its vault."""
    field = await a_field(database, client)
    await field.pay(70_000)
    deposit = (await field.deposit(70_000)).json()
    await field.client.post(f"/v1/deposits/{deposit['id']}/acknowledge", headers=bearer(field.desk))
    return field


async def a_cashier(field: Field) -> tuple[UUID, str]:
    async with field.database.transaction(EVERYTHING) as session:
        cashier = await a_person(session, field.branch, Role.CASH_DESK)
        return cashier, await a_token(session, cashier)


async def count(
    field: Field, thousands: int, token: str | None = None, id_: UUID | None = None, **more: Any
) -> httpx.Response:
    async with field.database.transaction(EVERYTHING) as session:
        code = await branch_code(session, field.branch)
    body = {
        "branch_code": code,
        "occasion": "opening",
        "count": {"denominations": [{"face_minor": 1000, "count": thousands}]},
    } | more
    return await field.client.put(
        f"/v1/cash/vault-counts/{id_ or new_id()}", json=body, headers=bearer(token or field.desk)
    )


async def vault(field: Field) -> int:
    [row] = await field.ask(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting"
        " WHERE ledger_account = 'branch_vault' AND owner_id = :branch",
        branch=field.branch,
    )
    return int(row[0])


async def test_an_opening_count_that_agrees_changes_nothing(field: Field) -> None:
    id_ = new_id()
    answer = await count(field, 70, id_=id_)
    assert answer.status_code == 200, answer.text
    assert answer.json()["expected"] == answer.json()["counted"]
    assert (await count(field, 70, id_=id_)).text == answer.text
    assert (await count(field, 60, id_=id_)).status_code == 409
    assert await vault(field) == 70_000


async def test_what_is_missing_is_owed_by_who_counted_before(field: Field) -> None:
    cashier, token = await a_cashier(field)
    await count(field, 70, token)
    assert (await count(field, 67)).json()["counted"]["amount_minor"] == 67_000
    assert await vault(field) == 67_000
    listed = await field.client.get("/v1/cash-differences?open=true", headers=bearer(field.desk))
    [line] = listed.json()["items"]
    assert (line["sort"], line["amount"]["amount_minor"]) == ("shortage", 3_000)
    assert line["owner_id"] == str(cashier)
    me = (await field.client.get("/v1/me", headers=bearer(field.desk))).json()
    assert (line["found_by"], line["finder"]) == (me["id"], me["name"])


async def test_a_handover_names_both_cashiers_and_the_first_confirms(field: Field) -> None:
    before, before_token = await a_cashier(field)
    refused = await count(field, 70, occasion="handover")
    assert "handed_by" in refused.text
    assert refused.status_code == 422
    stranger = await count(field, 70, occasion="handover", handed_by=str(field.agent))
    assert stranger.status_code == 422
    more: dict[str, Any] = {
        "occasion": "handover",
        "handed_by": str(before),
        "count": {
            "denominations": [{"face_minor": 1000, "count": 60}],
            "counterfeit_notes": [{"face_minor": 10_000, "serial": "X1"}],
        },
    }
    made = (await count(field, 0, **more)).json()
    assert await vault(field) == 60_000
    path = f"/v1/cash/vault-counts/{made['id']}/confirm"
    assert (await field.client.post(path, headers=bearer(field.desk))).status_code == 404
    done = await field.client.post(path, headers=bearer(before_token))
    assert done.json()["confirmed_at"] is not None
    found = await field.ask(
        "SELECT cause, owner_id FROM cash_difference WHERE source_id = :id", id=made["id"]
    )
    assert [(r.cause, r.owner_id) for r in found] == [("counterfeit", before)]
    notes = await field.ask(
        "SELECT serial FROM counterfeit_note WHERE source_id = :id", id=made["id"]
    )
    assert [r.serial for r in notes] == ["X1"]


async def walk_in(field: Field, minor: int, id_: UUID | None = None, **more: Any) -> httpx.Response:
    body = {
        "case_id": str(field.case.case_id),
        "amount": {"amount_minor": minor, "currency": "CLP"},
        "mode": "cash",
        "denominations": [{"face_minor": 1000, "count": minor // 1000}],
    } | more
    return await field.client.put(
        f"/v1/cash/receipts/{id_ or new_id()}", json=body, headers=bearer(field.desk)
    )


async def test_who_walks_in_pays_into_the_vault_in_the_branchs_own_series(field: Field) -> None:
    id_ = new_id()
    answers = await asyncio.gather(*(walk_in(field, 5_000, id_) for _ in range(4)))
    assert {a.status_code for a in answers} == {200}, answers[0].text
    assert len({a.text for a in answers}) == 1
    assert answers[0].json()["number"].endswith("-DESK-000001")
    assert await vault(field) == 75_000
    card = await walk_in(field, 3_000, mode="card", mode_reference="A1B2C3", denominations=[])
    assert card.json()["number"].endswith("-DESK-000002")
    assert await vault(field) == 75_000
    wrong = await walk_in(field, 3_000, denominations=[])
    assert "denominations" in wrong.text
    assert wrong.status_code == 422
    assert (await field.till())["in_hand"] == 0


async def test_a_receipt_of_the_desk_is_undone_out_of_the_vault_by_a_colleague(
    field: Field,
) -> None:
    receipt = (await walk_in(field, 5_000)).json()
    _, colleague = await a_cashier(field)
    asked = await field.client.put(
        f"/v1/receipt-reversals/{new_id()}",
        json={"receipt_id": receipt["id"], "reason": "Twice"},
        headers=bearer(colleague),
    )
    path = f"/v1/receipt-reversals/{asked.json()['id']}/approve"
    own = await field.client.post(path, headers=bearer(field.desk))
    assert own.json()["type"] == "/problems/own-reversal"
    _, third = await a_cashier(field)
    done = await field.client.post(path, headers=bearer(third))
    assert done.status_code == 200, done.text
    assert await vault(field) == 70_000


async def test_a_remittance_is_in_transit_until_the_bank_shows_it(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        code = await branch_code(session, field.branch)
    body = {
        "branch_code": code,
        "amount": {"amount_minor": 50_000, "currency": "CLP"},
        "denominations": [{"face_minor": 1000, "count": 50}],
        "slip_no": "S-9",
    }
    id_ = new_id()
    path = f"/v1/cash/remittances/{id_}"
    answer = await field.client.put(path, json=body, headers=bearer(field.desk))
    assert answer.status_code == 200, answer.text
    again = await field.client.put(path, json=body, headers=bearer(field.desk))
    assert again.text == answer.text
    assert await vault(field) == 20_000
    other = await field.client.put(
        f"/v1/cash/remittances/{new_id()}", json=body, headers=bearer(field.desk)
    )
    assert other.json()["type"] == "/problems/more-than-in-vault"
    match = Match(new_id(), id_, new_id(), Money(50_000, "CLP"), Money(0, "CLP"))
    for prove in (True, False):
        async with field.database.transaction(EVERYTHING) as session:
            if prove:
                await prove_by_bank(session, match, None, MONDAY_NINE)
            else:
                await unprove(session, {match.id: id_}, MONDAY_NINE)
        [row] = await field.ask("SELECT proven_minor FROM remittance WHERE id = :id", id=id_)
        assert row.proven_minor == (50_000 if prove else 0)


async def test_counts_are_listed_with_names_the_newest_first(field: Field) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        code = await branch_code(session, field.branch)
    first = (await count(field, 70)).json()
    former = UUID(first["counted_by"])
    _, token = await a_cashier(field)
    await count(field, 69, token, occasion="handover", handed_by=str(former))
    answer = await field.client.get(
        f"/v1/cash/vault-counts?branch={code}", headers=bearer(field.desk)
    )
    newest, oldest = answer.json()["items"]
    assert (newest["occasion"], oldest["occasion"]) == ("handover", "opening")
    assert newest["hander"] == oldest["counter"] == "Sofía Rojas"
    assert newest["counted"]["amount_minor"] - newest["expected"]["amount_minor"] == -1000
