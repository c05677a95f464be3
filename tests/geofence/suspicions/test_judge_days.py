"""Days judged by the worker: each finding once, new evidence as a new version."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert

from core.ids import new_id
from core.sealing.file_key import FileKey
from data.session import EVERYTHING, Database, rows
from data.tables.custody import Receipt
from data.tables.evidence import Attachment
from data.tables.geofence import CheckIn, CheckOut
from geofence.spoofing.phone_day import phone_day
from geofence.suspicions.days import store as days_store
from geofence.suspicions.judge_days import judge_days, judge_outcomes, judge_photos
from tests.conftest import MONDAY_NINE
from tests.factories import a_case, an_agent
from tests.geofence.spoofing.acted_days import PLANE, at, desk_day, honest_day, replayed
from tests.geofence.suspicions.scenes import EVENING, NEXT_MORNING, Scene, a_scene


@pytest.fixture
async def scene(database: Database) -> Scene:
    async with database.transaction(EVERYTHING) as session:
        for table in ("agent_position", "judged_day", "sign_on"):
            await rows(session, f"DELETE FROM {table} RETURNING 1")  # noqa: S608
    return await a_scene(database)


async def test_a_forged_day_comes_into_the_queue_once_with_one_alert(scene: Scene) -> None:
    await scene.sends(desk_day(1))
    looked = await scene.looks(EVENING)
    assert looked is not None
    assert (looked.days, looked.news) == (1, 1)
    (found,) = await scene.queue()
    assert (found.kind, found.version, str(found.day)) == ("forged_day", 1, "2026-11-23")
    assert found.score > 0.9
    codes = [reason["code"] for reason in found.reasons]
    assert "ruled-line" in codes
    (alert,) = await scene.open_alerts()
    assert (alert.kind, alert.subject_id) == ("spoofing", found.id)
    assert alert.facts["reasons"] == codes
    # Nothing new has come: nobody looks. After the day's end everybody is looked at once more.
    again = await scene.looks(EVENING + timedelta(minutes=30))
    assert again is not None
    assert again.days == 0
    over = await scene.looks(NEXT_MORNING)
    assert over is not None
    assert (over.days, over.news) == (1, 0)
    last = await scene.looks(NEXT_MORNING + timedelta(hours=1))
    assert last is not None
    assert last.days == 0
    assert len(await scene.queue()) == 1


async def test_an_honest_day_leaves_nothing(scene: Scene) -> None:
    await scene.sends(honest_day(3))
    looked = await scene.looks(EVENING)
    assert looked is not None
    assert looked.days == 1
    assert await scene.queue() == []
    assert await scene.open_alerts() == []


async def test_further_evidence_is_a_new_version_beside_the_old(scene: Scene) -> None:
    day = desk_day(1, noise_m=3)
    morning = at(day, np.arange(len(day) // 2))
    rest = at(day, np.arange(len(day) // 2, len(day)))
    await scene.sends(morning)
    await scene.looks(datetime.fromtimestamp(float(morning.t_s[-1]) + 60, UTC))
    assert [found.version for found in await scene.queue()] == [1]
    flagged = rest.mock | True
    await scene.sends(
        phone_day(rest.t_s, rest.lat, rest.lon, accuracy_m=rest.accuracy_m, mock=flagged)
    )
    await scene.looks(EVENING)
    first, second = await scene.queue()
    assert (first.id, second.version) == (second.id, 2)
    assert "mock-flag" in [reason["code"] for reason in second.reasons]
    assert "mock-flag" not in [reason["code"] for reason in first.reasons]
    assert len(await scene.open_alerts()) == 1


async def test_a_track_sent_again_is_found_once_the_day_is_over(scene: Scene) -> None:
    monday = honest_day(5)
    copy = replayed(monday, 5, noise_m=2.0, days=1)
    await scene.sends(monday)
    await scene.sends(copy)
    await scene.looks(NEXT_MORNING + timedelta(days=1))
    found = [f for f in await scene.queue() if str(f.day) == "2026-11-24"]
    assert next(reason["code"] for reason in found[0].reasons) == "replayed-track"


async def test_pings_that_change_the_visits_have_a_past_day_judged_again(scene: Scene) -> None:
    await scene.sends(honest_day(3))
    await scene.looks(NEXT_MORNING)
    async with scene.database.transaction(EVERYTHING) as session:
        waiting = await days_store.days_waiting(session, NEXT_MORNING, 9)
        assert waiting == []
        await rows(
            session,
            """
            INSERT INTO visit (id, first_id, branch_id, agent_id, day, fence_ids, case_ids,
                began_at, ended_at, is_closed, location, uncertainty_m, ping_count, posterior,
                verdict, reasons, decided_at, change)
            VALUES (:visit, :visit, :branch, :agent, '2026-11-23', '{}', '{}', :at, :at, true,
                'SRID=4326;POINT(0 0)', 1, 1, 1, 'probable', '[]', :decided, 'first seen')
            RETURNING 1
            """,
            visit=new_id(), branch=scene.branch_id, agent=scene.agent_id, at=MONDAY_NINE,
            decided=NEXT_MORNING + timedelta(hours=1),
        )  # fmt: skip
        waiting = await days_store.days_waiting(session, NEXT_MORNING + timedelta(hours=2), 9)
        assert [(day.agent_id, day.is_over) for day in waiting] == [(scene.agent_id, True)]


async def test_of_two_workers_one_looks(scene: Scene) -> None:
    await scene.sends(desk_day(1))
    async with (
        scene.database.transaction(EVERYTHING) as one,
        scene.database.transaction(EVERYTHING) as other,
    ):
        first = await judge_days(one, EVENING)
        assert first is not None
        assert first.days == 1
        assert await judge_days(other, EVENING) is None


async def test_check_ins_on_the_way_and_receipts_far_away_are_told(scene: Scene) -> None:
    t_s = MONDAY_NINE.timestamp() + np.arange(0, 3000, 10.0)
    rng = np.random.default_rng(1)
    x = np.cumsum(rng.uniform(40, 100, len(t_s)))
    lat, lon = PLANE.latlon(x, rng.normal(0, 5, len(t_s)))
    await scene.sends(phone_day(t_s, lat, lon, accuracy_m=rng.uniform(4, 9, len(t_s))))
    at_25 = MONDAY_NINE + timedelta(minutes=25)
    common = {"branch_id": scene.branch_id, "agent_id": scene.agent_id, "body_hash": b""}
    check_in, receipt = new_id(), new_id()
    async with scene.database.transaction(EVERYTHING) as session:
        case = await a_case(session, scene.branch_id, agent_id=scene.agent_id)
        await session.execute(
            insert(CheckIn).values(
                id=check_in, case_id=case.case_id, device_time=at_25, server_time=at_25,
                verdict="unverified", reasons=[], **common,
            )
        )  # fmt: skip
        series = await rows(session, "SELECT id FROM receipt_series WHERE agent_id = :a",
                            a=scene.agent_id)  # fmt: skip
        await session.execute(
            insert(Receipt).values(
                id=receipt, account_id=case.account_id, case_id=case.case_id,
                series_id=series[0].id, number=1, mode="cash", amount_minor=100, advance_minor=0,
                outstanding_minor=0, headroom_minor=0, currency="CLP", taken_at=at_25,
                received_at=at_25, fix={"lat": 0, "lon": 0, "accuracy_m": 9.0},
                distance_m=2100.0, **common,
            )
        )  # fmt: skip
    await scene.looks(EVENING)
    await scene.looks(NEXT_MORNING)
    found = {each.kind: each for each in await scene.queue()}
    assert len(await scene.queue()) == 2
    assert found["check_in_on_the_way"].subject_id == check_in
    assert found["receipt_away"].subject_ids == [receipt]
    assert found["receipt_away"].reasons[0]["figures"]["beyond_m"] == 2100 - 50 - 18
    assert "2.1 km" in found["receipt_away"].reasons[0]["text"]
    assert await scene.open_alerts() == []


async def test_locked_doors_are_told_once_a_week(scene: Scene) -> None:
    async with scene.database.transaction(EVERYTHING) as session:
        colleague = await an_agent(session, scene.branch_id, "Camila Díaz")
        case = await a_case(session, scene.branch_id)
        for agent, visits, locked in ((scene.agent_id, 40, 30), (colleague, 120, 24)):
            for n in range(visits):
                when = MONDAY_NINE - timedelta(hours=2 * n + 1)
                check_in, common = new_id(), {"branch_id": scene.branch_id, "agent_id": agent}
                await session.execute(
                    insert(CheckIn).values(
                        id=check_in, case_id=case.case_id, device_time=when, server_time=when,
                        verdict="probable", reasons=[], body_hash=b"", **common,
                    )
                )  # fmt: skip
                await session.execute(
                    insert(CheckOut).values(
                        id=new_id(), check_in_id=check_in, device_time=when, server_time=when,
                        outcome="door_locked" if n < locked else "paid", body_hash=b"", **common,
                    )
                )  # fmt: skip
        assert await judge_outcomes(session, MONDAY_NINE) == 1
        assert await judge_outcomes(session, MONDAY_NINE + timedelta(days=1)) == 0
    (found,) = await scene.queue()
    assert (found.kind, found.subject_id) == ("locked_doors", scene.agent_id)
    assert found.reasons[0]["figures"]["locked"] == 30
    assert len(found.subject_ids) == 30


async def test_a_photo_that_was_sent_in_before_is_told_once(scene: Scene) -> None:
    async with scene.database.transaction(EVERYTHING) as session:
        one, other = [await a_case(session, scene.branch_id) for _ in range(2)]
        ids = {name: new_id() for name in ("first", "again", "elsewhere", "signature", "later")}
        for name, case, content, minute, kind in (
            ("first", one, b"a", 0, "photo"),
            ("again", one, b"a", 5, "photo"),  # one visit
            ("elsewhere", other, b"a", 90, "photo"),
            ("signature", other, b"b", 90, "signature"),
            ("later", one, b"a", 24 * 60, "photo"),
        ):
            when = MONDAY_NINE + timedelta(minutes=minute)
            await session.execute(
                insert(Attachment).values(
                    id=ids[name], branch_id=scene.branch_id, agent_id=scene.agent_id,
                    case_id=case.case_id, kind=kind, media_type="image/jpeg", size_bytes=1,
                    original_sha256=content, stored_sha256=content, file_key=FileKey.new().text,
                    exif={}, device_time=when, server_time=when, body_hash=b"",
                )
            )  # fmt: skip
        now = MONDAY_NINE + timedelta(hours=25)
        assert await judge_photos(session, now) == 2
        assert await judge_photos(session, now) == 0
    found = {each.subject_id: each for each in await scene.queue()}
    assert set(found) == {ids["elsewhere"], ids["later"]}
    assert found[ids["elsewhere"]].subject_ids == [ids["elsewhere"], ids["first"]]
    assert "at another customer" in found[ids["elsewhere"]].reasons[0]["text"]
    assert "at the same customer" in found[ids["later"]].reasons[0]["text"]
