"""Row-level security: what a transaction may see, below every router and every query."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from data.session import EVERYTHING, Database, Scope, rows
from tests.factories import a_branch, a_case, an_agent


async def test_without_a_scope_nothing_is_seen(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        await a_case(session, await a_branch(session))
    async with AsyncSession(database.engine) as bare:
        assert await rows(bare, "SELECT id FROM case_file") == []
        assert await rows(bare, "SELECT id FROM branch") == []


async def test_a_branch_sees_its_own_rows_only(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        mine, other = await a_branch(session), await a_branch(session)
        case = await a_case(session, mine)
        await a_case(session, other)
    async with database.transaction(Scope((mine,))) as session:
        seen = await rows(session, "SELECT id FROM case_file")
        assert [r.id for r in seen] == [case.case_id]


async def test_a_row_cannot_be_written_into_another_branch(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        mine, other = await a_branch(session), await a_branch(session)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.transaction(Scope((mine,))) as session:
            await a_case(session, other)


async def test_an_agent_sees_his_own_cases_only(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent, colleague = await an_agent(session, branch), await an_agent(session, branch)
        case = await a_case(session, branch, agent_id=agent)
        await a_case(session, branch, agent_id=colleague)
        await a_case(session, branch)
    async with database.transaction(Scope((branch,), agent)) as session:
        assert [r.id for r in await rows(session, "SELECT id FROM case_file")] == [case.case_id]
        assert len(await rows(session, "SELECT agent_id FROM till")) == 1


async def test_every_table_with_a_branch_is_guarded(database: Database) -> None:
    async with database.transaction(EVERYTHING) as session:
        bare = await rows(
            session,
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'branch_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND NOT c.relrowsecurity",
        )
        assert bare == []


async def test_money_facts_cannot_be_changed_or_removed(database: Database) -> None:
    for statement in (
        "UPDATE posting SET amount_minor = 1",
        "DELETE FROM journal_entry",
        "UPDATE receipt SET amount_minor = 1",
        "DELETE FROM receipt",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction(EVERYTHING) as session:
                await session.execute(text(statement))
