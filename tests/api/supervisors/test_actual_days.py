"""A day as it was beside its plan, over HTTP."""

from datetime import timedelta

import httpx

from core.geometry import LatLon
from data.session import EVERYTHING, Database, rows
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_case, a_person, a_token
from tests.routing.underway.scenes import DAY, a_day, visits
from tests.streets.small_city import at

TEN_MINUTES = timedelta(minutes=10)


async def test_order_dwell_way_and_distance_are_compared(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        token = await a_token(session, await a_person(session, day.branch))
        surprise = await a_case(
            session, day.branch, at=LatLon(*at(20, 10)), agent_id=day.agent, customer_name="S"
        )
        first, second, third, never = day.order
        for n, case in enumerate([second, first, surprise.case_id, third]):
            began = MONDAY_NINE + n * 2 * TEN_MINUTES
            await visits(session, day, case, began, began + TEN_MINUTES)
        # A way of 300 m along the first street, a ping each half minute.
        for n in range(21):
            lat, lon = at(15 * n, 0)
            await rows(session, "SELECT ensure_ping_partition(:d)", d=DAY)
            await rows(
                session,
                "INSERT INTO ping (device_id, captured_at, lat, lon, agent_id, branch_id,"
                " received_at, accuracy_m, is_mock) VALUES (:dev, :t, :lat, :lon, :a, :b, :t, 5,"
                " false) RETURNING 1",
                dev=day.device, t=MONDAY_NINE + timedelta(seconds=15 * n), lat=lat, lon=lon,
                a=day.agent, b=day.branch,
            )  # fmt: skip
    answer = await client.get(f"/v1/agents/{day.agent}/rounds/{DAY}/actual", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["planned"], found["made"], found["missed"], found["unplanned"]) == (4, 4, 1, 1)
    assert found["in_order"] == 2  # first or second, and third
    by_case = {stop["case_id"]: stop for stop in found["stops"]}
    assert (by_case[str(second)]["planned_nth"], by_case[str(second)]["nth"]) == (2, 1)
    assert by_case[str(first)]["dwell_s"] == 600
    assert by_case[str(surprise.case_id)]["planned_nth"] is None
    assert by_case[str(never)]["began_at"] is None
    assert found["planned_distance_m"] > 0
    assert found["planned_way"]["type"] in ("MultiLineString", "GeometryCollection")
    assert found["planned_way"]["type"] == "MultiLineString"
    # The clock of the tests stands at nine: what is later is not there yet.
    assert found["distance_m"] >= 0


async def test_a_day_without_a_plan_and_a_revision_that_is_not_there_say_so(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        day = await a_day(session)
        token = await a_token(session, await a_person(session, day.branch))
    for path in ("2026-11-20/actual", f"{DAY}/actual?revision=9"):
        answer = await client.get(f"/v1/agents/{day.agent}/rounds/{path}", headers=bearer(token))
        assert answer.status_code == 404, answer.text
        assert answer.json()["type"] == "/problems/no-such-round"
