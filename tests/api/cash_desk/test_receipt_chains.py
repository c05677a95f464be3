"""Receipts are chained, and what is changed behind the program's back is told."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import make_url

from collection.receipts.chains.store import breaks
from collection.receipts.chains.watch_chains import CHAIN_BROKEN, watch_chains
from data.alerts import open_alerts
from data.session import EVERYTHING, Database, rows
from tests.collection.custody.scenes import paid
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_case, an_agent


@pytest.fixture
async def own(own_database_url: str) -> AsyncIterator[Database]:
    database = Database(own_database_url)
    yield database
    await database.close()


async def test_a_receipt_that_is_changed_in_the_database_itself_is_told(
    own: Database, own_database_url: str
) -> None:
    for _ in range(2):
        async with own.transaction(EVERYTHING) as session:
            branch = await a_branch(session)
            agent = await an_agent(session, branch)
            case = await a_case(session, branch, agent_id=agent)
            taken = [await paid(session, agent, case.case_id, 1_000 * n) for n in (1, 2, 3)]
    async with own.transaction(EVERYTHING) as session:
        assert await breaks(session) == []
        await watch_chains(session, MONDAY_NINE)
        assert not await open_alerts(session, [CHAIN_BROKEN])
    plain = make_url(own_database_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as owner:
        owner.execute("UPDATE receipt SET body_hash = '\\x00' WHERE id = %s", [taken[1].id])
    async with own.transaction(EVERYTHING) as session:
        [broken] = await breaks(session)
        assert (broken.series_id, broken.number) == (taken[1].number.series_id, 2)
        await watch_chains(session, MONDAY_NINE)
        await watch_chains(session, MONDAY_NINE)
        [alert] = await rows(
            session, "SELECT detail FROM alert WHERE kind = :kind", kind=CHAIN_BROKEN
        )
        assert taken[1].number.text in alert.detail
    with psycopg.connect(plain.render_as_string(hide_password=False)) as owner:
        # Whoever makes the one link anew breaks the next.
        owner.execute(
            "UPDATE receipt r SET chain_hash = receipt_link(r, (SELECT chain_hash FROM receipt"
            " WHERE series_id = r.series_id AND number = 1)) WHERE id = %s",
            [taken[1].id],
        )
    async with own.transaction(EVERYTHING) as session:
        assert [one.number for one in await breaks(session)] == [3]


async def test_receipts_that_are_cut_off_at_the_end_of_a_series_are_told(
    own: Database, own_database_url: str
) -> None:
    async with own.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
        taken = [await paid(session, agent, case.case_id, 1_000 * n) for n in (1, 2, 3)]
    plain = make_url(own_database_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as owner:
        for receipt in taken[1:]:
            owner.execute("DELETE FROM receipt_allocation WHERE receipt_id = %s", [receipt.id])
            owner.execute("DELETE FROM cash_lot WHERE receipt_id = %s", [receipt.id])
            owner.execute("DELETE FROM receipt WHERE id = %s", [receipt.id])
    async with own.transaction(EVERYTHING) as session:
        [broken] = await breaks(session)
        assert (broken.series_id, broken.number) == (taken[1].number.series_id, 2)
        assert broken.text == taken[1].number.text
