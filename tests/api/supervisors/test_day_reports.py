"""Day reports over HTTP."""

import csv
from datetime import datetime, timedelta
from io import StringIO
from uuid import UUID

import httpx
import pytest

from data.session import EVERYTHING, Database, rows
from tests.api.conftest import bearer
from tests.api.supervisors.scenes import Scene, a_scene, a_visit
from tests.api.supervisors.tours import get, pings_of, send, tour
from tests.conftest import MONDAY_NINE
from tests.factories import a_device, an_agent
from tests.tracking.trails.walks import Way


async def test_a_day_report_tells_hours_way_stops_and_whom_they_were_at(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    at_second_stop = MONDAY_NINE + timedelta(seconds=120 + 300 + 120 + 840)
    await a_visit(database, toured, toured.cases[0], "verified", at_second_stop)
    report = (await get(later, toured.token, f"/v1/agents/{toured.agent_id}/day-report")).json()
    assert (report["agent"], report["day"]) == ("Diego Soto", "2026-11-23")
    assert report["zone"] == "America/Santiago"
    assert report["first_ping_at"] == "2026-11-23T12:00:00Z"
    assert report["pings"] == len(pings_of(tour()))
    assert report["distance_m"] == pytest.approx(tour().length_m, rel=0.04)
    assert report["standing_s"] == pytest.approx(1200, abs=90)
    began, ended = (
        datetime.fromisoformat(report[key]) for key in ("first_ping_at", "last_ping_at")
    )
    assert report["moving_s"] + report["standing_s"] + report["gap_s"] == pytest.approx(
        (ended - began).total_seconds()
    )
    assert report["signed_on"] == {
        "began_at": "2026-11-23T12:00:00Z", "ended_at": "2026-11-23T14:00:00Z", "lasted_s": 7200,
    }  # fmt: skip
    assert report["is_signed_on"] is True
    assert report["shift"] == {
        "began_at": "2026-11-23T11:00:00Z", "ended_at": "2026-11-23T20:00:00Z",
        "lasted_s": 9 * 3600,
    }  # fmt: skip
    assert (report["visits_planned"], report["visits_done"]) == (2, 1)
    first, second = report["stops"]
    assert first["visits"] == []
    (visit,) = second["visits"]
    assert visit["verdict"] == "verified"
    case = {"case_id": str(toured.cases[0].case_id), "customer": "María González"}
    assert visit["cases"] == [case]


async def test_a_day_report_follows_an_agent_from_phone_to_phone(
    later: httpx.AsyncClient, scene: Scene, database: Database
) -> None:
    change = MONDAY_NINE + timedelta(minutes=5)
    async with database.transaction(EVERYTHING) as session:
        second, key = await a_device(session, scene.branch_id)
        await rows(
            session,
            "WITH off AS (UPDATE sign_on SET during = tstzrange(lower(during), :at)"
            " WHERE agent_id = :agent RETURNING branch_id)"
            " SELECT branch_id FROM off", agent=scene.agent_id, at=change,
        )  # fmt: skip
        await rows(
            session,
            "INSERT INTO sign_on (id, branch_id, device_id, agent_id, during) VALUES"
            " (gen_random_uuid(), :branch, :device, :agent, tstzrange(:at, :until)) RETURNING id",
            branch=scene.branch_id, device=second, agent=scene.agent_id, at=change,
            until=MONDAY_NINE + timedelta(minutes=15),
        )  # fmt: skip
    pings = pings_of(Way().go(3000, 0))
    await send(later, scene.key, pings[:15])
    await send(later, key, pings[15:])
    report = (await get(later, scene.token, f"/v1/agents/{scene.agent_id}/day-report")).json()
    assert (report["devices"], report["pings"], report["gaps"]) == (2, len(pings), [])
    assert report["distance_m"] == pytest.approx(3000, rel=0.01)
    assert report["is_signed_on"] is False
    assert report["signed_on"]["lasted_s"] == 900


async def code_of(database: Database, branch_id: UUID) -> str:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(session, "SELECT code FROM branch WHERE id = :id", id=branch_id)
        code: str = found[0].code
        return code


async def test_a_branch_report_has_every_agent_by_name_also_those_who_stayed_at_home(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await an_agent(session, toured.branch_id, "=Ana(1)")
    code = await code_of(database, toured.branch_id)
    answer = (await get(later, toured.token, f"/v1/branches/{code}/day-reports")).json()
    assert (answer["branch"], answer["day"]) == (code, "2026-11-23")
    home, out = answer["items"]
    assert (home["agent"], home["pings"], home["first_ping_at"]) == ("=Ana(1)", 0, None)
    assert (home["signed_on"], home["shift"], home["stops"]) == (None, None, [])
    alone = await get(later, toured.token, f"/v1/agents/{toured.agent_id}/day-report")
    assert out == alone.json()
    yesterday = f"/v1/branches/{code}/day-reports?day=2026-11-22"
    for item in (await get(later, toured.token, yesterday)).json()["items"]:
        assert (item["pings"], item["signed_on"]) == (0, None)


async def test_the_table_runs_no_formula_and_tells_local_times(
    later: httpx.AsyncClient, toured: Scene, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await an_agent(session, toured.branch_id, "=HYPERLINK(1)")
    code = await code_of(database, toured.branch_id)
    answer = await get(later, toured.token, f"/v1/branches/{code}/day-reports?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        f'filename="day-report-{code.lower()}-2026-11-23.csv"'
        in answer.headers["content-disposition"]
    )
    home, out = csv.DictReader(StringIO(answer.text))
    assert (home["agent"], home["first_ping_at"], home["signed_on_s"]) == ("'=HYPERLINK(1)", "", "")
    assert out["first_ping_at"] == "2026-11-23T09:00:00-03:00"
    assert (out["signed_off_at"], out["signed_on_s"], out["stops"]) == ("", "7200", "2")
    assert int(out["distance_m"]) == pytest.approx(tour().length_m, rel=0.04)


async def test_another_branch_has_no_reports_to_see(
    client: httpx.AsyncClient, database: Database, scene: Scene
) -> None:
    code = await code_of(database, (await a_scene(database)).branch_id)
    answer = await client.get(f"/v1/branches/{code}/day-reports", headers=bearer(scene.token))
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/branch-not-found"
