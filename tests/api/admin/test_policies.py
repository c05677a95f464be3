"""Policies over HTTP."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from data.session import EVERYTHING, Database, rows, run
from identity.policies.policy import RULES
from identity.principal import Role
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token, branch_code


@dataclass
class Office:
    """A branch's administrator, and somebody at its cash desk."""

    client: httpx.AsyncClient
    code: str
    admin_id: UUID
    admin: str
    cashier: str

    async def call(self, method: str, key: str = "", token: str = "", **body: Any) -> Any:
        path = f"/v1/branches/{self.code}/policies" + (f"/{key}" if key else "")
        return await self.client.request(
            method, path, headers=bearer(token or self.admin), json=body or None
        )


@pytest.fixture
async def office(database: Database, client: httpx.AsyncClient) -> Office:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        admin = await a_person(session, branch, Role.ADMIN)
        cashier = await a_person(session, branch, Role.CASH_DESK)
        code = await branch_code(session, branch)
        return Office(
            client, code, admin, await a_token(session, admin), await a_token(session, cashier)
        )


async def test_a_policy_is_set_told_and_cleared(office: Office) -> None:
    answer = await office.call("PUT", "ping_retention_days", value=30)
    assert answer.status_code == 200, answer.text
    assert answer.json() | {"meaning": ""} == {
        "key": "ping_retention_days",
        "value": 30,
        "source": "own",
        "from_branch": office.code,
        "set_at": "2026-11-23T12:00:00Z",
        "set_by": str(office.admin_id),
        "unit": "days",
        "currency": None,
        "expected": "a whole number of days from 1 to 3,650",
        "meaning": "",
        "two_people": False,
        "waiting": None,
    }
    told = (await office.call("GET", token=office.cashier)).json()
    assert [policy["key"] for policy in told] == list(RULES)
    assert told[0] == answer.json()
    assert {policy["source"] for policy in told[1:]} == {"default"}
    cleared = await office.call("DELETE", "ping_retention_days")
    assert (cleared.json()["value"], cleared.json()["source"]) == (90, "default")
    assert (await office.call("DELETE", "ping_retention_days")).json() == cleared.json()


@pytest.mark.parametrize(
    ("key", "value"), [("ping_archive", False), ("push_after_s", 0), ("ping_accuracy", "low")]
)
async def test_what_is_false_or_nothing_is_a_value_too(
    office: Office, key: str, value: Any
) -> None:
    await office.call("PUT", key, value=value)
    told = {policy["key"]: policy for policy in (await office.call("GET")).json()}
    assert (told[key]["value"], type(told[key]["value"])) == (value, type(value))
    assert told[key]["source"] == "own"


@pytest.mark.parametrize(
    ("key", "body", "field"),
    [
        ("ping_retention_days", {"value": 0}, "ping_retention_days"),
        ("ping_retention_days", {"value": {"days": 3}}, "ping_retention_days"),
        ("ping_retention_days", {"value": None}, "ping_retention_days"),
        ("ping_retention_days", {"valu": 3}, "value"),
        ("no_such_policy", {"value": 3}, "key"),
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    office: Office, key: str, body: dict[str, Any], field: str
) -> None:
    answer = await office.call("PUT", key, **body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert answer.json()["errors"][0]["expected"]


async def test_an_unknown_policy_cannot_be_cleared(office: Office) -> None:
    answer = await office.call("DELETE", "no_such_policy")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "key"


async def test_another_branchs_administrator_finds_no_such_branch(
    office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await a_token(session, await a_person(session, await a_branch(session), Role.ADMIN))
    for method, key, body in (
        ("GET", "", {}),
        ("PUT", "push_after_s", {"value": 1}),
        ("DELETE", "push_after_s", {}),
    ):
        answer = await office.call(method, key, other, **body)
        assert answer.status_code == 404, answer.text
    assert all(p["source"] == "default" for p in (await office.call("GET")).json())


async def test_where_customers_pay_to_is_set_by_two_administrators(
    office: Office, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        (branch,) = await rows(session, "SELECT id FROM branch WHERE code = :c", c=office.code)
        other = await a_token(session, await a_person(session, branch.id, Role.ADMIN))

    async def put(value: str, token: str = "") -> dict[str, Any]:
        answer = await office.call("PUT", "upi_payee_vpa", token, value=value)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    # One alone, however often, changes nothing; nor does another who sets something else.
    for said, token in (("mine@bank", ""), ("mine@bank", ""), ("lender@bank", other)):
        told = await put(said, token)
        assert (told["value"], told["source"], told["two_people"]) == ("", "default", True)
        assert told["waiting"]["value"] == said
    told = await put("lender@bank")
    assert (told["value"], told["source"], told["waiting"]) == ("lender@bank", "own", None)
    # What holds goes on while another waits, and either takes it away alone.
    told = await put("mine@bank")
    assert (told["value"], told["waiting"]["proposed_by"]) == ("lender@bank", str(office.admin_id))
    cleared = (await office.call("DELETE", "upi_payee_vpa", other)).json()
    assert (cleared["value"], cleared["waiting"]) == ("", None)


@pytest.mark.parametrize("by_proposer", [True, False])
async def test_what_waits_for_a_second_person_is_taken_back_or_refused_and_what_held_goes_on(
    office: Office, database: Database, by_proposer: bool
) -> None:
    async with database.transaction(EVERYTHING) as session:
        (branch,) = await rows(session, "SELECT id FROM branch WHERE code = :c", c=office.code)
        other = await a_token(session, await a_person(session, branch.id, Role.ADMIN))
    await office.call("PUT", "upi_payee_vpa", value="lender@bank")
    await office.call("PUT", "upi_payee_vpa", other, value="lender@bank")
    await office.call("PUT", "upi_payee_vpa", value="mine@bank")
    ends = "" if by_proposer else other
    for _ in range(2):  # again changes nothing
        answer = await office.call("DELETE", "upi_payee_vpa/proposal", ends)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert (told["value"], told["source"], told["waiting"]) == ("lender@bank", "own", None)
    # The other one's word makes a proposal of its own, not the second half of what is gone.
    told = (await office.call("PUT", "upi_payee_vpa", other, value="mine@bank")).json()
    assert told["value"] == "lender@bank"
    assert (await office.call("DELETE", "nothing/proposal")).json()["errors"][0]["field"] == "key"


async def test_an_amount_is_told_with_its_branchs_currency(office: Office) -> None:
    told = {policy["key"]: policy for policy in (await office.call("GET")).json()}
    amount = told["conveyance_per_km"]
    assert (amount["unit"], amount["currency"]) == ("minor units", "CLP")
    expected = amount["expected"].replace("\u00a0", " ")  # as amounts are written
    assert expected == "a whole number of minor units, from CLP 0 to CLP 1,000,000,000"
    refused = await office.call("PUT", "conveyance_per_km", value=-1)
    assert refused.json()["errors"][0]["expected"] == amount["expected"]


async def test_the_database_takes_no_payee_from_one_person(
    office: Office, database: Database
) -> None:
    for second in (None, office.admin_id):
        with pytest.raises(IntegrityError, match="two people"):
            async with database.transaction(EVERYTHING) as session:
                await run(
                    session,
                    "INSERT INTO policy (branch_id, key, value, set_at, set_by, seconded_by)"
                    " SELECT id, 'upi_payee_vpa', '\"a@b\"', :now, :first, :second FROM branch"
                    " WHERE code = :code",
                    now=MONDAY_NINE, first=office.admin_id, second=second, code=office.code,
                )  # fmt: skip
