"""Bank statements: accounts, files, lines, and the matches that prove deposits and receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
"""Agents see nothing of the bank's view."""

NEW_TABLES = (
    "bank_account", "statement_file", "statement", "statement_line", "line_mark", "match",
    "match_line", "match_claim",
)  # fmt: skip

CHANGEABLE = {
    "bank_account": "name, csv_profile, closed_at",
    "statement_file": "state, report, finished_at",
    "statement": "",
    "statement_line": "",
    "line_mark": "ended_at, ended_by, ended_because",
    "match": "state, is_automatic, tier, score, reasons, short_minor, matched_at, matched_by, note,"
    " undone_at, undone_by, undone_because",
    "match_line": "is_live",
    "match_claim": "is_live",
}
"""All else of a row stays as it was written."""

# What is matched adds up, at every commit, whoever wrote it. Runs as the owner: what the caller
# may not see still counts.
HOLDS = """
CREATE FUNCTION match_holds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    m match;
    lines record;
    claims record;
    problem text;
BEGIN
    SELECT * INTO m FROM match WHERE id = CASE TG_TABLE_NAME
        WHEN 'match' THEN (to_jsonb(NEW) ->> 'id')::uuid
        ELSE (to_jsonb(NEW) ->> 'match_id')::uuid END;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT count(*) AS count, coalesce(sum(l.amount_minor), 0) AS minor,
           coalesce(bool_and(l.is_live = (m.state = 'matched')), false) AS in_step,
           coalesce(bool_and(s.bank_account_id = m.bank_account_id), false) AS of_account
    INTO lines FROM match_line l JOIN statement_line s ON s.id = l.line_id
    WHERE l.match_id = m.id;
    SELECT count(*) AS count, coalesce(sum(c.amount_minor), 0) AS minor,
           coalesce(bool_and(c.is_live = (m.state = 'matched')), true) AS in_step,
           coalesce(bool_and(c.amount_minor = coalesce(d.amount_minor, r.amount_minor, v.amount_minor)),
               true)
               AS whole,
           coalesce(bool_or(coalesce(d.agent_id, r.agent_id, v.remitted_by) = m.matched_by),
               false) AS own
    INTO claims FROM match_claim c LEFT JOIN deposit d ON d.id = c.deposit_id
    LEFT JOIN receipt r ON r.id = c.receipt_id
    LEFT JOIN remittance v ON v.id = c.remittance_id WHERE c.match_id = m.id;
    problem := CASE
        WHEN NOT (lines.in_step AND claims.in_step) THEN 'in_step'
        WHEN NOT (lines.of_account AND claims.whole
                  AND lines.count = m.line_count AND claims.count = m.claim_count) THEN 'whole'
        WHEN claims.own THEN 'another_person'
        WHEN m.tier = 'reversal' AND NOT
            (lines.count = 2 AND lines.minor = 0 AND claims.count = 0 AND m.short_minor = 0)
            THEN 'sum'
        WHEN m.tier <> 'reversal' AND NOT
            (claims.count > 0 AND lines.minor + m.short_minor = claims.minor) THEN 'sum'
    END;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION 'match % does not hold: %', m.id, problem
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_match_' || problem;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER match_holds AFTER INSERT OR UPDATE ON match
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION match_holds();

-- A part that is added later would change what was proven.
CREATE CONSTRAINT TRIGGER match_line_holds AFTER INSERT ON match_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION match_holds();
CREATE CONSTRAINT TRIGGER match_claim_holds AFTER INSERT ON match_claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION match_holds();
"""


def upgrade() -> None:
    _tables()
    for table, columns in CHANGEABLE.items():
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO roundsman_app')
        if columns:
            op.execute(f'GRANT UPDATE ({columns}) ON "{table}" TO roundsman_app')
        rule = f"{IN_SCOPE} AND {NO_AGENT}"
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(
            f'CREATE POLICY scope ON "{table}" TO roundsman_app USING ({rule}) WITH CHECK ({rule})'
        )
    # Only proposals may be thrown away.
    op.execute("GRANT DELETE ON match TO roundsman_app")
    op.execute(
        "CREATE POLICY proposals ON match AS RESTRICTIVE FOR DELETE TO roundsman_app"
        " USING (state = 'proposed')"
    )
    op.execute(HOLDS)


