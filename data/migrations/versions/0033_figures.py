"""Figures of days, targets and costs; files that go out, and reports to people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OFFICE = f"{IN_SCOPE} AND (SELECT scope_agent()) IS NULL"
"""Agents see none of these."""

TABLES = (
    "ended_day", "day_fact", "opening_bucket", "bucket_roll", "target", "cost", "export_target",
    "export_file", "export_line", "report_subscription", "report_file",
)  # fmt: skip
REMOVED_TOO = ("target", "cost")
NEVER_CHANGED = ("opening_bucket", "bucket_roll", "export_file", "report_file")


def upgrade() -> None:
    op.create_table(
        "bucket_roll",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("from_bucket", sa.Text(), nullable=False),
        sa.Column("to_bucket", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("overdue_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_bucket_roll_branch_id")
        ),
        sa.PrimaryKeyConstraint(
            "branch_id",
            "day",
            "product_code",
            "from_bucket",
            "to_bucket",
            name=op.f("pk_bucket_roll"),
        ),
    )
    op.create_table(
        "ended_day",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saw_levels", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_ended_day_branch_id")),
        sa.PrimaryKeyConstraint("branch_id", "day", name=op.f("pk_ended_day")),
    )
    op.create_table(
        "export_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("next_number", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "code ~ '^[a-z0-9][a-z0-9-]{0,19}$'", name=op.f("ck_export_target_code")
        ),
        sa.CheckConstraint(
            "kind IN ('lms', 'bank', 'journal')", name=op.f("ck_export_target_kind")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_export_target_branch_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["staff.id"], name=op.f("fk_export_target_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_target")),
        sa.UniqueConstraint("code", name=op.f("uq_export_target_code")),
    )
    op.create_index(
        op.f("ix_export_target_branch_id"), "export_target", ["branch_id"], unique=False
    )
    op.create_table(
        "report_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("grouping", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "every IN ('day', 'week', 'month')", name=op.f("ck_report_subscription_every")
        ),
        sa.CheckConstraint(
            "format IN ('csv', 'xlsx', 'pdf')", name=op.f("ck_report_subscription_format")
        ),
        sa.CheckConstraint(
            "grouping IN ('day', 'branch', 'agent', 'product')",
            name=op.f("ck_report_subscription_grouping"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_report_subscription_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_report_subscription_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_subscription")),
    )
    op.create_index(
        op.f("ix_report_subscription_branch_id"), "report_subscription", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_report_subscription_staff_id"), "report_subscription", ["staff_id"], unique=False
    )
    op.create_table(
        "cost",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('wages', 'travel', 'incentive', 'phone', 'other')", name=op.f("ck_cost_kind")
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_cost_amount")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_cost_month")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_cost_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_cost_branch_id")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_cost_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost")),
        sa.UniqueConstraint(
            "branch_id",
            "month",
            "kind",
            "agent_id",
            name=op.f("uq_cost_branch_id_month_kind_agent_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_cost_agent_id"), "cost", ["agent_id"], unique=False)
    op.create_index(op.f("ix_cost_branch_id"), "cost", ["branch_id"], unique=False)
    op.create_table(
        "day_fact",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column(
            "collected_cash_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "collected_card_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "collected_transfer_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "collected_upi_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "collected_cheque_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "collected_mobile_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("receipts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "paid_current_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "paid_arrears_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("demand_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deposited_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("promises_made", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("promised_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("promises_kept", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("promises_part_kept", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("promises_broken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "promises_settled_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "promises_paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("visits_planned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("visits_as_planned", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("visits_done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("visits_verified", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("visits_productive", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("agent_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ridden_m", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cases", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cases_late", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("overdue_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("in_hand_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_day_fact_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_day_fact_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_fact")),
        sa.UniqueConstraint(
            "branch_id",
            "day",
            "agent_id",
            "product_code",
            name=op.f("uq_day_fact_branch_id_day_agent_id_product_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_day_fact_agent_id"), "day_fact", ["agent_id"], unique=False)
    op.create_table(
        "export_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("totals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("records > 0", name=op.f("ck_export_file_records")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_export_file_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["export_target.id"], name=op.f("fk_export_file_target_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_file")),
        sa.UniqueConstraint("target_id", "number", name=op.f("uq_export_file_target_id_number")),
    )
    op.create_index(op.f("ix_export_file_branch_id"), "export_file", ["branch_id"], unique=False)
    op.create_table(
        "report_file",
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_report_file_days")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_report_file_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["report_subscription.id"],
            name=op.f("fk_report_file_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("subscription_id", "last_day", name=op.f("pk_report_file")),
    )
    op.create_index(op.f("ix_report_file_branch_id"), "report_file", ["branch_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "figure IN ('collected', 'recovered', 'receipts', 'promises_made', 'visits_done', 'visits_verified', 'deposited')",
            name=op.f("ck_target_figure"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_target_amount")),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_target_month")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_target_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_target_branch_id")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_target_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint(
            "branch_id",
            "month",
            "figure",
            "agent_id",
            name=op.f("uq_target_branch_id_month_figure_agent_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_target_agent_id"), "target", ["agent_id"], unique=False)
    op.create_table(
        "export_line",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'sent'"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("resend_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resend_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'rejected') = (reason IS NOT NULL)", name=op.f("ck_export_line_reason")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (answered_at IS NULL)", name=op.f("ck_export_line_answered")
        ),
        sa.CheckConstraint(
            "record IN ('receipt', 'receipt_reversal', 'deposit', 'deposit_rejection', 'journal_entry')",
            name=op.f("ck_export_line_record"),
        ),
        sa.CheckConstraint(
            "resend_at IS NULL OR state = 'rejected'", name=op.f("ck_export_line_resend")
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'acknowledged', 'rejected')", name=op.f("ck_export_line_state")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_export_line_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["export_file.id"], name=op.f("fk_export_line_file_id")
        ),
        sa.ForeignKeyConstraint(["resend_by"], ["staff.id"], name=op.f("fk_export_line_resend_by")),
        sa.ForeignKeyConstraint(
            ["target_id"], ["export_target.id"], name=op.f("fk_export_line_target_id")
        ),
        sa.PrimaryKeyConstraint("file_id", "line", name=op.f("pk_export_line")),
        sa.UniqueConstraint(
            "target_id",
            "record",
            "record_id",
            "attempt",
            name=op.f("uq_export_line_target_id_record_record_id_attempt"),
        ),
    )
    op.create_index(op.f("ix_export_line_branch_id"), "export_line", ["branch_id"], unique=False)
    op.create_index(
        "ix_export_line_open",
        "export_line",
        ["target_id"],
        unique=False,
        postgresql_where=sa.text("state = 'rejected'"),
    )
    op.create_index(op.f("ix_export_line_record_id"), "export_line", ["record_id"], unique=False)
    op.create_index(
        "uq_export_line_live",
        "export_line",
        ["target_id", "record", "record_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_table(
        "opening_bucket",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_opening_bucket_month")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_opening_bucket_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_opening_bucket_branch_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "month", name=op.f("pk_opening_bucket")),
    )
    op.create_index(
        "ix_opening_bucket_branch_id_month", "opening_bucket", ["branch_id", "month"], unique=False
    )
    op.create_index("ix_demand_branch_id_due_on", "demand", ["branch_id", "due_on"], unique=False)
    op.create_index(
        "ix_deposit_branch_id_deposited_at", "deposit", ["branch_id", "deposited_at"], unique=False
    )
    op.create_index(
        "ix_promise_branch_id_made_at", "promise", ["branch_id", "made_at"], unique=False
    )
    op.create_index(
        "ix_promise_branch_id_settled_at", "promise", ["branch_id", "settled_at"], unique=False
    )
    op.create_index(
        "ix_receipt_branch_id_taken_at", "receipt", ["branch_id", "taken_at"], unique=False
    )
    op.create_index("ix_round_branch_id_day", "round", ["branch_id", "day"], unique=False)
    op.create_index("ix_visit_branch_id_day", "visit", ["branch_id", "day"], unique=False)

    for table in TABLES:
        rights = ["SELECT", "INSERT"]
        rights += [] if table in NEVER_CHANGED else ["UPDATE"]
        rights += ["DELETE"] if table in REMOVED_TOO else []
        op.execute(f"REVOKE ALL ON {table} FROM roundsman_app")
        op.execute(f"GRANT {', '.join(rights)} ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app"
            f" USING ({OFFICE}) WITH CHECK ({OFFICE})"
        )


def downgrade() -> None:
    op.drop_index("ix_visit_branch_id_day", table_name="visit")
    op.drop_index("ix_round_branch_id_day", table_name="round")
    op.drop_index("ix_receipt_branch_id_taken_at", table_name="receipt")
    op.drop_index("ix_promise_branch_id_settled_at", table_name="promise")
    op.drop_index("ix_promise_branch_id_made_at", table_name="promise")
    op.drop_index("ix_deposit_branch_id_deposited_at", table_name="deposit")
    op.drop_index("ix_demand_branch_id_due_on", table_name="demand")
    op.drop_index("ix_opening_bucket_branch_id_month", table_name="opening_bucket")
    op.drop_table("opening_bucket")
    op.drop_index(
        "uq_export_line_live",
        table_name="export_line",
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.drop_index(op.f("ix_export_line_record_id"), table_name="export_line")
    op.drop_index(
        "ix_export_line_open",
        table_name="export_line",
        postgresql_where=sa.text("state = 'rejected'"),
    )
    op.drop_index(op.f("ix_export_line_branch_id"), table_name="export_line")
    op.drop_table("export_line")
    op.drop_index(op.f("ix_target_agent_id"), table_name="target")
    op.drop_table("target")
    op.drop_index(op.f("ix_report_file_branch_id"), table_name="report_file")
    op.drop_table("report_file")
    op.drop_index(op.f("ix_export_file_branch_id"), table_name="export_file")
    op.drop_table("export_file")
    op.drop_index(op.f("ix_day_fact_agent_id"), table_name="day_fact")
    op.drop_table("day_fact")
    op.drop_index(op.f("ix_cost_branch_id"), table_name="cost")
    op.drop_index(op.f("ix_cost_agent_id"), table_name="cost")
    op.drop_table("cost")
    op.drop_index(op.f("ix_report_subscription_staff_id"), table_name="report_subscription")
    op.drop_index(op.f("ix_report_subscription_branch_id"), table_name="report_subscription")
    op.drop_table("report_subscription")
    op.drop_index(op.f("ix_export_target_branch_id"), table_name="export_target")
    op.drop_table("export_target")
    op.drop_table("ended_day")
    op.drop_table("bucket_roll")
