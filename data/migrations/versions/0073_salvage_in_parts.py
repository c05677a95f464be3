"""A wiped phone may hand in what it had not sent in parts."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "phone_salvage",
        sa.Column("is_whole", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("phone_salvage", "is_whole")
