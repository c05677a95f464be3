"""Promises beyond a branch's terms, by somebody's authority."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("promise", sa.Column("beyond", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("promise", sa.Column("overridden_by", sa.Uuid(), nullable=True))
    op.add_column("promise", sa.Column("override_reason", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_promise_overridden_by"), "promise", "staff", ["overridden_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_promise_overridden"),
        "promise",
        "num_nulls(beyond, overridden_by, override_reason) IN (0, 3)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_promise_overridden"), "promise")
    op.drop_constraint(op.f("fk_promise_overridden_by"), "promise")
    for column in ("override_reason", "overridden_by", "beyond"):
        op.drop_column("promise", column)
