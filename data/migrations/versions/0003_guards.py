"""What the database itself guarantees: scope, append-only money, balanced entries, partitions."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BY_BRANCH = (
    "staff", "device", "agent_profile", "shift", "sign_on", "alert", "quarantine",
    "customer", "address", "account", "demand", "receipt_series", "journal_entry", "posting",
    "agent_position", "agent_dirty", "fence", "ping", "assignment", "till", "case_file",
    "check_in", "check_out", "visit", "round", "stop", "receipt", "deposit", "promise",
    "demand_file_import",
)  # fmt: skip
OWN_ROWS_ONLY = (
    "till", "check_in", "check_out", "visit", "round", "stop", "receipt", "deposit", "assignment",
)  # fmt: skip
"""Where an agent sees only rows with his own agent_id."""

APPEND_ONLY = (
    "journal_entry", "posting", "receipt", "receipt_allocation", "denomination", "check_in",
    "check_out", "ping", "demand_file_import",
)  # fmt: skip

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"
OWN_CASES = """((SELECT scope_agent()) IS NULL OR EXISTS (
    SELECT FROM assignment a WHERE a.case_id = case_file.id
    AND a.agent_id = (SELECT scope_agent()) AND upper_inf(a.during)))"""

SCOPED_CHILDREN = {
    "receipt_allocation": "EXISTS (SELECT FROM receipt r WHERE r.id = receipt_id)",
    "denomination": "EXISTS (SELECT FROM deposit d WHERE d.id = deposit_id)",
}

BALANCE = """
CREATE FUNCTION journal_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount_minor), 1) <> 0 OR count(DISTINCT currency) <> 1
          OR count(*) < 2 FROM posting WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journal_entry_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_balanced AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_entry_balances();

-- A line added to an entry of an earlier transaction would unbalance it behind the trigger's back.
CREATE FUNCTION posting_joins_new_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM journal_entry WHERE id = NEW.entry_id
                   AND xmin::text = (txid_current() % 4294967296)::text) THEN
        RAISE EXCEPTION 'journal entry % is closed', NEW.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_posting_entry_open';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_entry_open AFTER INSERT ON posting
    DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION posting_joins_new_entry();

CREATE FUNCTION deposit_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(face_minor * count), 0) FROM denomination WHERE deposit_id = NEW.id)
        <> NEW.amount_minor THEN
        RAISE EXCEPTION 'denominations of deposit % do not make its amount', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_deposit_denominations';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_counted AFTER INSERT ON deposit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION deposit_counts();
"""

# The application's role owns no table, so it cannot make partitions itself.
PARTITIONS = """
CREATE FUNCTION ensure_ping_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_ping_partition'));
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS %I PARTITION OF ping FOR VALUES FROM (%L) TO (%L)',
        part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
END $$;
REVOKE ALL ON FUNCTION ensure_ping_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_ping_partition(date) TO roundsman_app;
"""


def upgrade() -> None:
    op.execute("GRANT USAGE ON SCHEMA public TO roundsman_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO roundsman_app"
    )
    op.execute("REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM roundsman_app")
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(APPEND_ONLY)} FROM roundsman_app")
    for table in BY_BRANCH:
        rule = IN_SCOPE
        if table in OWN_ROWS_ONLY:
            rule = f"{IN_SCOPE} AND {OWN}"
        if table == "case_file":
            rule = f"{IN_SCOPE} AND {OWN_CASES}"
        _scope(table, rule)
    # A new branch is not in anybody's scope yet; its parent must be.
    _scope(
        "branch", IN_SCOPE.replace("branch_id", "id"), IN_SCOPE.replace("branch_id", "parent_id")
    )
    for table, rule in SCOPED_CHILDREN.items():
        _scope(table, rule)
    op.execute(BALANCE)
    op.execute(PARTITIONS)


def _scope(table: str, rule: str, written: str | None = None) -> None:
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(
        f'CREATE POLICY scope ON "{table}" TO roundsman_app'
        f" USING ({rule}) WITH CHECK ({written or rule})"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION ensure_ping_partition(date)")
    op.execute("DROP TRIGGER deposit_counted ON deposit")
    op.execute("DROP TRIGGER posting_entry_open ON posting")
    op.execute("DROP TRIGGER journal_entry_balanced ON journal_entry")
    op.execute(
        "DROP FUNCTION deposit_counts(), posting_joins_new_entry(), journal_entry_balances()"
    )
    for table in (*BY_BRANCH, "branch", *SCOPED_CHILDREN):
        op.execute(f'DROP POLICY scope ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM roundsman_app")
