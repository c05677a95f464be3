"""The server's parts of phones' keys, and what wiped phones have handed in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"


def upgrade() -> None:
    op.create_table(
        "phone_vault",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(part IS NULL) = (destroyed_at IS NOT NULL)", name=op.f("ck_phone_vault_destroyed")
        ),
        sa.CheckConstraint("octet_length(part) = 32", name=op.f("ck_phone_vault_part")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_phone_vault_branch_id")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["staff.id"], name=op.f("fk_phone_vault_agent_id")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_phone_vault_device_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_vault")),
    )
    op.create_table(
        "phone_salvage",
        sa.Column("vault_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_key", postgresql.JSONB(), nullable=False),
        sa.Column("records", postgresql.JSONB(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(opened_at IS NULL) = (opened_by IS NULL)", name=op.f("ck_phone_salvage_opened")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_phone_salvage_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["staff.id"], name=op.f("fk_phone_salvage_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["vault_id"], ["phone_vault.id"], name=op.f("fk_phone_salvage_vault_id")
        ),
        sa.PrimaryKeyConstraint("vault_id", name=op.f("pk_phone_salvage")),
    )
    for table, column in (
        ("phone_vault", "branch_id"), ("phone_vault", "agent_id"), ("phone_vault", "device_id"),
        ("phone_salvage", "branch_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    for table in ("phone_vault", "phone_salvage"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app"
            f" USING ({IN_SCOPE} AND {NO_AGENT}) WITH CHECK ({IN_SCOPE} AND {NO_AGENT})"
        )


def downgrade() -> None:
    op.drop_table("phone_salvage")
    op.drop_table("phone_vault")
