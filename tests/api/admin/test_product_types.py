"""Product types over HTTP."""

from typing import Any

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.conftest import bearer
from tests.factories import a_branch, a_person, a_token, branch_code


@pytest.fixture
async def admin(own_database: Database) -> str:
    async with own_database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        return await a_token(session, await a_person(session, branch, Role.ADMIN))


@pytest.fixture
async def database(own_database: Database) -> Database:
    return own_database


async def known(client: httpx.AsyncClient, admin: str, code: str) -> dict[str, Any]:
    answer = await client.get(f"/v1/product-types/{code}", headers=bearer(admin))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def put(
    client: httpx.AsyncClient, admin: str, code: str, body: dict[str, Any]
) -> httpx.Response:
    return await client.put(f"/v1/product-types/{code}", json=body, headers=bearer(admin))


async def test_nine_are_shipped(client: httpx.AsyncClient, admin: str) -> None:
    listed = await client.get("/v1/product-types", headers=bearer(admin))
    assert [one["code"] for one in listed.json()] == [
        "card", "group_loan", "housing_loan", "individual_loan", "insurance_premium", "invoice",
        "telecom_bill", "utility_bill", "vehicle_loan",
    ]  # fmt: skip
    assert all(one["versions"][0]["set_by"] is None for one in listed.json())
    missing = await client.get("/v1/product-types/no_such", headers=bearer(admin))
    assert missing.status_code == 404


async def test_changed_terms_are_a_new_version_and_the_same_again_is_none(
    client: httpx.AsyncClient, admin: str
) -> None:
    before = await known(client, admin, "card")
    terms = before["versions"][0]["terms"] | {"last_overdue": 2}
    body = {"name": "Card", "lender_codes": ["cc 01"], "terms": terms}
    for _ in range(2):
        changed = await put(client, admin, "card", body)
        assert changed.status_code == 200, changed.text
        told = changed.json()
        assert (told["name"], told["lender_codes"]) == ("Card", ["CC 01"])
        assert [v["version"] for v in told["versions"]] == [2, 1]
        assert told["versions"][0]["terms"] == terms
    assert await known(client, admin, "card") == told


async def test_another_type_can_be_added(client: httpx.AsyncClient, admin: str) -> None:
    terms = (await known(client, admin, "invoice"))["versions"][0]["terms"]
    added = await put(client, admin, "school_fee", {"name": "School fee", "terms": terms})
    assert added.status_code == 200, added.text
    assert [(v["version"], v["since"]) for v in added.json()["versions"]] == [(1, "1970-01-01")]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"head_order": ["interest", "interest", "penal", "charges"]}, "terms.head_order"),
        ({"stages": {"legal": 90}}, "terms.stages"),
        ({"stages": {"reminder": 30, "field": 8}}, "terms.stages"),
        ({"buckets": [{"code": "X", "min_past_due": 3}]}, "terms.buckets"),
        ({"buckets": [{"code": "B1", "min_past_due": 0}]}, "terms.buckets"),
        ({"over_payment": "pocket"}, "terms.over_payment"),
        ({"last_overdue": -1}, "terms.last_overdue"),
    ],
)
async def test_terms_that_cannot_be_are_refused_by_field(
    client: httpx.AsyncClient, admin: str, changed: dict[str, Any], field: str
) -> None:
    terms = (await known(client, admin, "card"))["versions"][0]["terms"]
    refused = await put(client, admin, "card", {"name": "Card", "terms": terms | changed})
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"].startswith(field)


async def test_a_branch_below_changes_nothing_of_the_whole_lender(
    client: httpx.AsyncClient, admin: str, own_database: Database
) -> None:
    card = await known(client, admin, "card")
    async with own_database.transaction(EVERYTHING) as session:
        top = await a_branch(session)
        below = await a_branch(session, parent_code=await branch_code(session, top))
        theirs = await a_token(session, await a_person(session, below, Role.ADMIN))
    body = {"name": "Card", "terms": card["versions"][0]["terms"]}
    refused = await put(client, theirs, "card", body)
    assert (refused.status_code, refused.json()["type"]) == (
        403, "/problems/not-the-whole-lender",
    )  # fmt: skip
