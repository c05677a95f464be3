"""Visits kept up to date: whatever the order in which pings come in."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import insert, text

from core.geometry import LatLon, LocalPlane
from data.columns import ewkt_point
from data.session import EVERYTHING, Database, Session, rows
from data.tables.tracking import AgentPosition, Ping
from geofence.waiting import store as waiting
from geofence.waiting.recompute import recompute_waiting
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, ACase, a_branch, a_case, a_device, an_agent
from tracking.store import mark_dirty

DAY = date(2026, 11, 23)
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("nobody_waits")


@pytest.fixture
async def nobody_waits(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(text("DELETE FROM agent_dirty"))
        await session.execute(text("SELECT ensure_ping_partition('2026-11-23')"))


async def an_agent_with_a_case(session: Session) -> tuple[dict[str, UUID], ACase]:
    branch = await a_branch(session)
    agent = await an_agent(session, branch)
    device, _ = await a_device(session, branch, carried_by=agent)
    who = {"agent_id": agent, "branch_id": branch, "device_id": device}
    return who, await a_case(session, branch, agent_id=agent)


def a_visit_of_ten_minutes(seed: int = 1) -> list[tuple[int, LatLon]]:
    """(second after nine, position): arrives from 600 m away, stands 10 minutes, leaves again."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(0, 1200, 10)
    away_m = np.interp(seconds, [0, 120, 720, 840, 1200], [600, 0, 0, 600, 2400])
    lat, lon = LocalPlane(LA_SERENA).latlon(
        rng.normal(0, 4, len(seconds)), away_m + rng.normal(0, 4, len(seconds))
    )
    return [(int(s), LatLon(float(a), float(b))) for s, a, b in zip(seconds, lat, lon, strict=True)]


async def report(
    session: Session,
    who: dict[str, UUID],
    pings: list[tuple[int, LatLon]],
    attributes: dict[str, Any] | None = None,
) -> None:
    """Store pings as the ingest does, and mark the agent."""
    for second, at in pings:
        captured_at = MONDAY_NINE + timedelta(seconds=second)
        await session.execute(
            insert(Ping).values(
                **who, captured_at=captured_at, lat=at.lat, lon=at.lon,
                received_at=captured_at, accuracy_m=8.0, is_mock=False, speed_mps=0.1,
                attributes=attributes,
            )
        )  # fmt: skip
    last = MONDAY_NINE + timedelta(seconds=max(second for second, _ in pings))
    await session.execute(text("DELETE FROM agent_position WHERE agent_id = :a"),
                          {"a": who["agent_id"]})  # fmt: skip
    await session.execute(
        insert(AgentPosition).values(
            **who, captured_at=last, received_at=last, location=ewkt_point(LA_SERENA),
            is_mock=False,
        )
    )  # fmt: skip
    since = MONDAY_NINE + timedelta(seconds=min(second for second, _ in pings))
    await mark_dirty(session, who["branch_id"], who["agent_id"], since, last)


async def visits(session: Session, agent_id: object) -> list[tuple[str, bool, int, str]]:
    found = await rows(
        session,
        "SELECT verdict, is_closed, version, change FROM visit WHERE agent_id = :agent"
        " AND replaced_at IS NULL ORDER BY began_at",
        agent=agent_id,
    )
    return [tuple(r) for r in found]


