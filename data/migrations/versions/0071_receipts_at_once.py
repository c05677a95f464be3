"""What many receipts are decided on is asked at once, and what they post is added up at once."""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

# Each agent's scope decides what is found for that agent, as if each had asked alone: the function
# has the rights of whoever calls it, and none of its own. Each of its statements sees what was
# committed when its turn came.
LOOKED_AT = """
CREATE FUNCTION looked_at_as_each(
    agents uuid[], branches text[], cases uuid[], receipts uuid[],
    OUT is_known boolean, OUT its_till till, OUT its_case case_file)
RETURNS SETOF record LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(agents) LOOP
        PERFORM set_config('roundsman.branches', branches[i], true),
                set_config('roundsman.agent', agents[i]::text, true);
        SELECT t.* INTO its_till FROM till t WHERE t.agent_id = agents[i]
        FOR NO KEY UPDATE SKIP LOCKED;
        SELECT c.* INTO its_case FROM case_file c WHERE c.id = cases[i];
        is_known := EXISTS (SELECT FROM receipt r WHERE r.id = receipts[i]);
        RETURN NEXT;
    END LOOP;
END $$
"""

FILLS_TILLS = """
CREATE OR REPLACE FUNCTION posting_fills_till() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE till t SET ledger_minor = t.ledger_minor + p.minor
    FROM (SELECT owner_id, sum(amount_minor)::bigint AS minor FROM added
          WHERE ledger_account = 'agent_cash' GROUP BY owner_id) p
    WHERE t.agent_id = p.owner_id;
    RETURN NULL;
END $$;
DROP TRIGGER posting_till ON posting;
CREATE TRIGGER posting_till AFTER INSERT ON posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION posting_fills_till();
"""

FILLS_TILL = """
CREATE OR REPLACE FUNCTION posting_fills_till() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE till SET ledger_minor = ledger_minor + NEW.amount_minor WHERE agent_id = NEW.owner_id;
    RETURN NULL;
END $$;
DROP TRIGGER posting_till ON posting;
CREATE TRIGGER posting_till AFTER INSERT ON posting
    FOR EACH ROW WHEN (NEW.ledger_account = 'agent_cash') EXECUTE FUNCTION posting_fills_till();
"""

JOIN_NEW_ENTRIES = """
CREATE OR REPLACE FUNCTION posting_joins_new_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed uuid := (
    SELECT p.entry_id FROM added p LEFT JOIN journal_entry e ON e.id = p.entry_id
        AND e.xmin::text = (txid_current() % 4294967296)::text
    WHERE e.id IS NULL LIMIT 1);
BEGIN
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'journal entry % is closed', closed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_posting_entry_open';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER posting_entry_open ON posting;
CREATE TRIGGER posting_entry_open AFTER INSERT ON posting REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION posting_joins_new_entry();
"""

JOINS_NEW_ENTRY = """
CREATE OR REPLACE FUNCTION posting_joins_new_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM journal_entry WHERE id = NEW.entry_id
                   AND xmin::text = (txid_current() % 4294967296)::text) THEN
        RAISE EXCEPTION 'journal entry % is closed', NEW.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_posting_entry_open';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER posting_entry_open ON posting;
CREATE CONSTRAINT TRIGGER posting_entry_open AFTER INSERT ON posting
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION posting_joins_new_entry();
"""


def upgrade() -> None:
    op.execute(LOOKED_AT)
    op.execute(FILLS_TILLS)
    op.execute(JOIN_NEW_ENTRIES)


def downgrade() -> None:
    op.execute(JOINS_NEW_ENTRY)
    op.execute(FILLS_TILL)
    op.execute("DROP FUNCTION looked_at_as_each(uuid[], text[], uuid[], uuid[])")
