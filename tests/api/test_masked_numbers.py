"""No whole number is told to who may not see it: every route that reads, asked by who may do all
else.

The routes come from the served document, so a new one is tried without being mentioned here.
"""

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from data.sealed import index_of
from data.session import EVERYTHING, Database
from data.tables.collection import Customer
from identity.permission import GRANTS, Area, Permission, acting, seeing
from identity.principal import Role
from identity.roles.change_role import NewRole, decide, propose
from identity.roles.compose import compose
from tests.api.conftest import bearer
from tests.api.foreign_rows import Elsewhere, settle_elsewhere
from tests.api.test_foreign_ids import (
    ACCESS,
    DOCUMENT,
    EVERYBODY,
    FOR_ALL_BRANCHES,
    LEAST,
    concrete,
)
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token

NATIONAL = "912345678"
WHOLE = f"+56{NATIONAL}"
MASKED = "+56 •••••5678"
TRACE = "Reachland"

KEPT = {
    "contact_point": {"kind": "phone", "value": WHOLE},
    "message": {"sent_to": WHOLE},
    "number_tag": {"value": WHOLE},
}
"""Where numbers of customers are kept, beside the customer's own."""

OFFICE = frozenset(
    each for each in Permission if each not in acting(Area.FIELD) | seeing(Area.NUMBERS)
)

READS = [
    ("GET", path)
    for path, item in sorted(DOCUMENT["paths"].items())
    if "get" in item
    and ACCESS["GET", path] is not EVERYBODY
    and not path.startswith(FOR_ALL_BRANCHES)
]


@dataclass(frozen=True)
class Office:
    """A branch with a row of every kind, and tokens by who bears them."""

    rows: Elsewhere
    tokens: dict[str, str]


@pytest.fixture(scope="module")
async def office(database: Database) -> Office:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        made = await settle_elsewhere(session, branch, TRACE, KEPT)
        await session.execute(
            update(Customer)
            .where(Customer.id == made.rows["customer"]["id"])
            .values(phone=WHOLE, phone_index=index_of(WHOLE))
        )
        admin = await a_person(session, branch, Role.ADMIN)
        other = await a_person(session, branch, Role.ADMIN)
        agent = made.rows["agent_profile"]["agent_id"]
        people = {"office": await a_person(session, branch, Role.ADMIN), "agent": agent}
        for who, role, permissions in (
            ("office", Role.ADMIN, OFFICE), ("agent", Role.AGENT, acting(Area.FIELD)),
        ):  # fmt: skip
            await compose(session, f"{who}-unseen", permissions, admin, MONDAY_NINE)
            new = NewRole(role, f"{who}-unseen", "need not know numbers")
            change = await propose(session, people[who], new, admin, MONDAY_NINE)
            await decide(session, change, other, MONDAY_NINE, accept=True)
        people["whole"] = admin
        tokens = {who: await a_token(session, its) for who, its in people.items()}
    return Office(made, tokens)


async def read(client: httpx.AsyncClient, office: Office, who: str, path: str) -> httpx.Response:
    values: dict[str, Any] = {
        "reason": "a customer asked", "branch": office.rows.value("branch.code"),
        "case_id": office.rows.value("case_file.id"),
        "customer_id": office.rows.value("customer.id"),
    }  # fmt: skip
    return await client.get(
        concrete(path, office.rows), params=LEAST.query("GET", path, values),
        headers=bearer(office.tokens[who]),
    )  # fmt: skip


@pytest.mark.parametrize("path", [path for _, path in READS])
async def test_no_whole_number_is_told(
    client: httpx.AsyncClient, office: Office, path: str
) -> None:
    roles: Any = ACCESS["GET", path]
    who = "agent" if roles == {Role.AGENT} else "office"
    answer = await read(client, office, who, path)
    assert answer.status_code < 500
    assert NATIONAL not in re.sub(r"[\s().-]", "", answer.text)


async def test_who_may_see_numbers_is_told_them_whole_and_others_enough_to_tell_them_apart(
    client: httpx.AsyncClient, office: Office
) -> None:
    for path in ("/v1/customers/{id}", "/v1/customers/{id}/number-tags", "/v1/cases/{id}"):
        assert WHOLE in (await read(client, office, "whole", path)).text
        assert MASKED in (await read(client, office, "office", path)).text
    for path in ("/v1/messages",):
        assert MASKED in (await read(client, office, "whole", path)).text


def test_who_works_with_numbers_sees_them_and_who_only_looks_does_not() -> None:
    see = {role for role, granted in GRANTS.items() if Permission.NUMBERS_SEE in granted}
    assert see == {
        Role.AGENT, Role.SUPERVISOR, Role.BRANCH_MANAGER, Role.TELE_CALLER, Role.ADMIN,
    }  # fmt: skip
