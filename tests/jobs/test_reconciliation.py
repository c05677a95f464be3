"""Large statements, taken in by the worker."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from collection.reconciliation.accounts.keep_account import keep_account
from collection.reconciliation.statements import store
from collection.reconciliation.statements.take_in import AT_ONCE_BYTES, NewFile, send_in
from core.clock import Clock
from core.ids import new_id
from data.queue import queue, queue_connector
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from jobs import context
from jobs.app import LANES
from tests.api.bank_field import Booked, mt940
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person

NUMBER = "4455667"


@pytest.fixture
async def database(own_database_url: str, clock: Clock) -> AsyncIterator[Database]:
    database = Database(own_database_url)
    context.provide(database, clock)
    with queue.replace_connector(queue_connector(own_database_url)):
        async with queue.open_async():
            yield database
    await context.close()
    await database.close()


async def sent(database: Database, content: bytes) -> store.FileView:
    """A file sent in for a new account, and what became of it once the worker was there."""
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        staff = await a_person(session, branch, Role.CASH_DESK)
        await keep_account(
            session, staff, branch, new_id(), NUMBER, "Main", "CLP", None, MONDAY_NINE
        )
        file = await send_in(session, branch, NewFile(content, "big.sta"), staff, MONDAY_NINE)
    assert file.state == "waiting"
    await queue.run_worker_async(queues=list(LANES), wait=False, install_signal_handlers=False)
    return await file_of(database, file.id)


async def file_of(database: Database, file_id: UUID) -> store.FileView:
    async with database.transaction(EVERYTHING) as session:
        file = await store.file(session, file_id)
    assert file is not None
    return file


def many(lost: int = 0) -> bytes:
    lines = [Booked(1_000 + n, text=f"CASH DEP {n}") for n in range(2_500)]
    content = mt940(*lines, number=NUMBER, lost=lost)
    assert len(content) > AT_ONCE_BYTES
    return content


async def test_the_worker_takes_a_large_statement_in(database: Database) -> None:
    file = await sent(database, many())
    assert file.state == "done"
    assert file.finished_at == MONDAY_NINE
    assert (file.report or {})["statements"][0]["lines_added"] == 2_500
    async with database.transaction(EVERYTHING) as session:
        [count] = await rows(session, "SELECT count(*) AS lines FROM statement_line")
    assert count.lines == 2_500


async def test_what_the_worker_refuses_says_why_and_may_be_sent_again(database: Database) -> None:
    file = await sent(database, many(lost=7))
    assert file.state == "refused"
    assert "not CLP" in (file.report or {})["problem"]["detail"]
    async with database.transaction(EVERYTHING) as session:
        new = NewFile(many(lost=7), "again.sta")
        again = await send_in(session, file.branch_id, new, None, MONDAY_NINE)
    assert again.id != file.id
    assert again.state == "waiting"
