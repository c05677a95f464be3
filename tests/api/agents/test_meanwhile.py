"""Payments that come in after something else happened to the case, over HTTP."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from tests.api.agents.test_handovers import a_colleague
from tests.api.cash_field import Field, a_field
from tests.api.conftest import bearer
from tests.factories import a_branch

KNOWN = {"as_of": "2026-11-23T11:00:00Z", "due_minor": 50_000}
TAKEN = "2026-11-23T11:30:00Z"


@pytest.fixture
async def field(database: Database, client: httpx.AsyncClient) -> Field:
    return await a_field(database, client)


async def hand_on(field: Field, to: Field, at: str = "2026-11-23T11:45:00Z") -> None:
    """Give the case to a colleague at an instant."""
    async with field.database.transaction(EVERYTHING) as session:
        await rows(
            session,
            "UPDATE assignment SET during = tstzrange(lower(during), CAST(:at AS timestamptz))"
            " WHERE case_id = :case AND upper_inf(during) RETURNING id",
            at=at, case=field.case.case_id,
        )  # fmt: skip
        await rows(
            session,
            "INSERT INTO assignment (id, branch_id, case_id, agent_id, during, reason, decided_at)"
            " VALUES (:id, :branch, :case, :agent, tstzrange(CAST(:at AS timestamptz), NULL),"
            " 'handed on', CAST(:at AS timestamptz)) RETURNING id",
            id=new_id(), branch=field.branch, case=field.case.case_id, agent=to.agent, at=at,
        )  # fmt: skip


def told(answer: httpx.Response) -> list[tuple[Any, ...]]:
    """Kind, amount and the rest of each piece of news."""
    return [
        (each["kind"], (each["amount"] or {}).get("amount_minor"), each["way"] or each["agent"])
        for each in answer.json()["meanwhile"]
    ]


async def test_nothing_is_told_where_nothing_happened(field: Field) -> None:
    assert told(await field.pay(20_000, known=KNOWN)) == []
    assert told(await field.pay(10_000, known=KNOWN | {"due_minor": 30_000})) == []
    assert (await field.pay(10_000)).json()["meanwhile"] == []


async def test_what_was_paid_at_the_desk_is_told_and_the_rest_is_an_advance(
    field: Field,
) -> None:
    at_desk = await field.client.put(
        f"/v1/cash/receipts/{new_id()}",
        json={"case_id": str(field.case.case_id), "mode": "card", "mode_reference": "AB1234",
              "amount": {"amount_minor": 45_000, "currency": "CLP"}},
        headers=bearer(field.desk),
    )  # fmt: skip
    assert at_desk.status_code == 200, at_desk.text
    id_ = new_id()
    answer = await field.pay(20_000, id_, known=KNOWN)
    assert answer.status_code == 200
    assert answer.json()["advance"]["amount_minor"] == 15_000
    assert told(answer) == [("paid", 45_000, "desk")]
    assert (await field.pay(20_000, id_, known=KNOWN)).json() == answer.json()


async def test_a_demand_that_changed_is_told_as_what_was_due_then(field: Field) -> None:
    await field.ask(
        "UPDATE demand SET principal_minor = principal_minor + 7000,"
        " total_minor = total_minor + 7000 WHERE account_id = :account RETURNING id",
        account=field.case.account_id,
    )
    assert told(await field.pay(20_000, known=KNOWN)) == [("due_changed", 57_000, None)]


async def test_a_payment_taken_before_the_case_was_handed_on_is_kept_and_flagged(
    field: Field,
) -> None:
    colleague = await a_colleague(field)
    await hand_on(field, colleague)
    answer = await field.pay(20_000, taken_at=TAKEN, known=KNOWN)
    assert answer.status_code == 200, answer.text
    assert "handed_on" in answer.json()["flags"]
    assert told(answer) == [("handed_on", None, "Ana Vega")]
    assert (await field.till())["in_hand"] == 20_000
    theirs = await replace(colleague, case=field.case).pay(5_000, known=KNOWN)
    assert told(theirs) == [("paid", 20_000, "agent")]


async def test_a_payment_taken_after_the_case_was_handed_on_is_refused(field: Field) -> None:
    await hand_on(field, await a_colleague(field))
    answer = await field.pay(20_000, taken_at="2026-11-23T11:50:00Z")
    assert answer.status_code == 404
    assert (await field.till())["in_hand"] == 0


async def lend(field: Field, to: Field, branch: UUID) -> None:
    """Give the case to an agent of another branch, from eight until a quarter to twelve."""
    await hand_on(field, to, "2026-11-23T11:00:00Z")
    await field.ask(
        "UPDATE assignment SET lent_to_branch_id = :branch WHERE agent_id = :agent RETURNING id",
        branch=branch, agent=to.agent,
    )  # fmt: skip
    await hand_on(field, field)


async def test_a_payment_on_a_lent_case_that_went_back_meanwhile_is_kept_and_flagged(
    field: Field,
) -> None:
    async with field.database.transaction(EVERYTHING) as session:
        other = await a_branch(session)
    borrower = await a_colleague(field, other)
    await lend(field, borrower, other)
    late = await borrower.pay(20_000, taken_at="2026-11-23T11:50:00Z")
    assert late.status_code == 404
    id_ = new_id()
    answer = await borrower.pay(20_000, id_, taken_at=TAKEN, known=KNOWN)
    assert answer.status_code == 200, answer.text
    assert "handed_on" in answer.json()["flags"]
    assert told(answer) == [("handed_on", None, "Diego Soto")]
    assert (await borrower.till())["in_hand"] == 20_000
    assert (await borrower.pay(20_000, id_, taken_at=TAKEN, known=KNOWN)).json() == answer.json()
    [row] = await field.ask("SELECT branch_id FROM receipt WHERE id = :id", id=id_)
    assert row.branch_id == field.branch
