"""Where agents could have been: polygons, and points that rest on their own word.

All of it happens at one place, so each test takes back what it stored.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.geometry import LatLon
from data.session import EVERYTHING, Database, Session, rows
from geofence.polygon import Polygon
from geofence.shapes.draw_shape import draw_shape, remove_shape
from geofence.waiting.recompute import recompute_waiting
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, a_case, a_device, a_person, an_agent
from tests.geofence.shapes.outlines import at, box, drawn
from tests.geofence.waiting.test_recompute import (
    a_visit_of_ten_minutes,
    an_agent_with_a_case,
    report,
)
from tracking.store import mark_dirty

NOON = MONDAY_NINE + timedelta(hours=3)


@pytest.fixture(autouse=True)
async def nobody_waits(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(text("DELETE FROM agent_dirty"))
        await session.execute(text("SELECT ensure_ping_partition('2026-11-23')"))


async def visits(session: Session, agent: UUID) -> list[Any]:
    return list(
        await rows(
            session,
            "SELECT verdict, fence_ids, change, version, reasons FROM visit WHERE agent_id = :a"
            " AND replaced_at IS NULL ORDER BY began_at",
            a=agent,
        )
    )


def pings_at(x: float, y: float) -> list[tuple[int, LatLon]]:
    """Ten minutes so many metres east and north of `LA_SERENA`, with the way there."""
    return [
        (s, LatLon(p.lat + at(x, y).lat - LA_SERENA.lat, p.lon + at(x, y).lon - LA_SERENA.lon))
        for s, p in a_visit_of_ten_minutes()
    ]


async def shape(
    session: Session, branch: UUID, address: UUID, polygon: Polygon, at_: Any = MONDAY_NINE
) -> UUID:
    supervisor = await a_person(session, branch)
    await draw_shape(session, supervisor, address, polygon, at_)
    return supervisor


async def test_a_stay_at_the_far_end_of_a_market_is_a_visit(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, case = await an_agent_with_a_case(session)
        await report(session, who, pings_at(250, 0))
        await recompute_waiting(session, NOON)
        assert await visits(session, who["agent_id"]) == []
        await shape(session, who["branch_id"], case.address_id, drawn(box(600, 100)), NOON)
        assert await recompute_waiting(session, NOON)
        (visit,) = await visits(session, who["agent_id"])
        assert (visit.verdict, visit.fence_ids) == ("verified", [case.fence_id])
        # The reader is told by which fence it was decided.
        assert visit.change == "first seen; by the fence as of 2026-11-23 12:00"
        assert "0 m from the address" in visit.reasons[0]["text"]
        await session.rollback()


async def test_back_to_the_circle_the_far_end_is_nowhere(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, case = await an_agent_with_a_case(session)
        await report(session, who, pings_at(250, 0))
        supervisor = await shape(
            session, who["branch_id"], case.address_id, drawn(box(600, 100)), NOON
        )
        await recompute_waiting(session, NOON)
        await remove_shape(session, supervisor, case.address_id, NOON)
        await recompute_waiting(session, NOON)
        assert await visits(session, who["agent_id"]) == []
        kept = await rows(
            session, "SELECT origin FROM fence_shape WHERE fence_id = :f ORDER BY origin",
            f=case.fence_id,
        )  # fmt: skip
        assert [r.origin for r in kept] == ["drawn", "removed"]
        await session.rollback()


@pytest.mark.parametrize(("north_m", "found"), [(140, True), (330, False)])
async def test_a_neighbors_premises_compete_by_their_box_however_far_their_middle(
    database: Database, north_m: float, found: bool
) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, _ = await an_agent_with_a_case(session)
        neighbor = await a_case(session, who["branch_id"], at=at(2_000, north_m))
        await shape(
            session, who["branch_id"], neighbor.address_id,
            drawn(box(4_400, 100, 2_150, north_m)),
        )  # fmt: skip
        await report(session, who, pings_at(20, north_m))
        await recompute_waiting(session, NOON)
        seen = await visits(session, who["agent_id"])
        assert ([v.fence_ids for v in seen] == [[neighbor.fence_id]]) == found
        await session.rollback()


async def set_witness(session: Session, fence: UUID | None, agent: UUID | None) -> None:
    await session.execute(
        text("UPDATE fence SET sole_witness = :agent WHERE id = :fence"),
        {"agent": agent, "fence": fence},
    )


async def test_a_point_that_one_agent_vouches_for_does_not_verify_that_agent(
    database: Database,
) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, case = await an_agent_with_a_case(session)
        await set_witness(session, case.fence_id, who["agent_id"])
        await report(session, who, a_visit_of_ten_minutes())
        await recompute_waiting(session, NOON)
        (visit,) = await visits(session, who["agent_id"])
        assert visit.verdict == "probable"
        assert "own-point" in [reason["code"] for reason in visit.reasons]
        await set_witness(session, case.fence_id, None)
        await mark_dirty(session, who["branch_id"], who["agent_id"], MONDAY_NINE, NOON)
        await recompute_waiting(session, NOON)
        (visit,) = await visits(session, who["agent_id"])
        assert (visit.verdict, visit.version) == ("verified", 2)
        await session.rollback()


async def test_it_does_verify_another_agent(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, case = await an_agent_with_a_case(session)
        other = await an_agent(session, who["branch_id"])
        device, _ = await a_device(session, who["branch_id"], carried_by=other)
        await set_witness(session, case.fence_id, who["agent_id"])
        await a_case(session, who["branch_id"], at=at(0, 400), agent_id=other)
        await session.execute(
            text("UPDATE assignment SET agent_id = :a WHERE case_id = :c"),
            {"a": other, "c": case.case_id},
        )
        them = {**who, "agent_id": other, "device_id": device}
        await report(session, them, a_visit_of_ten_minutes())
        await recompute_waiting(session, NOON)
        (visit,) = await visits(session, other)
        assert visit.verdict == "verified"
        await session.rollback()
