"""Findings over HTTP: what is odd about a day."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from core.ids import new_id
from data.live import LiveBus
from data.session import EVERYTHING, Database, rows
from tests.api.conftest import bearer
from tests.api.supervisors.scenes import HOUR, Scene, a_scene, a_visit, rfc3339
from tests.api.supervisors.test_visits import a_receipt, put
from tests.api.supervisors.tours import get, pings_of, send
from tests.application import client_at
from tests.conftest import MONDAY_NINE
from tests.tracking.trails.walks import Way

MINUTE = timedelta(minutes=1)
EVENING = MONDAY_NINE + 12 * HOUR


@pytest.fixture
async def scene(database: Database) -> Scene:
    return await a_scene(database)


async def findings(
    database: Database, live: LiveBus, scene: Scene, query: str, now: datetime = EVENING
) -> list[dict[str, Any]]:
    async with client_at(database, live, now) as client:
        return list((await get(client, scene.token, f"/v1/findings{query}")).json()["items"])


async def test_visits_at_once_in_two_places_overlap(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    one, two = scene.cases
    await a_visit(database, scene, one, "verified", MONDAY_NINE)
    await a_visit(database, scene, one, "verified", MONDAY_NINE + MINUTE)  # the same place
    await a_visit(database, scene, two, "verified", MONDAY_NINE + 9.6 * MINUTE)  # 24 s
    found = await findings(database, live, scene, "?kind=overlap")
    (overlap,) = found
    assert overlap["figures"]["overlap_s"] == 84
    assert len(overlap["visit_ids"]) == 2
    assert set(overlap["case_ids"]) == {str(one.case_id), str(two.case_id)}
    assert overlap["text"].startswith("08:59 to 09:01: two visits overlap by 84 s, 0 m apart")
    assert await findings(database, live, scene, "?kind=overlap") == found


@pytest.mark.parametrize(
    ("ends", "lasts", "outside_s"),
    [
        ("08:00:00", 0.0, None),
        ("08:10:00", 600.0, None),
        ("08:10:00", 601.0, 1.0),
        ("07:59:00", 600.0, 600.0),
        ("19:00:00", 600.0, None),
        ("19:00:01", 600.0, 1.0),
        ("19:00:00", 0.0, 0.0),
        ("19:10:00", 600.0, 600.0),
        ("18:59:59", 0.0, None),
    ],
)
async def test_contact_hours_are_half_open(
    database: Database, live: LiveBus, scene: Scene, ends: str, lasts: float, outside_s: float
) -> None:
    ended_at = datetime.fromisoformat(f"2026-11-23T{ends}-03:00")
    lasted = timedelta(seconds=lasts)
    await a_visit(database, scene, scene.cases[0], "verified", ended_at, lasted)
    found = await findings(database, live, scene, "?kind=outside_contact_hours&day=2026-11-23")
    assert [each["figures"]["outside_s"] for each in found] == (
        [] if outside_s is None else [outside_s]
    )
    for each in found:
        assert each["text"].endswith(
            "a visit at María González outside the contact hours, 08:00 to 19:00"
        )


async def test_a_doubtful_visit_is_held_against_nobody(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    await a_visit(database, scene, scene.cases[0], "unverified", MONDAY_NINE - 2 * HOUR)
    query = "?kind=outside_contact_hours&kind=not_planned"
    assert await findings(database, live, scene, query) == []


async def test_a_planned_customer_whom_nothing_shows_visited_is_found_once_it_is_over(
    database: Database, live: LiveBus
) -> None:
    scene = await a_scene(database, stops=5)
    done, doubtful, word, nothing, _ = scene.cases
    await a_visit(database, scene, done, "probable", MONDAY_NINE + HOUR)
    await a_visit(database, scene, doubtful, "unverified", MONDAY_NINE + 2 * HOUR)
    async with client_at(database, live, MONDAY_NINE + 3 * HOUR) as client:
        at = MONDAY_NINE + 3 * HOUR
        body = {"case_id": str(word.case_id), "device_time": rfc3339(at)}
        await put(client, scene, "check-ins", body)
    # The fourth's window ends at 14:00, the fifth's an hour later.
    now = MONDAY_NINE + 5.5 * HOUR
    found = await findings(database, live, scene, "?kind=not_visited", now)
    assert [(each["case_ids"], each["figures"]["why"]) for each in found] == [
        ([str(nothing.case_id)], "no_stay"),
        ([str(word.case_id)], "claimed"),
        ([str(doubtful.case_id)], "unverified"),
    ]
    assert found[0]["text"] == "13:00: María González was planned; nothing shows a visit"
    assert all(len(each["stop_ids"]) == 1 for each in found)
    assert len(await findings(database, live, scene, "?kind=not_visited")) == 4
    assert await findings(database, live, scene, "?kind=not_visited", MONDAY_NINE) == []


async def test_who_was_not_met_in_a_house_that_was_visited_for_others_is_found(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    one, two = scene.cases
    await a_visit(database, scene, one, "verified", MONDAY_NINE + HOUR)
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "UPDATE visit SET case_ids = :c WHERE agent_id = :a RETURNING 1",
                   c=[one.case_id, two.case_id], a=scene.agent_id)  # fmt: skip
    async with client_at(database, live, MONDAY_NINE + HOUR) as client:
        await a_receipt(client, scene, one, MONDAY_NINE + HOUR)
    (found,) = await findings(database, live, scene, "?kind=not_visited")
    assert (found["case_ids"], found["figures"]["why"]) == ([str(two.case_id)], "others_met")
    assert len(found["visit_ids"]) == 1


async def test_a_visit_that_no_plan_had_is_found(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    await a_visit(database, scene, scene.cases[0], "verified", MONDAY_NINE + HOUR)
    assert await findings(database, live, scene, "?kind=not_planned") == []
    other = await a_scene(database, stops=1)
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "UPDATE stop SET case_id = :c WHERE agent_id = :a AND seq = 1"
                   " RETURNING 1", c=other.cases[0].case_id, a=scene.agent_id)  # fmt: skip
    (found,) = await findings(database, live, scene, "?kind=not_planned")
    assert found["figures"] == {"has_plan": True, "verdict": "verified"}
    assert found["text"] == ("09:50 to 10:00: a visit at María González; the plan did not have it")


async def test_gaps_are_told_from_the_last_ping_before_to_the_first_after(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    # On shift from 08:00; pings from 09:00 to 10:00 but for 9.5 and 10.5 minutes.
    pings = pings_of(Way().go(3600, 0, 1.0), every_s=30)
    cut = [p for p in pings if not (
        "12:10:00" < p["captured_at"][11:19] < "12:19:30"
        or "12:30:00" < p["captured_at"][11:19] < "12:40:30")]  # fmt: skip
    now = MONDAY_NINE + HOUR + MINUTE
    async with client_at(database, live, now) as client:
        await send(client, scene.key, cut)
    late, early = await findings(database, live, scene, "?kind=gap", now)
    assert (late["began_at"], late["ended_at"]) == ("2026-11-23T12:30:00Z", "2026-11-23T12:40:30Z")
    assert late["figures"] == {"lasted_s": 630, "quiet_s": 600}
    assert (early["began_at"], early["ended_at"]) == (
        "2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z")  # fmt: skip
    # A silence within a visit is among that visit's reasons.
    await a_visit(database, scene, scene.cases[0], "verified", MONDAY_NINE + 41 * MINUTE,
                  12 * MINUTE)  # fmt: skip
    assert await findings(database, live, scene, "?kind=gap", now) == [early]


async def test_a_check_in_far_from_where_the_pings_are_shows_two_places(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    now = MONDAY_NINE + HOUR
    async with client_at(database, live, now) as client:
        await send(client, scene.key, pings_of(Way().go(600, 0), every_s=20))
        for lat, second in ((-29.9, 30), (-29.95, 60)):
            at = rfc3339(MONDAY_NINE + timedelta(seconds=second))
            fix = {"lat": lat, "lon": -71.25, "accuracy_m": 8, "captured_at": at}
            await put(client, scene, "check-ins", {
                "case_id": str(scene.cases[0].case_id), "device_time": at, "fix": fix,
                "reason": "they are at work"})  # fmt: skip
    (found,) = await findings(database, live, scene, "?kind=two_places", now)
    assert found["figures"]["distance_m"] == pytest.approx(5567, abs=30)
    assert found["figures"]["shown_by"] == "check_in"
    assert found["case_ids"] == [str(scene.cases[0].case_id)]
    assert "the check-in was 55" in found["text"]


async def test_two_phones_of_one_agent_far_apart_show_two_places(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await rows(session, "SELECT ensure_ping_partition('2026-11-23')")
        for number in range(2):
            phone, since = new_id(), MONDAY_NINE - (3 - number) * HOUR
            of = {"d": phone, "b": scene.branch_id}
            await rows(session, "INSERT INTO device (id, branch_id, label, key_hash, enrolled_at)"
                       " VALUES (:d, :b, 'x', :k, :at) RETURNING 1", k=phone.bytes, at=MONDAY_NINE,
                       **of)  # fmt: skip
            await rows(session, "INSERT INTO sign_on (id, branch_id, device_id, agent_id, during)"
                       " VALUES (:id, :b, :d, :a, tstzrange(:f, :t)) RETURNING 1", id=new_id(),
                       a=scene.agent_id, f=since, t=since + HOUR, **of)  # fmt: skip
            for minute in range(3):
                await rows(session, "INSERT INTO ping (device_id, captured_at, lat, lon, agent_id,"
                           " branch_id, received_at, accuracy_m, is_mock) VALUES (:d, :at, :lat,"
                           " -71.25, :a, :b, :at, 8, false) RETURNING 1",
                           at=MONDAY_NINE + minute * MINUTE, lat=-29.9 - number * 0.01,
                           a=scene.agent_id, **of)  # fmt: skip
    (found,) = await findings(database, live, scene, "?kind=two_places")
    assert found["figures"]["shown_by"] == "phone"
    assert (found["began_at"], found["ended_at"]) == (
        "2026-11-23T12:00:00Z", "2026-11-23T12:02:00Z")  # fmt: skip
    assert found["text"] == (
        "09:00 to 09:02: another phone of theirs was 1112 m from where the pings were"
    )


async def test_all_kinds_come_the_newest_first_page_by_page_and_of_the_own_branches_only(
    database: Database, live: LiveBus, scene: Scene
) -> None:
    await a_visit(database, scene, scene.cases[0], "verified", MONDAY_NINE - 2 * HOUR)
    other = await a_scene(database)
    await a_visit(database, other, other.cases[0], "verified", MONDAY_NINE - 2 * HOUR)
    every = await findings(database, live, scene, "")
    assert {each["kind"] for each in every} == {"outside_contact_hours", "not_visited", "gap"}
    assert {each["agent_id"] for each in every} == {str(scene.agent_id)}
    assert [e["began_at"] for e in every] == sorted((e["began_at"] for e in every), reverse=True)
    paged: list[str] = []
    cursor = ""
    async with client_at(database, live, EVENING) as client:
        while True:
            page = (await get(client, scene.token, f"/v1/findings?limit=1{cursor}")).json()
            paged += [each["id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
    assert paged == [each["id"] for each in every]
    assert await findings(database, live, scene, f"?agent_id={other.agent_id}") == []
    assert await findings(database, live, scene, "?day=2026-11-20&kind=not_visited") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=gossip", "kind.0"),
        ("day=yesterday", "day"),
        ("day=1969-12-31", "day"),
        ("agent_id=nobody", "agent_id"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
    ],
)
async def test_bad_input_gets_a_problem_that_names_the_field(
    client: httpx.AsyncClient, scene: Scene, query: str, field: str
) -> None:
    answer = await client.get(f"/v1/findings?{query}", headers=bearer(scene.token))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
