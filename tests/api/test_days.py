"""Every day and every time that a request can tell: one that nobody can mean is refused by name."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.session import EVERYTHING, Database
from identity.principal import Role
from tests.api.access_table import ACCESS
from tests.api.conftest import bearer
from tests.api.least_body import LeastBodies, Place, Wanted
from tests.api.test_foreign_ids import WORDS
from tests.application import document
from tests.factories import a_branch, a_person, a_token, an_agent

DOCUMENT = document()
BEYOND = {
    "date": ("0001-01-01", "1969-12-31", "2200-01-02", "9999-12-31"),
    "date-time": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
}


LEAST = LeastBodies(DOCUMENT)


def _said_as(kind: str) -> Wanted:
    return lambda _, schema: schema.get("format") == kind


PLACES = [
    pytest.param(place, days, id=place.id)
    for kind, days in BEYOND.items()
    for place in LEAST.places(_said_as(kind), {})
]
IN_PATHS = [
    (method.upper(), path)
    for path, item in sorted(DOCUMENT["paths"].items())
    for method, operation in item.items()
    for parameter in operation.get("parameters", ())
    if parameter["in"] == "path" and parameter["schema"].get("format") == "date"
]


@pytest.fixture
async def tokens(database: Database) -> Mapping[Role, str]:
    """Of people of each test's own: all of them together ask more than one account may."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        staff = {role: await a_person(session, branch, role) for role in (Role.ADMIN, Role.AUDITOR)}
        staff[Role.AGENT] = await an_agent(session, branch)
        return {role: await a_token(session, person) for role, person in staff.items()}


def _of(tokens: Mapping[Role, str], route: tuple[str, str]) -> str:
    allowed = ACCESS[route]
    assert isinstance(allowed, frozenset)
    return next(token for role, token in tokens.items() if role in allowed)


def _concrete(path: str, day: str = "2026-11-23") -> str:
    for blank, word in (
        WORDS | {"{day}": day, "{month}": day, "{last_day}": day, "{meeting_on}": day}
    ).items():
        path = path.replace(blank, word)
    while "{" in path:
        before, _, rest = path.partition("{")
        path = f"{before}{new_id()}{rest.partition('}')[2]}"
    return path


def _assert_refused(answer: httpx.Response, name: str) -> None:
    assert answer.status_code == 422, answer.text
    told = {e["field"].rsplit(".", 1)[-1]: e["expected"] for e in answer.json()["errors"]}
    assert told[name] == "from 1970-01-01 to 2200-01-01", answer.text


@pytest.mark.parametrize(("place", "days"), PLACES)
async def test_a_time_beyond_all_is_refused_by_its_field(
    client: httpx.AsyncClient, tokens: Mapping[Role, str], place: Place, days: tuple[str, ...]
) -> None:
    method, path = place.route
    for day in days:
        told: Any = {"json": place.saying(day)}
        if place.where == "query":
            told = {"params": place.saying(day), "content": b"a file, where one is taken"}
        headers = bearer(_of(tokens, place.route))
        answer = await client.request(method, _concrete(path), headers=headers, **told)
        _assert_refused(answer, place.name)


@pytest.mark.parametrize("route", IN_PATHS, ids=" ".join)
async def test_a_path_names_no_day_beyond_all(
    client: httpx.AsyncClient, tokens: Mapping[Role, str], route: tuple[str, str]
) -> None:
    method, path = route
    for day in BEYOND["date"]:
        answer = await client.request(
            method, _concrete(path, day), headers=bearer(_of(tokens, route))
        )
        _assert_refused(answer, re.findall(r"{(\w+)}", path)[-1])
