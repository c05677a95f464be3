"""Sealing: what stands in a chain, and what cannot be done to it."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database, DatabaseError, Scope, rows
from geofence.evidence import store
from geofence.evidence.chain import Head, origin
from geofence.evidence.record import Draft, Kind, sealed
from geofence.waiting.recompute import recompute_waiting
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA
from tests.geofence.evidence.scenes import PINGS, a_visit, arrive, chain, recompute
from tests.geofence.waiting.test_recompute import an_agent_with_a_case, report
from tracking.store import mark_dirty

pytestmark = pytest.mark.usefixtures("prepared")


async def test_every_version_and_every_fact_is_sealed_in_the_order_it_became_known(
    database: Database,
) -> None:
    visited = await a_visit(database)
    records = await chain(database, visited.agent_id)
    assert [r["kind"] for r in records] == ["check-in", "visit", "check-out", "visit"]
    assert [r["seq"] for r in records] == [1, 2, 3, 4]
    first, last = records[1], records[3]
    assert (first["visit"]["change"], first["visit"]["is_closed"]) == ("first seen", False)
    assert (last["visit"]["change"], last["visit"]["version"]) == ("ended", 2)
    assert (first["replaces"], last["replaces"]) == (None, first["visit"]["id"])
    assert [fact["seq"] for fact in first["facts"]] == [1]
    assert [fact["seq"] for fact in last["facts"]] == [1, 3]
    assert len(first["pings"]["sha256"]) == 60
    assert len(last["pings"]["sha256"]) > 90
    place = {"lat": LA_SERENA.lat, "lon": LA_SERENA.lon, "radius_m": 50, "planned": False}
    assert last["places"] == [{"fence_id": str(visited.case.fence_id), **place}]
    assert records[0]["check_in"]["reason"] == "dueño 家 🏠"


async def test_a_visit_that_is_none_any_more_is_sealed_as_withdrawn(database: Database) -> None:
    visited = await a_visit(database)
    async with database.transaction(EVERYTHING) as session:
        await session.execute(
            text("UPDATE fence SET center = 'SRID=4326;POINT(-70 -29)' WHERE id = :f"),
            {"f": visited.case.fence_id},
        )
        await mark_dirty(
            session, visited.who["branch_id"], visited.agent_id, MONDAY_NINE, MONDAY_NINE
        )
    await recompute(database, 60)
    last = (await chain(database, visited.agent_id))[-1]
    assert (last["kind"], last["visit"]["id"]) == ("withdrawn", str(visited.visit_id))
    assert "pings" not in last


async def test_a_fact_that_comes_late_is_sealed_though_the_visit_stays_as_it_is(
    database: Database,
) -> None:
    visited = await a_visit(database)
    async with database.transaction(EVERYTHING) as session:
        await arrive(session, visited.who, visited.case, 300)
    await recompute(database, 120)
    records = await chain(database, visited.agent_id)
    assert [r["kind"] for r in records[4:]] == ["check-in"]
    await recompute_again(database, visited.who)
    assert len(await chain(database, visited.agent_id)) == 5


async def recompute_again(database: Database, who: dict[str, UUID]) -> None:
    async with database.transaction(EVERYTHING) as session:
        await mark_dirty(session, who["branch_id"], who["agent_id"], MONDAY_NINE, MONDAY_NINE)
    await recompute(database, 130)


async def test_a_fact_of_an_agent_without_any_ping_is_sealed(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, case = await an_agent_with_a_case(session)
        await arrive(session, who, case)
    await recompute(database)
    assert [r["kind"] for r in await chain(database, who["agent_id"])] == ["check-in"]


async def test_agents_of_one_pass_have_chains_of_their_own(database: Database) -> None:
    agents = []
    async with database.transaction(EVERYTHING) as session:
        for _ in range(3):
            who, case = await an_agent_with_a_case(session)
            await report(session, who, PINGS)
            await arrive(session, who, case)
            agents.append(who["agent_id"])
    await recompute(database, 21)
    for agent in agents:
        records = await chain(database, agent)
        assert [(r["seq"], r["kind"]) for r in records] == [(1, "check-in"), (2, "visit")]
        assert {r["agent_id"] for r in records} == {str(agent)}


async def test_two_workers_at_once_make_chains_without_gaps_or_forks(database: Database) -> None:
    agents = []
    async with database.transaction(EVERYTHING) as session:
        for _ in range(4):
            who, case = await an_agent_with_a_case(session)
            agents.append((who, case))

    async def worker() -> None:
        for _ in range(12):
            async with database.transaction(EVERYTHING) as session:
                await recompute_waiting(session, MONDAY_NINE + timedelta(minutes=21), most=2)
            await asyncio.sleep(0)

    async def phone(who: dict[str, UUID], case: object) -> None:
        for part in range(0, len(PINGS), 30):
            async with database.transaction(EVERYTHING) as session:
                await report(session, who, PINGS[part : part + 30])
                await arrive(session, who, case, 130 + part)  # type: ignore[arg-type]

    await asyncio.gather(worker(), worker(), *(phone(who, case) for who, case in agents))
    while True:
        async with database.transaction(EVERYTHING) as session:
            if not await recompute_waiting(session, MONDAY_NINE + timedelta(hours=1)):
                break
    for who, _ in agents:
        records = await chain(database, who["agent_id"])
        assert [r["seq"] for r in records] == list(range(1, len(records) + 1))
        assert sum(r["kind"] == "check-in" for r in records) == 4
        async with database.transaction(EVERYTHING) as session:
            unsealed = await rows(
                session,
                "SELECT v.id FROM visit v WHERE agent_id = :a"
                " AND NOT EXISTS (SELECT FROM evidence e WHERE e.visit_id = v.id)",
                a=who["agent_id"],
            )
        assert unsealed == []


def a_draft(who: dict[str, UUID]) -> Draft:
    return Draft(
        who["agent_id"], who["branch_id"], Kind.CHECK_IN, MONDAY_NINE, {}, fact_id=new_id()
    )  # fmt: skip


async def add(database: Database, draft: Draft, head: Head) -> Head:
    record = sealed(draft, head, MONDAY_NINE)
    async with database.transaction(EVERYTHING) as session:
        await store.add(session, [record])
    return record.head


async def test_the_database_refuses_forks_gaps_and_false_beginnings(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, _ = await an_agent_with_a_case(session)
    none = Head(0, origin(who["agent_id"]), None)
    one = await add(database, a_draft(who), none)
    two = await add(database, a_draft(who), one)
    for head in (
        one,  # a fork
        Head(3, two.hash, None),  # a gap
        Head(2, b"\0" * 32, None),  # it follows nothing
        Head(0, b"\0" * 32, None),  # another beginning
        Head(1, two.hash, None),  # a record moved
    ):
        with pytest.raises(DatabaseError, match="evidence"):
            await add(database, a_draft(who), head)
    await add(database, a_draft(who), two)


@pytest.mark.parametrize(
    "change",
    ["content = 'x'", "content = 'x', content_hash = sha256('x')", "hash = sha256('x')"],
)
async def test_the_database_itself_recomputes_the_hashes(database: Database, change: str) -> None:
    async with database.transaction(EVERYTHING) as session:
        who, _ = await an_agent_with_a_case(session)
    record = sealed(a_draft(who), Head(0, origin(who["agent_id"]), None), MONDAY_NINE)
    await add(database, record.draft, Head(0, record.previous, None))
    statement = f"UPDATE evidence SET {change} WHERE agent_id = '{who['agent_id']}'"  # noqa: S608
    with pytest.raises(DatabaseError, match="ck_evidence"):
        await as_owner(database, statement)


async def as_owner(database: Database, statement: str) -> None:
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("BEGIN; SET LOCAL ROLE NONE")
        await connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["UPDATE evidence SET kind = kind", "DELETE FROM evidence", "TRUNCATE evidence"]
)
async def test_the_product_may_change_no_record(database: Database, statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        async with database.transaction(EVERYTHING) as session:
            await session.execute(text(statement))


async def test_other_branches_see_nothing_of_a_chain(database: Database) -> None:
    visited = await a_visit(database)
    for branch, seen in ((visited.who["branch_id"], 4), (new_id(), 0)):
        async with database.transaction(Scope((branch,))) as session:
            found = await rows(
                session,
                "SELECT count(*) AS n FROM evidence WHERE agent_id = :a",
                a=visited.agent_id,
            )
        assert found[0].n == seen