def downgrade() -> None:
    for table in reversed(NEW_TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION match_holds()")


def _tables() -> None:
    op.create_table(
        "bank_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("csv_profile", postgresql.JSONB(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_bank_account_currency")),
        sa.CheckConstraint("number ~ '^[A-Z0-9]+$'", name=op.f("ck_bank_account_number")),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"], name=op.f("fk_bank_account_added_by")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_bank_account_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("number", "currency", name=op.f("uq_bank_account_number_currency")),
    )
    op.create_index(op.f("ix_bank_account_branch_id"), "bank_account", ["branch_id"], unique=False)
    op.create_table(
        "statement_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("told_opening_minor", sa.BigInteger(), nullable=True),
        sa.Column("told_closing_minor", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('done', 'refused')) = (finished_at IS NOT NULL)",
            name=op.f("ck_statement_file_finished"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'matching', 'done', 'refused')",
            name=op.f("ck_statement_file_state"),
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_statement_file_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_statement_file_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["staff.id"], name=op.f("fk_statement_file_uploaded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_file")),
    )
    op.create_index(
        op.f("ix_statement_file_branch_id"), "statement_file", ["branch_id"], unique=False
    )
    op.create_index(
        "uq_statement_file_taken",
        "statement_file",
        ["branch_id", "content_hash"],
        unique=True,
        postgresql_where=sa.text("state <> 'refused'"),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("closing_minor", sa.BigInteger(), nullable=False),
        sa.Column("opening_told", sa.Boolean(), nullable=False),
        sa.Column("lines_read", sa.Integer(), nullable=False),
        sa.Column("lines_added", sa.Integer(), nullable=False),
        sa.Column("taken_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_statement_period")),
        sa.CheckConstraint("lines_added BETWEEN 0 AND lines_read", name=op.f("ck_statement_lines")),
        sa.CheckConstraint(
            "opening_minor + total_minor = closing_minor", name=op.f("ck_statement_complete")
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_statement_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_statement_branch_id")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["statement_file.id"], name=op.f("fk_statement_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["statement.id"], name=op.f("fk_statement_follows_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("file_id", "part", name=op.f("uq_statement_file_id_part")),
    )
    op.create_index(
        "ix_statement_bank_account_id_to_on",
        "statement",
        ["bank_account_id", "to_on"],
        unique=False,
    )
    op.create_index(op.f("ix_statement_branch_id"), "statement", ["branch_id"], unique=False)
    op.create_table(
        "statement_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("valued_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "bank_references",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("bank_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_statement_line_ordinal")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_statement_line_bank_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_statement_line_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
        sa.UniqueConstraint(
            "bank_account_id",
            "booked_on",
            "fingerprint",
            "ordinal",
            name=op.f("uq_statement_line_bank_account_id_booked_on_fingerprint_ordinal"),
        ),
        sa.UniqueConstraint("id", "amount_minor", name=op.f("uq_statement_line_id_amount_minor")),
    )
    op.create_index(
        "ix_statement_line_bank_account_id_booked_on",
        "statement_line",
        ["bank_account_id", "booked_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_statement_line_branch_id"), "statement_line", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_statement_line_statement_id"), "statement_line", ["statement_id"], unique=False
    )
    op.create_table(
        "line_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('charge', 'other', 'disputed')", name=op.f("ck_line_mark_kind")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_line_mark_reason")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_because IS NULL)",
            name=op.f("ck_line_mark_ended"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_line_mark_branch_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_line_mark_ended_by")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["statement_line.id"], name=op.f("fk_line_mark_line_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_line_mark_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_mark")),
    )
    op.create_index(op.f("ix_line_mark_branch_id"), "line_mark", ["branch_id"], unique=False)
    op.create_index(
        "uq_line_mark_standing",
        "line_mark",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column(
            "reasons", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("short_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("matched_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (matched_at IS NULL)", name=op.f("ck_match_matched")
        ),
        sa.CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL) AND (undone_at IS NULL) = (undone_because IS NULL)",
            name=op.f("ck_match_undone"),
        ),
        sa.CheckConstraint(
            "NOT is_automatic OR tier IN ('T1', 'T2', 'reversal')", name=op.f("ck_match_automatic")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'matched', 'undone')", name=op.f("ck_match_state")
        ),
        sa.CheckConstraint(
            "tier IN ('T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'reversal')", name=op.f("ck_match_tier")
        ),
        sa.CheckConstraint(
            "(matched_by IS NOT NULL) = (matched_at IS NOT NULL AND NOT is_automatic)",
            name=op.f("ck_match_matched_by"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_match_score")),
        sa.CheckConstraint("short_minor >= 0", name=op.f("ck_match_short")),
        sa.ForeignKeyConstraint(
            ["bank_account_id"], ["bank_account.id"], name=op.f("fk_match_bank_account_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_match_branch_id")),
        sa.ForeignKeyConstraint(["matched_by"], ["staff.id"], name=op.f("fk_match_matched_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_match_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
    )
    op.create_index(
        "ix_match_bank_account_id_state", "match", ["bank_account_id", "state"], unique=False
    )
    op.create_index(op.f("ix_match_branch_id"), "match", ["branch_id"], unique=False)
    op.create_table(
        "match_line",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_match_line_branch_id")),
        sa.ForeignKeyConstraint(
            ["line_id", "amount_minor"],
            ["statement_line.id", "statement_line.amount_minor"],
            name=op.f("fk_match_line_line_id_amount_minor"),
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_match_line_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", "line_id", name=op.f("pk_match_line")),
    )
    op.create_index(op.f("ix_match_line_branch_id"), "match_line", ["branch_id"], unique=False)
    op.create_index("ix_match_line_line_id", "match_line", ["line_id"], unique=False)
    op.create_index(
        "uq_match_line_live",
        "match_line",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("is_live"),
    )
    op.create_table(
        "match_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("remittance_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(deposit_id, receipt_id, remittance_id) = 1"
            " AND claim_id = coalesce(deposit_id, receipt_id, remittance_id)",
            name=op.f("ck_match_claim_one"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_match_claim_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_match_claim_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["match.id"], name=op.f("fk_match_claim_match_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_match_claim_receipt_id")
        ),
        sa.ForeignKeyConstraint(
            ["remittance_id"], ["remittance.id"], name=op.f("fk_match_claim_remittance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_claim")),
    )
    op.create_index(op.f("ix_match_claim_branch_id"), "match_claim", ["branch_id"], unique=False)
    op.create_index(op.f("ix_match_claim_match_id"), "match_claim", ["match_id"], unique=False)
    op.create_index(op.f("ix_match_claim_claim_id"), "match_claim", ["claim_id"])
    op.create_index(
        "uq_match_claim_live",
        "match_claim",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("is_live"),
    )
