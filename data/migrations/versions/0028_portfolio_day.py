"""Days that begin: figures of all cases, asset classes, promises judged by what was paid."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
COUNTS = ("cases", "late", "promises_kept", "promises_part_kept", "promises_broken")

# It sees receipts of all agents, whoever asks. A promise that was kept and is not any more, because
# a receipt was undone, waits on, unless another one has taken its place since.
JUDGE = """
CREATE FUNCTION judge_promises(these uuid[], as_of timestamptz) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    WITH judged AS (
        SELECT p.id, least(coalesce(paid.minor, 0), p.amount_minor) AS minor,
               CASE WHEN paid.minor >= p.amount_minor THEN 'kept'
                    WHEN (as_of AT TIME ZONE b.zone)::date > last.day
                        THEN CASE WHEN paid.minor > 0 THEN 'part_kept' ELSE 'broken' END
                    WHEN EXISTS (SELECT FROM promise o WHERE o.account_id = p.account_id
                                 AND o.state = 'open' AND o.id <> p.id) THEN 'replaced'
                    ELSE 'open' END AS state
        FROM promise p JOIN branch b ON b.id = p.branch_id
        CROSS JOIN LATERAL (
            SELECT p.due_on + coalesce((branch_policy(b.id, 'promise_grace_days'))::int, 0) AS day
        ) last
        CROSS JOIN LATERAL (
            SELECT sum(r.amount_minor)::bigint AS minor FROM receipt r
            WHERE r.account_id = p.account_id AND r.taken_at >= p.made_at
              AND r.taken_at < (last.day + 1)::timestamp AT TIME ZONE b.zone
              AND NOT EXISTS (SELECT FROM receipt_reversal v
                              WHERE v.receipt_id = r.id AND v.state = 'approved')
        ) paid
        WHERE p.id = ANY (these) AND p.state <> 'replaced'
    )
    UPDATE promise p
    SET state = j.state, paid_minor = j.minor,
        settled_at = CASE WHEN j.state NOT IN ('kept', 'part_kept', 'broken') THEN NULL
                          WHEN j.state = p.state THEN p.settled_at ELSE as_of END
    FROM judged j WHERE p.id = j.id AND (p.state, p.paid_minor) <> (j.state, j.minor)
    RETURNING p.state
$$;
REVOKE ALL ON FUNCTION judge_promises(uuid[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION judge_promises(uuid[], timestamptz) TO roundsman_app;

CREATE FUNCTION receipt_keeps_promises() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM judge_promises(
        ARRAY (SELECT id FROM promise WHERE account_id = NEW.account_id AND state <> 'replaced'),
        NEW.received_at);
    RETURN NULL;
END $$;
CREATE TRIGGER receipt_keeps_promises AFTER INSERT ON receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_keeps_promises();

CREATE FUNCTION reversal_breaks_promises() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM judge_promises(
        ARRAY (SELECT p.id FROM promise p JOIN receipt r ON r.account_id = p.account_id
               WHERE r.id = NEW.receipt_id AND p.state <> 'replaced'),
        NEW.settled_at);
    RETURN NULL;
END $$;
CREATE TRIGGER reversal_breaks_promises AFTER UPDATE OF state ON receipt_reversal
    FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION reversal_breaks_promises();
"""


def upgrade() -> None:
    op.add_column(
        "case_file",
        sa.Column("asset_class", sa.Text(), server_default=sa.text("'standard'"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_case_file_asset_class"),
        "case_file",
        "asset_class IN ('standard', 'sma_0', 'sma_1', 'sma_2', 'npa')",
    )
    op.add_column(
        "promise",
        sa.Column("paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("promise", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_promise_paid"), "promise", "paid_minor BETWEEN 0 AND amount_minor"
    )
    op.create_check_constraint(
        op.f("ck_promise_settled"),
        "promise",
        "(state IN ('kept', 'part_kept', 'broken')) = (settled_at IS NOT NULL)",
    )
    op.create_index(
        "ix_promise_waiting",
        "promise",
        ["branch_id", "due_on"],
        postgresql_where=sa.text("state = 'open'"),
    )
    counts = [
        sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
        for name in COUNTS
    ]
    op.create_table(
        "portfolio_day",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        *counts,
        sa.Column("overdue_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_portfolio_day_branch_id")
        ),
        sa.PrimaryKeyConstraint("branch_id", "day", name=op.f("pk_portfolio_day")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON portfolio_day TO roundsman_app")
    op.execute("ALTER TABLE portfolio_day ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON portfolio_day TO roundsman_app"
        f" USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
    )
    op.execute(JUDGE)


def downgrade() -> None:
    op.execute("DROP TRIGGER reversal_breaks_promises ON receipt_reversal")
    op.execute("DROP TRIGGER receipt_keeps_promises ON receipt")
    op.execute(
        "DROP FUNCTION reversal_breaks_promises(), receipt_keeps_promises(),"
        " judge_promises(uuid[], timestamptz)"
    )
    op.drop_table("portfolio_day")
    op.drop_index("ix_promise_waiting", table_name="promise")
    op.drop_constraint(op.f("ck_promise_settled"), "promise", type_="check")
    op.drop_constraint(op.f("ck_promise_paid"), "promise", type_="check")
    op.drop_column("promise", "settled_at")
    op.drop_column("promise", "paid_minor")
    op.drop_constraint(op.f("ck_case_file_asset_class"), "case_file", type_="check")
    op.drop_column("case_file", "asset_class")
