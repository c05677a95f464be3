"""No whole number is told to who may not see it: every route that reads, asked by who may do all
else, in answers, pages, papers and spreadsheets alike.

The routes come from the served document, so a new one is tried without being mentioned here.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from allocation.proposals.sheets.workbook import Sheet, written
from api import numbers
from api.desk.customers import CALLS
from core.pdf import Column, Paper
from data import limits
from data.live import LiveBus
from data.sealed import index_of
from data.session import EVERYTHING, Database, rows
from data.tables.collection import Customer
from identity.permission import GRANTS, Area, Permission, acting, seeing
from identity.principal import Role
from identity.roles.change_role import NewRole, decide, propose
from identity.roles.compose import compose
from tests.api.access_table import ACCESS, EVERYBODY
from tests.api.conftest import bearer
from tests.api.foreign_rows import Elsewhere, settle_elsewhere
from tests.api.test_foreign_ids import DOCUMENT, FOR_ALL_BRANCHES, LEAST, concrete
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token
from tests.papers import text_of_pdf, text_of_workbook

WHOLE, ADDED = "+56912345678", "+56912349999"
MASKED, ADDED_MASKED = "+56 •••••5678", "+56 •••••9999"
TRACE = "Reachland"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LAST_WEEK = (MONDAY_NINE - timedelta(days=7)).date()
KEPT: dict[str, dict[str, Any]] = {
    "contact_point": {"kind": "phone", "value": ADDED, "value_index": index_of(ADDED)},
    "message": {"sent_to": WHOLE},
    "number_tag": {"value": ADDED, "value_index": index_of(ADDED)},
    "occasion_hold": {"first_day": _LAST_WEEK, "last_day": _LAST_WEEK},
}
"""Where numbers of customers are kept, beside the customer's own; nothing keeps anybody from
calling today."""

OFFICE = frozenset(
    each for each in Permission if each not in acting(Area.FIELD) | seeing(Area.NUMBERS)
)

OF_NOBODY = (
    "/v1/assignment-proposals/{id}", "/v1/suspicions", "/territory-proposals",
    "/v1/territory-proposals/{id}",
)  # fmt: skip
"""What these tell of are rows with a shape of their own, which is not made up here: of cases by
their ids, and of agents."""

READS = [
    path
    for path, item in sorted(DOCUMENT["paths"].items())
    if "get" in item
    and ACCESS["GET", path] is not EVERYBODY
    and not path.startswith((*FOR_ALL_BRANCHES, *OF_NOBODY))
    and not path.endswith(OF_NOBODY)
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


def told(answer: httpx.Response) -> str:
    """All that can be read in an answer."""
    kind = answer.headers.get("Content-Type", "")
    if kind == "application/pdf":
        return text_of_pdf(answer.content)
    if kind.endswith("spreadsheetml.sheet"):
        return text_of_workbook(answer.content)
    return answer.text


def whole_numbers(text: str) -> list[str]:
    """The numbers of nobody else that stand whole in a text, however they are grouped."""
    return re.findall("912345678|912349999", re.sub(r"[\s().-]", "", text))


async def test_no_route_tells_a_whole_number(client: httpx.AsyncClient, office: Office) -> None:
    masked, kinds, leaks = 0, set(), []
    for path in READS:
        roles: Any = ACCESS["GET", path]
        who = "agent" if roles == {Role.AGENT} else "office"
        answer = await read(client, office, who, path)
        text = told(answer)
        masked += MASKED in text
        if answer.is_success and text:
            kinds.add(answer.headers.get("Content-Type", "").split(";")[0])
        if whole_numbers(text):
            leaks.append(path)
    assert leaks == []
    assert masked >= 5  # it is not that there was none to tell
    assert kinds >= {"application/json", "text/csv", XLSX}


def test_a_number_on_paper_or_in_a_sheet_would_be_found() -> None:
    paper = Paper.a4("x", MONDAY_NINE)
    paper.heading("+56 9 1234 5678")
    assert whole_numbers(text_of_pdf(paper.pdf()))
    paper = Paper.a4("x", MONDAY_NINE)
    paper.table([Column("Number", 1)], [["+56912349999"]])
    assert whole_numbers(text_of_pdf(paper.pdf()))
    sheets = [Sheet("A", (("a", 9),), []), Sheet("B", (("b", 9),), [["+56 (9) 1234-5678"]])]
    assert whole_numbers(text_of_workbook(written(sheets)))


async def test_who_does_not_see_a_number_calls_it_and_each_call_is_on_the_trail(
    client: httpx.AsyncClient, office: Office, database: Database
) -> None:
    path = concrete("/v1/cases/{id}/call", office.rows)
    number = {"contact_id": office.rows.value("contact_point.id")}
    for who in ("office", "agent"):
        dialed = await client.post(path, json={}, headers=bearer(office.tokens[who]))
        assert (dialed.status_code, dialed.text) == (204, "")
        assert dialed.headers["Location"] == f"tel:{WHOLE}"
    added = await client.post(path, json=number, headers=bearer(office.tokens["office"]))
    assert added.status_code == 409  # a word on it says that it is not to be used
    unknown = {"contact_id": office.rows.value("customer.id")}
    refused = await client.post(path, json=unknown, headers=bearer(office.tokens["office"]))
    assert refused.status_code == 404
    async with database.transaction(EVERYTHING) as session:
        (trail,) = await rows(
            session,
            "SELECT count(*) AS calls FROM audit_event WHERE kind = 'change'"
            " AND action = 'POST /v1/cases/{id}/call' AND subjects->>'id' = :case",
            case=office.rows.value("case_file.id"),
        )
    assert trail.calls == 2


async def test_nobody_takes_a_list_out_by_calling(
    client: httpx.AsyncClient, office: Office, live: LiveBus
) -> None:
    await live.carry_out([("FLUSHDB",)])
    path = concrete("/v1/cases/{id}/call", office.rows)
    for _ in range(CALLS.burst):
        await client.post(path, json={}, headers=bearer(office.tokens["office"]))
    refused = await client.post(path, json={}, headers=bearer(office.tokens["office"]))
    assert refused.status_code == 429
    whole = await client.post(path, json={}, headers=bearer(office.tokens["whole"]))
    assert whole.status_code == 204


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/cash/payers"])
async def test_a_masked_number_is_not_found_by_trying_all_that_end_so(
    client: httpx.AsyncClient, office: Office, live: LiveBus, monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:  # fmt: skip
    await live.carry_out([("FLUSHDB",)])
    monkeypatch.setattr(numbers, "SEARCHES", limits.Limit("test", burst=2, every_s=60))

    async def search(who: str, words: str) -> int:
        asked = {"q": words}
        answer = await client.get(path, params=asked, headers=bearer(office.tokens[who]))
        return answer.status_code

    guesses = [f"+56 9 {n} 5678" for n in range(1231, 1235)]
    assert [await search("office", guess) for guess in guesses] == [200, 200, 429, 429]
    assert await search("office", "Gonzal") == 200
    assert [await search("whole", guess) for guess in guesses] == [200] * 4


async def test_who_may_see_numbers_is_told_them_whole_and_others_enough_to_tell_them_apart(
    client: httpx.AsyncClient, office: Office
) -> None:
    for path, whole, masked in (
        ("/v1/customers/{id}", WHOLE, MASKED),
        ("/v1/cases/{id}", WHOLE, MASKED),
        ("/v1/customers/{id}", ADDED, ADDED_MASKED),
        ("/v1/customers/{id}/number-tags", ADDED, ADDED_MASKED),
    ):
        assert whole in (await read(client, office, "whole", path)).text
        assert masked in (await read(client, office, "office", path)).text
    # Of what was sent nobody is told more.
    assert MASKED in (await read(client, office, "whole", "/v1/messages")).text


def test_who_works_with_numbers_sees_them_and_who_only_looks_does_not() -> None:
    see = {role for role, granted in GRANTS.items() if Permission.NUMBERS_SEE in granted}
    assert see == {
        Role.AGENT, Role.SUPERVISOR, Role.BRANCH_MANAGER, Role.TELE_CALLER, Role.ADMIN,
    }  # fmt: skip
