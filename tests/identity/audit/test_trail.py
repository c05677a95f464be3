"""The audit trail in the database: appended to, sealed, never changed; hashes agree with SQL's."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.ids import new_id
from data.session import EVERYTHING, Database, Scope, rows
from identity.audit import store
from identity.audit.event import event_hash, plain_text
from identity.audit.export import csv_line, json_line
from identity.audit.seal import seal
from identity.audit.store import Wanted
from identity.audit.writer import AuditWriter
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, an_agent
from tests.identity.audit.trails import a_sealed_trail, an_event, verified


async def test_hashes_made_here_are_those_that_the_database_makes(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        said = ['quote " and \\ and /', "línea ñ 漢字 🧾", "<&'>\x7f", None]
        events = [
            an_event(branch, reason=reason, zz="1", a="Ñ", bbb='"', ñ="x", id=str(new_id()))
            for reason in said
        ]
        await store.add(session, events)
        found = await rows(
            session,
            "SELECT id, audit_event_hash(e) AS hash FROM audit_event e WHERE branch_id = :branch",
            branch=branch,
        )
    assert {r.id: bytes(r.hash) for r in found} == {e.id: event_hash(e) for e in events}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "UPDATE audit_seal SET events = 1",
        "DELETE FROM audit_seal",
        "UPDATE audit_event SET seal_no = seal_no",
    ],
)
async def test_neither_the_product_nor_the_owner_changes_it(
    database: Database, statement: str
) -> None:
    async with database.transaction(EVERYTHING) as session:
        await a_sealed_trail(session, seals=1, events=1)
    for role in ("roundsman_app", "NONE"):
        async with database.transaction(EVERYTHING) as session:
            await session.execute(text(f"SET LOCAL ROLE {role}"))
            savepoint = await session.begin_nested()
            with pytest.raises(DBAPIError, match=r"permission denied|never changed"):
                await session.execute(text(statement))
            await savepoint.rollback()


async def test_branches_have_chains_of_their_own_and_two_sealers_do_not_meet(
    own_database: Database,
) -> None:
    async with own_database.transaction(EVERYTHING) as session:
        north, south = await a_branch(session), await a_branch(session)
        await store.add(session, [an_event(b) for b in (north, south, north)])
    async with (
        own_database.transaction(EVERYTHING) as one,
        own_database.transaction(EVERYTHING) as two,
    ):
        assert await seal(one, MONDAY_NINE) == 3
        assert await seal(two, MONDAY_NINE) == 0
    async with own_database.transaction(EVERYTHING) as session:
        assert (await verified(session, north)).events == 2
        assert (await verified(session, south)).events == 1


async def test_a_branch_reads_its_own_trail_and_an_agent_none(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        mine, written = await a_sealed_trail(session, seals=1)
        await a_sealed_trail(session, seals=1)
        agent = await an_agent(session, mine)
    async with database.transaction(Scope((mine,))) as session:
        seen = await store.listed(session, Wanted(), after=None, limit=50)
        assert [line.event.id for line in seen] == [e.id for e in reversed(written)]
    async with database.transaction(Scope((mine,), agent)) as session:
        assert await store.listed(session, Wanted(), after=None, limit=50) == []


async def test_events_of_many_requests_are_written_together(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
    writer = AuditWriter(database)
    events = [an_event(branch) for _ in range(100)]
    await asyncio.gather(*(writer.write(e) for e in events))
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT count(*) AS n, count(DISTINCT xmin::text) AS transactions FROM audit_event"
            " WHERE branch_id = :branch",
            branch=branch,
        )
    assert found[0].n == 100
    assert found[0].transactions <= 3


async def test_events_are_found_by_who_what_and_when(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch, written = await a_sealed_trail(session, seals=1)
    wanted = written[2]
    for asked in (
        Wanted(actor_id=wanted.actor_id),
        Wanted(subject=wanted.subjects["visit_id"], since=MONDAY_NINE),
    ):
        async with database.transaction(Scope((branch,))) as session:
            (line,) = await store.listed(session, asked, after=None, limit=50)
        assert line.event == wanted
    async with database.transaction(Scope((branch,))) as session:
        late = Wanted(since=MONDAY_NINE + timedelta(hours=1))
        assert await store.listed(session, late, after=None, limit=50) == []


def test_no_cell_of_an_export_is_a_formula() -> None:
    event = an_event(new_id(), reason="=HYPERLINK(1)")
    line = store.AuditLine(event, "HEAD", "-1+1", 1)
    assert ",'=HYPERLINK(1)," in csv_line(line)
    assert ",'-1+1," in csv_line(line)
    assert '"=HYPERLINK(1)"' in json_line(line)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("a\nb\0c", "abc"), (" ", None), ("", None), (None, None), ("x" * 300, "x" * 200)],
)
def test_what_a_stranger_writes_is_one_printable_line(written: str, kept: str | None) -> None:
    assert plain_text(written) == kept
