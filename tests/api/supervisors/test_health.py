"""How phones are, over HTTP."""

from datetime import timedelta

import httpx
from sqlalchemy import insert

from core.ids import new_id
from data.session import EVERYTHING, Database
from data.tables.tracking import DeviceHealth, Silence
from identity.principal import Role
from tests.api.conftest import bearer
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device, a_person, a_token, an_agent
from tests.tracking.health.scenes import a_field

NINE = "2026-11-23T12:00:00Z"


async def test_a_supervisor_sees_the_phone_and_todays_silences(
    client: httpx.AsyncClient, database: Database
) -> None:
    field = await a_field(database)
    await field.ping(-10)
    async with database.transaction(EVERYTHING) as session:
        token = await a_token(session, await a_person(session, field.branch_id))
        await session.execute(
            insert(DeviceHealth).values(
                device_id=field.device_id, branch_id=field.branch_id, heard_at=MONDAY_NINE,
                battery_pct=42, app="Traccar Client", app_version="9.1", gps="on", skew_s=-130,
                skew_stated=True,
            )
        )  # fmt: skip
        for began_min, ended_min, cause in ((-2000, -1990, "gps_off"), (-40, -20, "dead_battery")):
            await session.execute(
                insert(Silence).values(
                    id=new_id(), branch_id=field.branch_id, agent_id=field.agent_id,
                    began_at=MONDAY_NINE + timedelta(minutes=began_min),
                    ended_at=MONDAY_NINE + timedelta(minutes=ended_min), cause=cause,
                    likelihood="likely", reasons=[{"code": "none_taken", "text": "no fixes"}],
                )
            )  # fmt: skip
    answer = await client.get(f"/v1/agents/{field.agent_id}/health", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["on_duty"], body["status"], body["last_ping_age_s"]) == (True, "standing", 600)
    assert body["phone"]["app_version"] == "9.1"
    assert (body["phone"]["battery_pct"], body["phone"]["skew_s"]) == (42, -130)
    (silence,) = body["silences"]
    assert silence["text"] == "probably the battery was empty"
    assert silence["ended_at"] == "2026-11-23T11:40:00Z"
    assert silence["reasons"] == [{"code": "none_taken", "text": "no fixes"}]


async def test_an_agent_without_a_phone_has_none_to_show(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        token = await a_token(session, await a_person(session, branch))
        stranger = await an_agent(session, await a_branch(session))
    body = (await client.get(f"/v1/agents/{agent}/health", headers=bearer(token))).json()
    assert (body["on_duty"], body["status"], body["phone"]) == (False, "off_shift", None)
    unknown = await client.get(f"/v1/agents/{stranger}/health", headers=bearer(token))
    assert unknown.status_code == 404


async def test_an_administrator_sees_a_phone_whoever_carries_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        device, _ = await a_device(session, branch)
        admin = await a_token(session, await a_person(session, branch, Role.ADMIN))
        foreign, _ = await a_device(session, await a_branch(session))
    answer = await client.get(f"/v1/devices/{device}/health", headers=bearer(admin))
    assert answer.status_code == 200
    assert (answer.json()["device_id"], answer.json()["heard_at"]) == (str(device), None)
    unknown = await client.get(f"/v1/devices/{foreign}/health", headers=bearer(admin))
    assert (unknown.status_code, unknown.json()["type"]) == (404, "/problems/device-not-found")
