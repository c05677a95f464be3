"""What one payer hands over in cash in a day stays below a sum, whoever takes it."""

import asyncio

import httpx
import pytest
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.policies.set_policy import set_policy
from tests.api.agents.test_leases import lease, under
from tests.api.agents.test_reversals import ask, decide
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_case, a_token, an_agent, branch_code

BELOW = 100_000


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    field = await a_field(database, client)
    async with database.transaction(EVERYTHING) as session:
        code = await branch_code(session, field.branch)
        await set_policy(session, code, "cash_per_payer_below", BELOW, None, MONDAY_NINE)
    return field


async def another_agent(field: Field) -> Field:
    """Who has another account of the same customer."""
    async with field.database.transaction(EVERYTHING) as session:
        agent = await an_agent(session, field.branch, cash_limit_minor=500_000)
        case = await a_case(session, field.branch, agent_id=agent)
        for table, key in (("case_file", case.case_id), ("account", case.account_id)):
            await session.execute(
                text(f"UPDATE {table} SET customer_id = :customer WHERE id = :id"),  # noqa: S608
                {"customer": field.case.customer_id, "id": key},
            )
        token = await a_token(session, agent)
    return Field(field.database, field.client, field.branch, agent, token, field.desk, case)


async def test_the_sum_is_over_accounts_and_agents_and_is_not_reached(field: Field) -> None:
    other = await another_agent(field)
    assert (await field.pay(60_000)).status_code == 200
    refused = await other.pay(40_000)
    assert (refused.status_code, refused.json()["type"]) == (
        409, "/problems/too-much-cash-of-payer",
    )  # fmt: skip
    assert "Take CLP\N{NO-BREAK SPACE}39,999 at most" in refused.json()["detail"]
    assert (await other.till())["in_hand"] == 0
    assert (await other.pay(39_999)).status_code == 200
    assert (await field.pay(40_000, mode="card", mode_reference="A1B2C3")).status_code == 200
    # Another customer is another payer.
    async with field.database.transaction(EVERYTHING) as session:
        stranger = await a_case(session, field.branch, agent_id=field.agent)
    assert (await field.pay(90_000, case_id=str(stranger.case_id))).status_code == 200


async def test_many_at_once_do_not_pass_it_together(field: Field) -> None:
    other = await another_agent(field)
    answers = await asyncio.gather(*(f.pay(30_000) for _ in range(5) for f in (field, other)))
    assert sorted({a.status_code for a in answers}) == [200, 409]
    assert sum(a.status_code == 200 for a in answers) == 3


async def test_the_desk_keeps_to_it_too(field: Field) -> None:
    assert (await field.pay(60_000)).status_code == 200
    body = {
        "case_id": str(field.case.case_id), "mode": "cash",
        "amount": {"amount_minor": 40_000, "currency": "CLP"},
        "denominations": [{"face_minor": 10_000, "count": 4}],
    }  # fmt: skip
    answer = await field.client.put(
        f"/v1/cash/receipts/{new_id()}", json=body, headers=bearer(field.desk)
    )
    assert answer.json()["type"] == "/problems/too-much-cash-of-payer"


async def test_cash_taken_offline_is_a_fact_and_flagged(field: Field) -> None:
    held = (await lease(field, 200_000)).json()
    first = await field.pay(99_999, **under(held["id"], 1))
    assert "payer_cash" not in first.json()["flags"]
    second = await field.pay(1, **under(held["id"], 2))
    assert second.status_code == 200
    assert "payer_cash" in second.json()["flags"]


async def test_what_was_undone_does_not_count(field: Field) -> None:
    receipt = (await field.pay(60_000)).json()
    id_ = new_id()
    assert (await ask(field, receipt["id"], id_)).status_code == 200
    done = await decide(field, str(id_), "approve")
    assert done.status_code == 200, done.text
    assert (await field.pay(60_000)).status_code == 200


async def test_without_the_policy_there_is_no_such_limit(
    database: Database, client: httpx.AsyncClient
) -> None:
    free = await a_field(database, client)
    assert (await free.pay(BELOW)).status_code == 200
