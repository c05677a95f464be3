"""What somebody who takes an alert on is going to do about it."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the note."""
    op.add_column("alert", sa.Column("acknowledged_note", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_alert_noted"),
        "alert",
        "acknowledged_note IS NULL OR acknowledged_at IS NOT NULL"
        " AND length(acknowledged_note) BETWEEN 1 AND 500",
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("alert", "acknowledged_note")
