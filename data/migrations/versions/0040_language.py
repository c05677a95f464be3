"""The language that a person has chosen for the office's pages."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("language", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_staff_language"), "staff", "language ~ '^[a-z]{2}$'")
    op.execute("GRANT UPDATE (language) ON staff TO roundsman_app")


def downgrade() -> None:
    op.drop_column("staff", "language")
