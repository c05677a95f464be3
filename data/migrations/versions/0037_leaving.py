"""Who left, and what was cleared then."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"


def upgrade() -> None:
    op.create_table(
        "leaving",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cleared", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("ended_by <> staff_id", name=op.f("ck_leaving_another_person")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_leaving_staff_id")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_leaving_branch_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_leaving_ended_by")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_leaving")),
    )
    op.create_index(op.f("ix_leaving_branch_id"), "leaving", ["branch_id"])
    op.execute("GRANT SELECT, INSERT ON leaving TO roundsman_app")
    op.execute("ALTER TABLE leaving ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope_all ON leaving FOR ALL TO roundsman_app"
        f" USING ({IN_SCOPE} AND {NO_AGENT}) WITH CHECK ({IN_SCOPE} AND {NO_AGENT})"
    )


def downgrade() -> None:
    op.drop_table("leaving")
