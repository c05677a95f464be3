"""Handovers that two phones wrote down, receipts from paper, and pictures of deposits' slips."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
SCOPED = {
    "handover_taking": f"{IN_SCOPE} AND"
    f" ({NO_AGENT} OR (SELECT scope_agent()) IN (giver_id, taker_id))",
    "deposit_slip": f"{IN_SCOPE} AND ({NO_AGENT} OR agent_id = (SELECT scope_agent()))",
    "paper_receipt": f"{IN_SCOPE} AND EXISTS (SELECT FROM receipt r WHERE r.id = receipt_id)",
}
MAY_CHANGE = {"paper_receipt": "original_id, original_hash, came_at"}


def upgrade() -> None:
    op.add_column("cash_handover", sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "handover_taking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("taker_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("denominations", postgresql.JSONB(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_handover_taking_amount")),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_handover_taking_two_people")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_handover_taking_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["agent_profile.agent_id"], name=op.f("fk_handover_taking_giver_id")
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"], ["agent_profile.agent_id"], name=op.f("fk_handover_taking_taker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_taking")),
    )
    op.create_table(
        "paper_receipt",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("original_id", sa.Uuid(), nullable=True),
        sa.Column("original_hash", sa.LargeBinary(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(original_id, original_hash, came_at) IN (0, 3)",
            name=op.f("ck_paper_receipt_original"),
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_paper_receipt_receipt_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_paper_receipt_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["staff.id"], name=op.f("fk_paper_receipt_entered_by")
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_paper_receipt")),
        sa.UniqueConstraint("original_id", name=op.f("uq_paper_receipt_original_id")),
    )
    op.create_table(
        "deposit_slip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("original_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("stored_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("device_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("server_time", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_deposit_slip_size")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_deposit_slip_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_deposit_slip_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_slip_deposit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_slip")),
    )
    for table, column in (
        ("deposit_slip", "branch_id"), ("deposit_slip", "agent_id"),
        ("deposit_slip", "deposit_id"),
        ("handover_taking", "branch_id"), ("handover_taking", "giver_id"),
        ("handover_taking", "taker_id"), ("paper_receipt", "branch_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for table, rule in SCOPED.items():
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM roundsman_app")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        if columns := MAY_CHANGE.get(table):
            op.execute(f"GRANT UPDATE ({columns}) ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )


def downgrade() -> None:
    op.drop_table("deposit_slip")
    op.drop_table("paper_receipt")
    op.drop_table("handover_taking")
    op.drop_column("cash_handover", "given_at")
