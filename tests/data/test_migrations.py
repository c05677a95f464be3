"""Migrations: up, down and up again, and nothing left for autogenerate to find."""

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import insert, make_url

from collection.custody.store import tills_in_doubt
from core.ids import new_id
from data import migrate
from data.session import EVERYTHING, Database, rows, run
from data.tables.custody import Denomination
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, an_agent


def test_tables_and_migrations_agree(own_database_url: str) -> None:
    assert migrate.state(own_database_url).up_to_date
    assert migrate.differences(own_database_url) == []


def test_down_leaves_nothing_and_up_works_again(own_database_url: str) -> None:
    migrate.downgrade(own_database_url)
    plain = make_url(own_database_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        left = connection.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'public' AND relkind IN ('r', 'p', 'v') AND relname NOT IN"
            " ('alembic_version', 'spatial_ref_sys', 'geometry_columns', 'geography_columns')"
        ).fetchall()
    assert left == []
    migrate.upgrade(own_database_url)
    assert migrate.differences(own_database_url) == []


async def test_cash_of_before_lots_is_laid_to_the_oldest_receipts(own_database_url: str) -> None:
    script = ScriptDirectory.from_config(Config("data/alembic.ini"))
    before = script.get_revision("0024").down_revision
    assert isinstance(before, str)
    migrate.downgrade(own_database_url, before)
    database = Database(own_database_url)
    async with database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        agent = await an_agent(session, branch)
        case, account, deposit = new_id(), new_id(), new_id()
        await run(
            session, _CASE_BEFORE, customer=new_id(), address=new_id(), branch=branch,
            account=account, case=case, now=MONDAY_NINE,
        )  # fmt: skip
        await rows(
            session, _CASH_BEFORE, branch=branch, agent=agent, case=case, account=account,
            now=MONDAY_NINE, receipts=[new_id() for _ in range(3)],
            deposit=deposit, entries=[new_id() for _ in range(2)],
        )  # fmt: skip
        await session.execute(
            insert(Denomination).values(deposit_id=deposit, face_minor=50, count=3)
        )
    await database.close()
    migrate.upgrade(own_database_url)
    database = Database(own_database_url)
    async with database.transaction(EVERYTHING) as session:
        lots = await rows(session, "SELECT left_minor FROM cash_lot ORDER BY receipt_id")
        assert [r.left_minor for r in lots] == [0, 50, 100]
        covered = await rows(
            session, "SELECT amount_minor FROM deposit_allocation ORDER BY receipt_id"
        )
        assert [r.amount_minor for r in covered] == [100, 50]
        [till] = await rows(session, "SELECT ledger_minor, in_transit_minor FROM till")
        assert tuple(till) == (150, 150)
        booked = await rows(session, "SELECT DISTINCT booked_on FROM journal_entry")
        assert [r.booked_on for r in booked] == [MONDAY_NINE.date()]
        assert await tills_in_doubt(session) == []
    await database.close()


_CASE_BEFORE = """
WITH who AS (
    INSERT INTO customer (id, branch_id, source_ref, full_name)
    VALUES (:customer, :branch, 'C1', 'María González')
), lives AS (
    INSERT INTO address (id, branch_id, customer_id, line, provenance)
    VALUES (:address, :branch, :customer, 'Balmaceda 1', 'source')
), owes AS (
    INSERT INTO account (id, branch_id, customer_id, source_ref, product_code, currency,
                         principal_outstanding_minor)
    VALUES (:account, :branch, :customer, 'L1', 'PERSONAL', 'CLP', 500000)
)
INSERT INTO case_file (id, branch_id, account_id, customer_id, address_id, stage, dpd, bucket,
                       overdue_minor, urgency, urgency_factors, opened_at, as_of)
VALUES (:case, :branch, :account, :customer, :address, 'field', 30, 'B1', 50000, 50, '[]', :now,
        CAST(:now AS timestamptz)::date)
"""

_CASH_BEFORE = """
WITH taken AS (
    INSERT INTO receipt (id, branch_id, account_id, case_id, agent_id, series_id, number, mode,
                         amount_minor, advance_minor, outstanding_minor, headroom_minor, currency,
                         taken_at, received_at, body_hash)
    SELECT r.id, :branch, :account, :case, :agent, s.id, r.n, 'cash', 100, 0, 0, 0, 'CLP',
           CAST(:now AS timestamptz), CAST(:now AS timestamptz) + r.n * interval '1 second', ''
    FROM unnest(CAST(:receipts AS uuid[])) WITH ORDINALITY AS r (id, n), receipt_series s
    WHERE s.agent_id = :agent
), handed AS (
    INSERT INTO deposit (id, branch_id, agent_id, amount_minor, left_minor, currency, target,
                         deposited_at, posted_at, body_hash)
    VALUES (:deposit, :branch, :agent, 150, 150, 'CLP', 'branch', :now, :now, '')
), entries AS (
    INSERT INTO journal_entry (id, branch_id, kind, source_id, entered_at)
    SELECT e.id, :branch, CASE e.n WHEN 1 THEN 'receipt' ELSE 'deposit' END, e.id, :now
    FROM unnest(CAST(:entries AS uuid[])) WITH ORDINALITY AS e (id, n)
), lines AS (
    INSERT INTO posting (entry_id, line, branch_id, ledger_account, owner_id, amount_minor,
                         currency)
    SELECT e.id, p.line, :branch, p.account, :agent, p.minor, 'CLP'
    FROM unnest(CAST(:entries AS uuid[])) WITH ORDINALITY AS e (id, n)
    JOIN (VALUES (1, 1, 'agent_cash', 300), (1, 2, 'collections_control', -300),
                 (2, 1, 'agent_cash', -150), (2, 2, 'in_transit', 150))
         AS p (n, line, account, minor) ON p.n = e.n
)
UPDATE till SET in_hand_minor = 150 WHERE agent_id = :agent RETURNING 1
"""
