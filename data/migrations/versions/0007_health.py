"""Silences of agents on duty with their causes, and how calls for help ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"


def upgrade() -> None:
    op.create_table(
        "silence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("likelihood", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_silence_order")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_silence_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_silence_branch_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_silence_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_index(op.f("ix_silence_branch_id"), "silence", ["branch_id"])
    op.create_index("ix_silence_agent_id_began_at", "silence", ["agent_id", "began_at"])
    op.create_index("ix_silence_ended_at", "silence", ["ended_at"])
    op.create_index(
        "uq_silence_open",
        "silence",
        ["agent_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "panic_end",
        sa.Column("panic_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_panic_end_branch_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_panic_end_ended_by")),
        sa.ForeignKeyConstraint(["panic_id"], ["panic.id"], name=op.f("fk_panic_end_panic_id")),
        sa.PrimaryKeyConstraint("panic_id", name=op.f("pk_panic_end")),
    )
    op.create_index(op.f("ix_panic_end_branch_id"), "panic_end", ["branch_id"])
    # The sweep of phones' health asks for an agent's newest entries.
    op.create_index("ix_promise_agent_id_made_at", "promise", ["agent_id", "made_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON silence TO roundsman_app")
    op.execute("GRANT SELECT, INSERT ON panic_end TO roundsman_app")
    for table in ("silence", "panic_end"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app"
            f" USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
        )


def downgrade() -> None:
    op.drop_index("ix_promise_agent_id_made_at", table_name="promise")
    op.drop_table("panic_end")
    op.drop_table("silence")
