"""Second witnesses, and what becomes of learned points when the source changes its mind."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from core.geometry import LatLon
from data.columns import ewkt_point
from data.session import EVERYTHING, Database, rows
from geofence.address_points.proposals.review import accept
from geofence.draw_fences import draw_fences
from tests.geofence.address_points.scenes import (
    NOW,
    Town,
    a_confirmed_visit,
    a_town,
    fence_of,
    one,
    several,
    sweep,
)
from tests.geofence.shapes.outlines import HERE, at


@pytest.fixture
async def town(database: Database) -> Town:
    """A town where a point that Ana alone proposed has been accepted."""
    town = await a_town(database)
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ana, 40)
    await sweep(database)
    async with database.transaction(EVERYTHING) as session:
        (proposal,) = await rows(
            session, "SELECT id FROM address_point_proposal WHERE branch_id = :b", b=town.branch
        )
        await accept(session, town.supervisor, proposal.id, None, NOW)
        await session.execute(text("DELETE FROM agent_dirty"))
    return town


async def test_a_point_of_one_agent_names_its_sole_witness(database: Database, town: Town) -> None:
    fence = await fence_of(database, town.case.address_id)
    assert (fence.point_origin, fence.sole_witness) == ("accepted", town.ana)


async def test_more_visits_of_the_same_agent_confirm_nothing(
    database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ana, 41, days=(3, 4, 5))
    assert (await sweep(database)).confirmed == 0
    assert (await fence_of(database, town.case.address_id)).sole_witness == town.ana


async def test_a_second_agent_who_agrees_ends_the_restriction_from_today_on(
    database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await a_confirmed_visit(session, town, town.ben, at(46, 2))
    assert (await sweep(database)).confirmed == 1
    fence = await fence_of(database, town.case.address_id)
    assert (fence.point_origin, fence.point_version) == ("confirmed", 2)
    assert fence.sole_witness is None
    assert LatLon(fence.lat, fence.lon) == pytest.approx(at(40.5, 1), abs=1e-4)
    point = await one(
        database, "SELECT agents FROM address_point WHERE address_id = :a AND version = 2",
        a=town.case.address_id,
    )  # fmt: skip
    assert point.agents == sorted([town.ana, town.ben])
    async with database.transaction(EVERYTHING) as session:
        dirty = await rows(session, "SELECT agent_id, dirty_from FROM agent_dirty")
    assert town.ana in {r.agent_id for r in dirty}
    assert {r.dirty_from.isoformat() for r in dirty} == {"2026-11-23T03:00:00+00:00"}
    assert (await sweep(database, NOW + timedelta(hours=1))).confirmed == 0


async def test_a_second_agent_elsewhere_confirms_nothing(database: Database, town: Town) -> None:
    async with database.transaction(EVERYTHING) as session:
        await a_confirmed_visit(session, town, town.ben, at(-40, 0))
    assert (await sweep(database)).confirmed == 0
    assert (await fence_of(database, town.case.address_id)).sole_witness == town.ana


async def source_says(database: Database, address: UUID, position: LatLon) -> None:
    """The source places an address, as a demand file does, and fences are drawn after it."""
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text(
                "UPDATE address SET location = CAST(:at AS geography), geocode_quality = 'rooftop'"
                " WHERE id = :a"
            ),
            {"at": ewkt_point(position), "a": address},
        )
        await draw_fences(session, NOW + timedelta(days=1))


async def test_an_accepted_point_stays_when_the_source_moves_its_own(
    database: Database, town: Town
) -> None:
    before = await fence_of(database, town.case.address_id)
    await source_says(database, town.case.address_id, at(-200, 0))
    assert await fence_of(database, town.case.address_id) == before


async def test_a_point_back_at_the_source_follows_it(database: Database) -> None:
    town = await a_town(database)
    await source_says(database, town.case.address_id, at(-200, 0))
    fence = await fence_of(database, town.case.address_id)
    assert LatLon(fence.lat, fence.lon) == pytest.approx(at(-200, 0))
    assert fence.changed_at == NOW + timedelta(days=1)


@pytest.fixture
async def pinned(database: Database) -> Town:
    """A town where Ana has pinned an address that was on no map."""
    town = await a_town(database)
    async with database.transaction(EVERYTHING) as session:
        parameters: dict[str, Any] = {"a": town.case.address_id, "ana": town.ana}
        for statement in (
            "UPDATE address SET location = NULL, geocode_quality = NULL WHERE id = :a",
            "INSERT INTO address_point (id, branch_id, address_id, version, location, sigma_m,"
            " origin, agents, made_at) SELECT gen_random_uuid(), branch_id, :a, 1, center, 9,"
            " 'pinned', ARRAY[CAST(:ana AS uuid)], CAST('2026-11-20' AS timestamptz) FROM fence"
            " WHERE address_id = :a",
            "UPDATE fence SET point_version = 1, point_origin = 'pinned', sole_witness = :ana"
            " WHERE address_id = :a",
        ):
            await session.execute(
                text(statement), {k: v for k, v in parameters.items() if f":{k}" in statement}
            )
    return town


async def test_a_pin_of_one_agent_gives_way_when_the_source_places_the_address(
    database: Database, pinned: Town
) -> None:
    await source_says(database, pinned.case.address_id, at(30, 0))
    fence = await fence_of(database, pinned.case.address_id)
    assert LatLon(fence.lat, fence.lon) == pytest.approx(at(30, 0))
    assert (fence.point_version, fence.point_origin, fence.sole_witness) == (2, "source", None)
    assert fence.radius_m == 50
    again = await one(
        database, "SELECT origin, agents, note FROM address_point WHERE address_id = :a"
        " AND version = 2", a=pinned.case.address_id,
    )  # fmt: skip
    assert (again.origin, again.agents) == ("source", [])
    assert "source" in again.note


async def test_a_pin_that_a_second_agent_confirmed_stays(database: Database, pinned: Town) -> None:
    async with database.transaction(EVERYTHING) as session:
        await a_confirmed_visit(session, pinned, pinned.ben, at(3, 2))
    assert (await sweep(database)).confirmed == 1
    await source_says(database, pinned.case.address_id, at(30, 0))
    fence = await fence_of(database, pinned.case.address_id)
    assert LatLon(fence.lat, fence.lon) == pytest.approx(HERE)
    assert fence.point_origin == "confirmed"
