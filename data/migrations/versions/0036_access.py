"""Codes that replace a lost password."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password_code",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("issued_by <> staff_id", name=op.f("ck_password_code_not_their_own")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_password_code_staff_id")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_password_code_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["staff.id"], name=op.f("fk_password_code_issued_by")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_password_code")),
    )
    op.create_index(op.f("ix_password_code_branch_id"), "password_code", ["branch_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON password_code TO roundsman_app")
    op.execute("ALTER TABLE password_code ENABLE ROW LEVEL SECURITY")
    # Secrets are for sign-in alone; whoever has a scope has none of them in it.
    op.execute(
        "CREATE POLICY scope_all ON password_code FOR ALL TO roundsman_app"
        " USING ((SELECT scope_is_everything())) WITH CHECK ((SELECT scope_is_everything()))"
    )


def downgrade() -> None:
    op.drop_table("password_code")
