"""Counters that take cash: opened and closed over HTTP, and passed by rounds."""

from typing import Any

import httpx
import pytest

from core.geometry import LatLon
from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from routing.rounds.plan_rounds import plan_rounds
from routing.travel.city import open_city
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, a_person, a_token, an_agent, branch_code
from tests.routing.rounds.test_plan_rounds import DAY, HOME, SHIFT, solve_all
from tests.streets.small_city import at, small_graph

COUNTER = LatLon(*at(200, 10))
WEEK = [{"weekdays": ["mon", "tue", "wed", "thu", "fri"], "from_time": "09:00", "to_time": "16:00"}]


@pytest.fixture
async def admin(database: Database) -> tuple[str, str]:
    """An administrator's token and the branch's code."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session, location=HOME)
        token = await a_token(session, await a_person(session, branch, Role.ADMIN))
        return token, await branch_code(session, branch)


def a_counter(code: str, **facts: Any) -> dict[str, Any]:
    position = {"lat": COUNTER.lat, "lon": COUNTER.lon}
    return (
        {"branch_code": code, "name": "Main branch", "kind": "branch", "hours": WEEK}
        | position
        | facts
    )


async def test_a_counter_is_opened_once_and_closed(
    client: httpx.AsyncClient, admin: tuple[str, str]
) -> None:
    token, code = admin
    path = f"/v1/deposit-points/{new_id()}"
    first = await client.put(path, json=a_counter(code), headers=bearer(token))
    assert first.status_code == 200, first.text
    assert [h["weekday"] for h in first.json()["hours"]] == ["mon", "tue", "wed", "thu", "fri"]
    again = await client.put(path, json=a_counter(code), headers=bearer(token))
    assert again.json() == first.json()
    other = await client.put(path, json=a_counter(code, name="Other"), headers=bearer(token))
    assert (other.status_code, other.json()["type"]) == (409, "/problems/id-reused")
    listed = await client.get("/v1/deposit-points", headers=bearer(token))
    assert [one["name"] for one in listed.json()] == ["Main branch"]
    for _ in range(2):
        closed = await client.delete(path, headers=bearer(token))
        assert closed.json()["closed_at"] == "2026-11-23T12:00:00Z"
    assert (await client.get("/v1/deposit-points", headers=bearer(token))).json() == []
    unknown = await client.delete(f"/v1/deposit-points/{new_id()}", headers=bearer(token))
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"hours": []}, "hours"),
        ({"hours": [WEEK[0] | {"to_time": "08:00"}]}, "hours"),
        ({"hours": [WEEK[0], WEEK[0]]}, "hours"),
        ({"hours": [WEEK[0] | {"from_time": "09:00Z"}]}, "hours.0"),
        ({"service_s": 5}, "service_s"),
        ({"kind": "kiosk"}, "kind"),
    ],
)
async def test_hours_that_cannot_be_are_named(
    client: httpx.AsyncClient, admin: tuple[str, str], facts: dict[str, Any], field: str
) -> None:
    token, code = admin
    path = f"/v1/deposit-points/{new_id()}"
    answer = await client.put(path, json=a_counter(code, **facts), headers=bearer(token))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


async def test_a_round_goes_by_a_counter_before_the_cash_passes_the_limit(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session, location=HOME)
        token = await a_token(session, await a_person(session, branch, Role.ADMIN))
        code = await branch_code(session, branch)
        # 100,000 due × 0.3 paid × 0.8 in cash: 24,000 expected of each of four.
        agent = await an_agent(session, branch, home=HOME, shift=SHIFT, cash_limit_minor=50_000)
        for spot in ((100, 10), (200, 110), (300, 110), (390, 290)):
            await a_case(
                session,
                branch,
                at=LatLon(*at(*spot)),
                agent_id=agent,
                due_minor=100_000,
                urgency=90,
            )
    point = f"/v1/deposit-points/{new_id()}"
    body = a_counter(code, hours=[WEEK[0] | {"to_time": "18:00"}])
    assert (await client.put(point, json=body, headers=bearer(token))).status_code == 200
    async with database.transaction(EVERYTHING) as session:
        await plan_rounds(session, DAY, open_city(small_graph()), solve_all, MONDAY_NINE, [agent])
    shown = await client.get(f"/v1/agents/{agent}/round", headers=bearer(token))
    assert shown.status_code == 200, shown.text
    seen = shown.json()
    assert len(seen["stops"]) == 4
    (deposit,) = seen["deposits"]
    assert deposit["amount_minor"] in (24_000, 48_000)
    assert deposit["reason"].startswith(
        f"hands in CLP\N{NO-BREAK SPACE}{deposit['amount_minor']:,}"
    )
    assert sorted([s["seq"] for s in seen["stops"]] + [deposit["seq"]]) == [1, 2, 3, 4, 5]
    assert seen["baseline_travel_s"] > 0
    assert all(s["slack_s"] > 0 for s in seen["stops"])
    # Without a counter two of the four stay behind, and are told what would help.
    await client.delete(point, headers=bearer(token))
    async with database.transaction(EVERYTHING) as session:
        await plan_rounds(session, DAY, open_city(small_graph()), solve_all, MONDAY_NINE, [agent])
        found = await rows(
            session,
            "SELECT skipped FROM round WHERE agent_id = :a AND replaced_at IS NULL", a=agent,
        )  # fmt: skip
    assert [one["code"] for one in found[0].skipped] == ["over_cash_limit"] * 2
    assert all("a cash limit of CLP 72,000" in one["would_help"] for one in found[0].skipped)