async def test_a_stay_at_the_door_becomes_a_verified_visit_of_its_case(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, case = await an_agent_with_a_case(session)
        await report(session, who, a_visit_of_ten_minutes())
    async with database.transaction(EVERYTHING) as session:
        assert await recompute_waiting(session, MONDAY_NINE)
        assert not await recompute_waiting(session, MONDAY_NINE)
        assert await visits(session, who["agent_id"]) == [("verified", True, 1, "first seen")]
        found = await rows(session, "SELECT case_ids, fence_ids FROM visit WHERE agent_id = :a",
                           a=who["agent_id"])  # fmt: skip
        assert found[0].case_ids == [case.case_id]
        assert found[0].fence_ids == [case.fence_id]


async def test_pings_that_come_late_make_a_new_version_and_keep_the_old(
    database: Database,
) -> None:
    pings = a_visit_of_ten_minutes()
    async with database.transaction(EVERYTHING) as session:
        who, _ = await an_agent_with_a_case(session)
        await report(session, who, pings[:60])
        assert await recompute_waiting(session, MONDAY_NINE)
        assert await visits(session, who["agent_id"]) == [("verified", False, 1, "first seen")]
        await report(session, who, pings[60:])
        assert await recompute_waiting(session, MONDAY_NINE + timedelta(hours=1))
        assert await visits(session, who["agent_id"]) == [("verified", True, 2, "ended")]
        kept = await rows(session, "SELECT count(*) AS n FROM visit WHERE agent_id = :a",
                          a=who["agent_id"])  # fmt: skip
        assert kept[0].n == 2


async def test_recomputing_with_nothing_new_writes_nothing(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, _ = await an_agent_with_a_case(session)
        await report(session, who, a_visit_of_ten_minutes())
        await recompute_waiting(session, MONDAY_NINE)
        await mark_dirty(session, who["branch_id"], who["agent_id"],
                                  MONDAY_NINE, MONDAY_NINE)  # fmt: skip
        await recompute_waiting(session, MONDAY_NINE + timedelta(hours=1))
        assert await visits(session, who["agent_id"]) == [("verified", True, 1, "first seen")]


async def test_two_workers_take_two_agents_and_never_the_same(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        for _ in range(2):
            who, _ = await an_agent_with_a_case(session)
            await report(session, who, a_visit_of_ten_minutes())
    async with (
        database.transaction(EVERYTHING) as one,
        database.transaction(EVERYTHING) as two,
        database.transaction(EVERYTHING) as three,
    ):
        (first,), (second,) = await waiting.lock_waiting(one, 1), await waiting.lock_waiting(two, 9)
        assert first.agent_id != second.agent_id
        assert await waiting.lock_waiting(three, 9) == []


async def test_pings_that_arrive_while_a_worker_computes_are_not_forgotten(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, _ = await an_agent_with_a_case(session)
        await report(session, who, a_visit_of_ten_minutes()[:60])
    async with database.transaction(EVERYTHING) as worker:
        taken = await waiting.lock_waiting(worker, 9)
        assert len(taken) == 1
        # The ingest is not held up by the worker's lock …
        async with database.transaction(EVERYTHING) as ingest:
            await report(ingest, who, a_visit_of_ten_minutes()[60:])
        # … and its mark survives the worker's.
        assert await waiting.settle(worker, taken) == 0
    async with database.transaction(EVERYTHING) as session:
        assert await recompute_waiting(session, MONDAY_NINE)
        assert await visits(session, who["agent_id"]) == [("verified", True, 1, "first seen")]


async def final_visits(session: Session, agent_id: UUID) -> list[dict[str, Any]]:
    found = await rows(
        session,
        "SELECT fence_ids, case_ids, began_at, ended_at, is_closed, location::text, uncertainty_m,"
        " ping_count, posterior, verdict, reasons FROM visit WHERE agent_id = :agent"
        " AND replaced_at IS NULL ORDER BY began_at",
        agent=agent_id,
    )
    return [r._asdict() for r in found]


def three_visits(seed: int) -> list[tuple[int, LatLon]]:
    """Three times ten minutes at the door and twenty elsewhere, a ping every 15 s."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(0, 6_000, 15)
    on_the_way = [600, 0, 0, 600, 600, 0, 0, 800, 800, 0, 0, 900]
    times = [0, 120, 720, 840, 1900, 2020, 2600, 2760, 3900, 4060, 4700, 4900]
    away_m = np.interp(seconds, times, on_the_way)
    lat, lon = LocalPlane(LA_SERENA).latlon(
        rng.normal(0, 8, len(seconds)), away_m + rng.normal(0, 8, len(seconds))
    )
    return [(int(s), LatLon(float(a), float(b))) for s, a, b in zip(seconds, lat, lon, strict=True)]


async def hand_over(session: Session, case_id: UUID, agent_id: UUID, at: datetime) -> None:
    """Give a case to another agent."""
    await rows(
        session,
        "UPDATE assignment SET during = tstzrange(lower(during), :at) WHERE case_id = :case"
        " AND upper_inf(during) RETURNING 1",
        case=case_id, at=at,
    )  # fmt: skip
    await rows(
        session,
        "INSERT INTO assignment (id, branch_id, case_id, agent_id, during, reason, decided_at)"
        " SELECT gen_random_uuid(), branch_id, :case, :agent, tstzrange(:at, NULL), 'test', :at"
        " FROM staff WHERE id = :agent RETURNING 1",
        case=case_id, agent=agent_id, at=at,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
async def test_in_whatever_parts_and_order_pings_arrive_the_same_visits_stand_in_the_end(
    database: Database, seed: int
) -> None:
    rng, pings = np.random.default_rng(seed), three_visits(seed)
    whole = {"parts": 1, "in_order": True}
    deliveries = [whole, {"parts": 40, "in_order": True}, {"parts": 7, "in_order": False}]
    finals = []
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        place = await a_case(session, branch)
    for number, delivery in enumerate(deliveries):
        async with database.transaction(EVERYTHING) as session:
            agent = await an_agent(session, branch)
            device, _ = await a_device(session, branch, carried_by=agent)
            await hand_over(session, place.case_id, agent, MONDAY_NINE + number * MINUTE)
        who = {"agent_id": agent, "branch_id": branch, "device_id": device}
        order = np.arange(len(pings))
        parts = np.array_split(order if delivery["in_order"] else rng.permutation(order),
                               delivery["parts"])  # fmt: skip
        for part in parts:
            async with database.transaction(EVERYTHING) as session:
                await report(session, who, [pings[row] for row in part])
                await recompute_waiting(session, MONDAY_NINE + timedelta(hours=5))
        async with database.transaction(EVERYTHING) as session:
            finals.append(await final_visits(session, agent))
    assert len(finals[0]) == 3
    assert finals[1] == finals[0]
    assert finals[2] == finals[0]
