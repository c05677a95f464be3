"""Sweeps: what visits propose, on a real database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.geometry import LatLon, distance_m
from data.session import EVERYTHING, Database
from geofence.address_points.proposals.propose import LOOK_BACK, Proposed
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
    return await a_town(database)


async def proposals(database: Database, town: Town) -> list[Any]:
    async with database.transaction(EVERYTHING) as session:
        found = await session.execute(
            text(
                "SELECT *, ST_Y(location::geometry) AS lat, ST_X(location::geometry) AS lon"
                " FROM address_point_proposal WHERE branch_id = :b ORDER BY proposed_at, id"
            ),
            {"b": town.branch},
        )
        return list(found.all())


async def test_visits_of_two_agents_propose_a_point_with_its_witnesses(
    database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ana, 40)
        await several(session, town, town.ben, 42)
        await a_confirmed_visit(session, town, town.ben, at(-300, 0), days_ago=5)
    await sweep(database)
    (proposal,) = await proposals(database, town)
    assert distance_m(LatLon(proposal.lat, proposal.lon), at(41, 0)) < 3
    assert proposal.distance_m == pytest.approx(41, abs=3)
    assert proposal.agents == sorted([town.ana, town.ben])
    assert (proposal.visits, proposal.base_version) == (4, 0)
    assert proposal.sigma_m < 7
    witnesses = await one(
        database,
        "SELECT count(*) AS n, count(*) FILTER (WHERE agrees) AS agree FROM address_point_witness"
        " WHERE proposal_id = :p",
        p=proposal.id,
    )
    assert (witnesses.n, witnesses.agree) == (5, 4)
    # Nothing has moved: a supervisor has not been asked yet.
    assert (await fence_of(database, town.case.address_id)).point_version == 0


@pytest.mark.parametrize("by", ["receipt", "promise", "check-in"])
async def test_each_kind_of_fact_confirms(database: Database, town: Town, by: str) -> None:
    async with database.transaction(EVERYTHING) as session:
        for n in (1, 2):
            await a_confirmed_visit(session, town, town.ana, at(40, n), by=by, days_ago=n)
    await sweep(database)
    (proposal,) = await proposals(database, town)
    kind = await one(
        database,
        "SELECT DISTINCT confirmed_by FROM address_point_witness WHERE proposal_id = :p",
        p=proposal.id,
    )
    assert kind.confirmed_by == by


@pytest.mark.parametrize(
    "changed",
    [
        {"by": None},
        {"by": "check-in outside"},
        {"by": "receipt", "fix": at(200, 0)},
        {"verdict": "unverified"},
        {"is_closed": False},
        {"replaced_at": NOW},
        {"case_ids": []},
        {"fact_after": timedelta(minutes=13)},
        {"fact_after": timedelta(minutes=-3)},
    ],
)
async def test_a_visit_that_nothing_confirms_says_nothing(
    database: Database, town: Town, changed: dict[str, Any]
) -> None:
    async with database.transaction(EVERYTHING) as session:
        for agent in (town.ana, town.ben):
            for n in (1, 2):
                await a_confirmed_visit(session, town, agent, at(40, n), days_ago=n, **changed)
    await sweep(database)
    assert await proposals(database, town) == []


async def test_another_agents_fact_confirms_nothing(database: Database, town: Town) -> None:
    async with database.transaction(EVERYTHING) as session:
        for n in (1, 2):
            await a_confirmed_visit(session, town, town.ana, at(40, n), by=None, days_ago=n)
            # Ben's visits are elsewhere at the time, his check-ins are here.
            await a_confirmed_visit(
                session, town, town.ben, at(40, n), days_ago=n, verdict="unverified"
            )
    await sweep(database)
    assert await proposals(database, town) == []


async def test_asking_again_adds_nothing_and_a_new_witness_does(
    database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ana, 40)
    await sweep(database)
    assert (await sweep(database)).proposals == 0
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ben, 42)
    assert (await sweep(database, NOW + timedelta(hours=1))).proposals == 1
    first, second = await proposals(database, town)
    assert first.agents == [town.ana]
    assert second.agents == sorted([town.ana, town.ben])


async def test_addresses_where_nothing_was_reported_lately_are_not_looked_at(
    database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ana, 40, days=(10, 11))
    assert (await sweep(database)) == Proposed(0, 0)
    assert (await sweep(database, NOW - LOOK_BACK)).proposals == 1


async def test_visits_near_the_believed_point_propose_nothing(
    database: Database, town: Town
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await several(session, town, town.ana, 8)
        await several(session, town, town.ben, 9)
    await sweep(database)
    assert await proposals(database, town) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE address_point_proposal SET sigma_m = 1",
        "DELETE FROM address_point_review",
        "UPDATE address_point SET note = 'x'",
        "DELETE FROM address_point_witness",
        "UPDATE fence_shape SET origin = 'drawn'",
        "UPDATE address_pin SET is_placed = true",
    ],
)
async def test_what_was_proposed_and_decided_is_never_edited(
    database: Database, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction(EVERYTHING) as session:
            await session.execute(text(statement))


async def test_a_polygon_needs_no_better_point(database: Database, town: Town) -> None:
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text(
                "UPDATE fence SET polygon = ST_Buffer(center, 60)::geometry WHERE address_id = :a"
            ),
            {"a": town.case.address_id},
        )
        await several(session, town, town.ana, 40)
    await sweep(database)
    assert await proposals(database, town) == []
    assert LatLon(*(await fence_of(database, town.case.address_id))[:2]) == pytest.approx(HERE)
