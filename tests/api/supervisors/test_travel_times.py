"""Planned against actual travel times over HTTP."""

from datetime import date, timedelta
from uuid import UUID

import httpx
import numpy as np
import pytest

from data.session import EVERYTHING, Database
from identity.principal import Role
from routing.speeds.accuracy.store import add_legs
from streets.store import NetworkInfo
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_token

TODAY = MONDAY_NINE.date()
NETWORK = NetworkInfo(UUID(int=1), "Grid", "test", "0" * 64, 1.0, (0, 0, 1, 1), MONDAY_NINE)
PATH = "/v1/travel-times/report"


async def rode(
    database: Database,
    branch_id: UUID,
    *,
    day: date = TODAY - timedelta(days=1),
    learned_s: float = 95.0,
    hour_group: int = 9,
    class_name: str = "primary",
) -> None:
    """A leg of 100 s over 500 m that by default was to take 50 s."""
    async with database.transaction(EVERYTHING) as session:
        await add_legs(
            session, NETWORK, "two_wheeler", day, [branch_id],
            np.array([hour_group], np.int32), [class_name], np.array([500.0]), np.array([100.0]),
            np.array([50.0]), np.array([learned_s]),
        )  # fmt: skip


@pytest.fixture
async def branch(database: Database) -> UUID:
    async with database.transaction(EVERYTHING) as session:
        return await a_branch(session)


async def token_of(database: Database, branch_id: UUID, role: Role = Role.SUPERVISOR) -> str:
    async with database.transaction(EVERYTHING) as session:
        return await a_token(session, await a_person(session, branch_id, role))


async def test_the_report_tells_errors_and_bias_before_and_after(
    client: httpx.AsyncClient, database: Database, branch: UUID
) -> None:
    await rode(database, branch, learned_s=90)
    await rode(database, branch, learned_s=120, hour_group=33, class_name="residential")
    await rode(database, branch, learned_s=float("nan"))
    token = await token_of(database, branch, Role.ALLOCATION_MANAGER)
    told = (await client.get(PATH, headers=bearer(token))).json()
    assert (told["since"], told["until"]) == (str(TODAY - timedelta(days=28)), str(TODAY))
    assert (told["legs"], told["judged"]) == (3, 2)
    assert told["whole"] == {
        "name": "all",
        "legs": 2,
        "kmh": 18.0,
        "before": {"error_pct": 50.0, "bias_pct": -50.0},
        "after": {"error_pct": 15.0, "bias_pct": 5.0},
    }
    assert [line["name"] for line in told["by_hour"]] == ["Mon–Fri 09–10", "Sat–Sun 09–10"]
    assert [line["after"]["bias_pct"] for line in told["by_class"]] == [-10.0, 20.0]


async def test_a_branch_is_told_of_its_own_legs_only(
    client: httpx.AsyncClient, database: Database, branch: UUID
) -> None:
    async with database.transaction(EVERYTHING) as session:
        other = await a_branch(session)
    await rode(database, other)
    token = await token_of(database, branch)
    for query in ("", f"?branch_id={other}"):
        told = (await client.get(PATH + query, headers=bearer(token))).json()
        assert (told["legs"], told["whole"], told["by_hour"]) == (0, None, [])


async def test_other_days_may_be_asked_for(
    client: httpx.AsyncClient, database: Database, branch: UUID
) -> None:
    await rode(database, branch, day=date(2026, 3, 2))
    token = await token_of(database, branch)

    async def legs(query: str) -> int:
        answer = await client.get(f"{PATH}?{query}", headers=bearer(token))
        return int(answer.json()["legs"])

    assert await legs("since=2026-03-02&until=2026-03-02") == 1
    assert await legs("since=2026-03-03&until=2026-03-30") == 0
    assert await legs("until=2026-03-01") == 0
    assert await legs("until=1970-01-05") == 0


@pytest.mark.parametrize(
    "query",
    ["since=2026-03-02&until=2026-03-01", "since=2020-01-01&until=2026-01-01", "since=9999-12-31"],
)
async def test_days_that_make_no_span_are_named(
    client: httpx.AsyncClient, database: Database, branch: UUID, query: str
) -> None:
    token = await token_of(database, branch)
    answer = await client.get(f"{PATH}?{query}", headers=bearer(token))
    assert answer.status_code == 422
    assert "since" in answer.text
