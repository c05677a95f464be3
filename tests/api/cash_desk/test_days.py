"""Proofs, the trial balance, closing a day, and cash that is held for long, over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from collection.custody.ageing.watch_cash import watch_cash
from collection.custody.leases.close_lease import close_expired
from core.ids import new_id
from data.session import EVERYTHING, Database
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import branch_code

DAY = "2026-11-23"


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def code_of(field: Field) -> str:
    async with field.database.transaction(EVERYTHING) as session:
        return await branch_code(session, field.branch)


async def call(field: Field, method: str, path: str, day: str = DAY) -> httpx.Response:
    return await field.client.request(
        method,
        f"/v1/cash/days/{day}/{path}",
        params={"branch": await code_of(field)},
        headers=bearer(field.desk),
    )


async def watch(field: Field, hours: float) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        await watch_cash(session, MONDAY_NINE + timedelta(hours=hours))


async def booked(field: Field) -> list[tuple[str, str]]:
    found = await field.ask(
        "SELECT kind, booked_on FROM journal_entry WHERE branch_id = :branch ORDER BY id",
        branch=field.branch,
    )
    return [(r.kind, r.booked_on.isoformat()) for r in found]


async def test_a_day_proves_line_by_line_and_the_accounts_add_up_to_nothing(field: Field) -> None:
    await field.pay(80_000)
    await field.pay(5_000, mode="card", mode_reference="A1B2C3")
    deposit = (await field.deposit(30_000)).json()
    await field.deposit(20_000, target="bank", slip_no="S-1")
    await field.client.post(f"/v1/deposits/{deposit['id']}/acknowledge", headers=bearer(field.desk))
    [line] = (await call(field, "GET", "proofs")).json()["items"]
    minor = {k: v["amount_minor"] for k, v in line.items() if isinstance(v, dict)}
    assert minor == {
        "opening": 0, "receipts": 80_000, "reversed": 0, "deposits": 50_000, "sent_back": 0,
        "taken_over": 0, "handed_over": 0, "closing": 30_000, "from_facts": 30_000,
        "in_till": 30_000, "difference": 0,
    }  # fmt: skip
    assert line["proves"]
    balances = {
        b["account"]: b["balance_minor"]
        for b in (await call(field, "GET", "trial-balance")).json()["items"]
    }
    assert balances == {
        "agent_cash": 30_000, "branch_vault": 30_000, "collections_control": -85_000,
        "in_transit": 20_000, "psp_clearing": 5_000,
    }  # fmt: skip
    next_day = (await call(field, "GET", "proofs", "2026-11-24")).json()["items"][0]
    assert next_day["opening"]["amount_minor"] == next_day["closing"]["amount_minor"] == 30_000


async def test_after_a_day_is_closed_facts_are_booked_on_the_next(field: Field) -> None:
    await field.pay(10_000)
    lease = await field.client.put(
        f"/v1/agent/leases/{new_id()}", json={}, headers=bearer(field.token)
    )
    closed = await call(field, "POST", "close")
    assert closed.status_code == 200, closed.text
    assert closed.json()["figures"]["cash_in_hand_minor"] == 10_000
    assert (await call(field, "POST", "close")).json() == closed.json()
    earlier = await call(field, "POST", "close", "2026-11-20")
    assert earlier.json()["type"] == "/problems/later-day-closed"
    assert (await call(field, "POST", "close", "2026-11-24")).status_code == 422
    offline: dict[str, Any] = {"lease_id": lease.json()["id"], "number": 1}
    old: dict[str, Any] = {"taken_at": "2026-11-20T15:00:00Z", "fix": None}
    refused = await field.pay(10_000, **old)
    assert refused.json()["type"] == "/problems/day-closed"
    late = await field.pay(10_000, offline=offline, **old)
    assert late.status_code == 200, late.text
    assert late.json()["taken_at"] == "2026-11-20T15:00:00Z", "with its own true time"
    assert await booked(field) == [("receipt", DAY), ("receipt", "2026-11-24")]
    [proof] = (await call(field, "GET", "proofs")).json()["items"]
    assert proof["closing"]["amount_minor"] == 10_000, "the closed day stays as it was"
    assert proof["proves"]


async def test_a_day_whose_cash_does_not_prove_raises_an_alert_and_stays_open(
    field: Field,
) -> None:
    await field.pay(10_000)
    await _unbooked_reversal(field)
    proved = await call(field, "POST", "prove")
    assert [p["proves"] for p in proved.json()["items"]] == [False]
    alerts = await field.ask(
        "SELECT kind FROM alert WHERE subject_id = :agent AND cleared_at IS NULL",
        agent=field.agent,
    )
    assert [a.kind for a in alerts] == ["cash_proof"]
    refused = await call(field, "POST", "close")
    assert refused.json()["type"] == "/problems/day-does-not-prove"


async def _unbooked_reversal(field: Field) -> None:
    """The facts and the journal part: a reversal whose own row says less than its entry."""
    [receipt] = await field.ask("SELECT id FROM receipt WHERE agent_id = :a", a=field.agent)
    id_ = new_id()
    await field.client.put(
        f"/v1/agent/receipt-reversals/{id_}",
        json={"receipt_id": str(receipt.id), "reason": "test"},
        headers=bearer(field.token),
    )
    done = await field.client.post(
        f"/v1/receipt-reversals/{id_}/approve", headers=bearer(field.desk)
    )
    assert done.status_code == 200, done.text
    await field.ask(
        "UPDATE receipt_reversal SET from_hand_minor = 1 WHERE id = :id RETURNING 1", id=id_
    )


async def test_what_a_day_leaves_open_is_told_by_kind_and_person_until_it_is_settled(
    field: Field,
) -> None:
    async def left(day: str = DAY) -> dict[str, tuple[str | None, int, int | None]]:
        answer = await call(field, "GET", "open", day)
        assert answer.status_code == 200, answer.text
        return {
            one["left"]: (one["who"], one["count"], one["amount"] and one["amount"]["amount_minor"])
            for one in answer.json()["items"]
        }

    assert await left() == {"vault_uncounted": (None, 1, None)}
    await field.pay(80_000)
    first = (await field.deposit(30_000)).json()
    await field.deposit(10_000)
    await field.deposit(20_000, target="bank", slip_no="S-1")
    [receipt] = await field.ask("SELECT id FROM receipt WHERE agent_id = :a", a=field.agent)
    await field.client.put(
        f"/v1/agent/receipt-reversals/{new_id()}",
        json={"receipt_id": str(receipt.id), "reason": "test"},
        headers=bearer(field.token),
    )
    [agent] = await field.ask("SELECT full_name FROM staff WHERE id = :a", a=field.agent)
    who = agent.full_name
    assert await left() == {
        "to_count": (who, 2, 40_000),
        "at_bank": (who, 1, 20_000),
        "reversal": (who, 1, 80_000),
        "vault_uncounted": (None, 1, None),
    }
    assert await left("2026-11-20") == {"vault_uncounted": (None, 1, None)}, "it came later"
    count = {"denominations": [{"face_minor": 10_000, "count": 2}]}
    await field.client.post(
        f"/v1/deposits/{first['id']}/acknowledge", json=count, headers=bearer(field.desk)
    )
    after = await left()
    assert (after["to_count"], after["shortage"]) == ((who, 1, 10_000), (who, 1, 10_000))
    await field.client.put(
        f"/v1/cash/vault-counts/{new_id()}",
        json={"branch_code": await code_of(field), "occasion": "closing", "count": count},
        headers=bearer(field.desk),
    )
    assert "vault_uncounted" not in await left()
    assert (await call(field, "POST", "close")).status_code == 200, "nothing of it keeps it open"


async def test_cash_that_is_too_old_blocks_and_a_deposit_frees_it(field: Field) -> None:
    await field.pay(10_000)
    kept = await field.client.put(
        f"/v1/agent/safe-keepings/{new_id()}",
        json={"keeper": "Rosa Díaz", "place": "Her shop on Balmaceda 12"},
        headers=bearer(field.token),
    )
    assert kept.json()["amount"]["amount_minor"] == 10_000
    await watch(field, 24)
    assert (await field.pay(1_000)).status_code == 200, "a night later nobody is blocked"
    await watch(field, 3 * 24)
    told = await field.client.get("/v1/agent/till", headers=bearer(field.token))
    assert told.json()["blocked_for"] == "aged_cash"
    refused = (await field.pay(1_000)).json()
    assert refused["type"] == "/problems/over-cash-limit"
    assert "for too long" in refused["detail"]
    listed = await field.client.get("/v1/cash/ageing", headers=bearer(field.desk))
    assert listed.json()["items"][0]["keeper"]["name"] == "Rosa Díaz"
    alerts = await field.ask(
        "SELECT detail FROM alert WHERE subject_id = :agent AND cleared_at IS NULL",
        agent=field.agent,
    )
    assert "Rosa Díaz keeps it" in alerts[0].detail
    assert (await field.deposit(11_000)).status_code == 200
    await watch(field, 3 * 24 + 1)
    assert (await field.pay(1_000)).status_code == 200
    open_ones = await field.ask(
        "SELECT FROM alert WHERE subject_id = :agent AND cleared_at IS NULL", agent=field.agent
    )
    assert open_ones == []


async def test_a_lease_ends_by_itself(field: Field) -> None:
    await field.client.put(f"/v1/agent/leases/{new_id()}", json={}, headers=bearer(field.token))
    assert (await field.till())["headroom"] == 0
    async with field.database.transaction(EVERYTHING) as session:
        await close_expired(session, MONDAY_NINE + timedelta(hours=13))
    assert (await field.till())["headroom"] == 0
    async with field.database.transaction(EVERYTHING) as session:
        assert await close_expired(session, MONDAY_NINE + timedelta(hours=14)) >= 1
    assert (await field.till())["headroom"] == 500_000


async def test_closed_days_are_listed_with_the_day_that_it_is(field: Field) -> None:
    async def days() -> Any:
        params = {"branch": await code_of(field)}
        answer = await field.client.get("/v1/cash/days", params=params, headers=bearer(field.desk))
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert await days() == {"today": DAY, "items": []}
    await call(field, "POST", "close")
    (closed,) = (await days())["items"]
    assert (closed["day"], closed["closed_by"]) == (DAY, "Sofía Rojas")
    unknown = await field.client.get("/v1/cash/days?branch=NONE", headers=bearer(field.desk))
    assert unknown.status_code == 404
