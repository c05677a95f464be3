"""Every id in every path, replaced by another branch's: not found, and no trace of it.

The routes come from the served document, who asks from the access table, and the rows from the
tables. A new route is tried without being mentioned here; one whose path names something new fails
until `NAMED` says what it is.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.access_table import ACCESS, EVERYBODY
from tests.api.conftest import bearer
from tests.api.foreign_rows import (
    NAMED,
    NEXT_DOOR,
    TRACE,
    Elsewhere,
    a_foreign_branch,
    as_stored,
    settle_elsewhere,
)
from tests.api.least_body import LeastBodies
from tests.application import document
from tests.factories import a_branch, a_person, a_token, an_agent

DOCUMENT = document()
LEAST = LeastBodies(DOCUMENT)

WORDS = {
    "{certificate}": "two-wheeler", "{day}": "2026-11-23", "{extension}": "csv",
    "{key}": "ping_retention_days", "{last_day}": "2026-11-22", "{line}": "1",
    "{meeting_on}": "2026-11-23", "{month}": "2026-11-01", "{number}": "1",
    "{product_code}": "PERSONAL", "{stage}": "legal", "{topic}": "visit",
    "{type_code}": "individual_loan", "{word}": "fragile",
}  # fmt: skip
"""What else a path may say."""

FOR_ALL_BRANCHES = ("/v1/roles/", "/v1/contact-rules/", "/v1/gateway-events/", "/v1/product-types/",
                    "/tiles/")  # fmt: skip
"""What these paths name belongs to no branch."""

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/agent/phone-vaults/{id}/key"): {
        "ephemeral": "AAAA", "iv": "AAAA", "data": "AAAA",
    },
    ("POST", "/v1/customers/{id}/contacts"): {"kind": "phone", "value": "+56912345678"},
    ("POST", "/v1/customers/{id}/number-tags"): {
        "value": "+56912345678", "word": "changed_hands", "reason": "said so",
    },
    ("POST", "/v1/export-targets/{id}/answers"): "file,line,state",
    ("PUT", "/v1/branches/{code}/value-lists/{topic}"): {
        "values": [{"code": "met", "label": "Met", "reaches": "customer"}]
    },
    ("PUT", "/v1/staff/{id}/provider-account"): {"email": "sofia@example.com"},
    ("PUT", "/v1/fences/{address_id}/shape"): {
        "type": "Polygon",
        "coordinates": [[[-71.21, -29.91], [-71.2, -29.91], [-71.2, -29.9], [-71.21, -29.91]]],
    },
}  # fmt: skip
"""Bodies of which the document says too little."""

PART = {
    "Tus-Resumable": "1.0.0", "Upload-Offset": "0",
    "Content-Type": "application/offset+octet-stream",
}  # fmt: skip
HEADERS: dict[tuple[str, str], dict[str, str]] = {
    ("HEAD", "/v1/agent/uploads/{id}"): PART,
    ("PATCH", "/v1/agent/uploads/{id}"): PART,
}
"""Headers without which a route takes nothing."""

NAMED_BY_CALLER = {
    "/v1/agent/attachments/{id}", "/v1/agent/center-meetings/{id}", "/v1/agent/deposits/{id}",
    "/v1/agent/deposit-slips/{id}",
    "/v1/agent/dispositions/{id}", "/v1/agent/handover-takings/{id}",
    "/v1/agent/handovers/{id}", "/v1/agent/leases/{id}",
    "/v1/agent/notices/{id}", "/v1/agent/panics/{id}", "/v1/agent/phone-vaults/{id}",
    "/v1/agent/root-causes/{id}", "/v1/agent/safe-keepings/{id}", "/v1/bank-accounts/{id}",
    "/v1/dispositions/{id}", "/v1/export-targets/{id}", "/v1/matches/{id}",
    "/v1/payment-links/{id}", "/v1/refunds/{id}", "/v1/report-subscriptions/{id}",
    "/v1/cash/paper-receipts/{id}", "/v1/cash/receipt-books/{id}", "/v1/legal-documents/{id}",
    "/v1/root-causes/{id}",
}  # fmt: skip
"""What is made there has an id of the caller's making. One that another has taken may be answered
with a conflict, or first with what else is wrong; never with what is there."""

Route = tuple[str, str]


def _routes() -> list[Route]:
    """The routes whose paths name something of a branch."""
    return [
        (method.upper(), path)
        for path, item in sorted(DOCUMENT["paths"].items())
        for method in item
        if set(re.findall(r"{\w+}", path)) - WORDS.keys()
        and not path.startswith(FOR_ALL_BRANCHES)
        and ACCESS[method.upper(), path] is not EVERYBODY  # there, to know the id is to be let in
    ]


ROUTES = _routes()
SHARED_BY_AGENTS = {"/v1/agent/centers/{id}/sheet"}
"""What these paths name is the branch's; what is told there are the agent's own cases."""

OF_AGENTS = [
    route
    for route in ROUTES
    if ACCESS[route] == frozenset({Role.AGENT}) and route[1] not in SHARED_BY_AGENTS
]


@dataclass(frozen=True)
class People:
    """A token of each role in one branch, and what another branch has; an agent's token, and what
    another agent of the same branch has."""

    tokens: Mapping[Role, str]
    other_branch: Elsewhere
    agent_token: str
    other_agent: Elsewhere


@pytest.fixture(scope="module")
async def people(database: Database) -> AsyncIterator[People]:
    """At the end, nothing that another branch or another agent has was changed by asking."""
    async with database.transaction(EVERYTHING) as session:
        here = await a_branch(session)
        staff = [r for r in Role if r not in (Role.AGENT, Role.CUSTOMER, Role.INTEGRATION)]
        tokens: dict[Role, str] = {
            r: await a_token(session, await a_person(session, here, r)) for r in staff
        }
        tokens[Role.AGENT] = await a_token(session, await an_agent(session, here))
        there = await settle_elsewhere(session, await a_foreign_branch(session))
        shared = await a_branch(session)
        agent_token = await a_token(session, await an_agent(session, shared))
        beside = await settle_elsewhere(session, shared, NEXT_DOOR)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        before = [await as_stored(session, elsewhere) for elsewhere in (there, beside)]
    yield People(tokens, there, agent_token, beside)
    async with database.transaction(EVERYTHING, read_only=True) as session:
        assert before == [await as_stored(session, elsewhere) for elsewhere in (there, beside)]


def concrete(path: str, elsewhere: Elsewhere) -> str:
    """The path with ids from elsewhere in it."""
    said: list[str] = []
    for part in path.split("/"):
        word = said[-1] if part.startswith("{") and said else ""
        named = NAMED.get(f"{word}/{part}", NAMED.get(word))
        value = elsewhere.value(named) if named else part
        for blank, its in WORDS.items():
            value = value.replace(blank, its)
        assert "{" not in value, f"NAMED or WORDS must say what {part} is in {path}"
        said.append(value)
    return "/".join(said)


def _values(elsewhere: Elsewhere) -> dict[str, Any]:
    """What fields of bodies and queries say: ids from elsewhere, too."""
    return {
        "account_id": elsewhere.value("account.id"),
        "agent_id": elsewhere.value("agent_profile.agent_id"),
        "bank_account_id": elsewhere.value("bank_account.id"),
        "branch": elsewhere.value("branch.code"),
        "branch_code": elsewhere.value("branch.code"),
        "case_id": elsewhere.value("case_file.id"),
        "check_in_id": elsewhere.value("check_in.id"),
        "code": "123456",
        "currency": "CLP",
        "ends_at": "2026-11-23T20:00:00Z",
        "expires_at": "2027-11-23T12:00:00Z",
        "gender": "female",
        "receipt_id": elsewhere.value("receipt.id"),
        "to_agent_id": elsewhere.value("agent_profile.agent_id"),
        "value": 30,
    }


async def _ask(
    client: httpx.AsyncClient, route: Route, elsewhere: Elsewhere, token: str
) -> httpx.Response:
    method, path = route
    values = _values(elsewhere)
    body = BODIES.get(route) or LEAST.body(method, path, values)
    return await client.request(
        method, concrete(path, elsewhere), json=body,
        params=LEAST.query(method, path, values),
        headers=bearer(token) | HEADERS.get(route, {}),
    )  # fmt: skip


def _assert_refused(route: Route, answer: httpx.Response, elsewhere: Elsewhere, who: str) -> None:
    refused = {403, 404} | ({409, 422} if route[1] in NAMED_BY_CALLER else set())
    assert answer.status_code in refused, f"{who}: {answer.status_code} {answer.text}"
    # Nothing of it is told but what was asked for.
    asked = str(answer.request.url) + answer.request.content.decode()
    told = answer.text
    for said in (str(v) for row in elsewhere.rows.values() for v in row.values()):
        if said in asked:
            told = told.replace(said, "")
    assert elsewhere.trace.lower() not in told.lower(), who
    for row in elsewhere.rows.values():
        for value in map(str, row.values()):
            assert len(value) < 16 or value not in told, who


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
async def test_what_another_branch_has_is_not_there_for_any_role_whose_work_it_is(
    client: httpx.AsyncClient, people: People, route: Route
) -> None:
    allowed: Any = ACCESS[route]
    for role in allowed & people.tokens.keys():
        answer = await _ask(client, route, people.other_branch, people.tokens[role])
        _assert_refused(route, answer, people.other_branch, role)


@pytest.mark.parametrize("route", OF_AGENTS, ids=" ".join)
async def test_what_another_agent_has_is_not_there_for_an_agent(
    client: httpx.AsyncClient, people: People, route: Route
) -> None:
    answer = await _ask(client, route, people.other_agent, people.agent_token)
    _assert_refused(route, answer, people.other_agent, "agent")


LISTS = [
    ("GET", path)
    for path, item in sorted(DOCUMENT["paths"].items())
    if "get" in item and "{" not in path and path != "/v1/live/events"
    if isinstance(ACCESS["GET", path], frozenset)
]


@pytest.mark.parametrize("route", LISTS, ids=" ".join)
async def test_no_list_tells_of_another_branch(
    client: httpx.AsyncClient, people: People, route: Route
) -> None:
    allowed: Any = ACCESS[route]
    for role in allowed & people.tokens.keys():
        query = LEAST.query(*route, {"reason": "looking for traces"})
        answer = await client.get(route[1], params=query, headers=bearer(people.tokens[role]))
        assert answer.status_code < 500
        assert TRACE.lower() not in answer.text.replace(TRACE.upper(), "").lower(), role
        of_it = query | {"branch": people.other_branch.value("branch.code")}
        answer = await client.get(route[1], params=of_it, headers=bearer(people.tokens[role]))
        assert answer.status_code < 500
        assert TRACE.lower() not in answer.text.replace(TRACE.upper(), "").lower(), role
