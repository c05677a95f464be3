"""Which cells of a demand file were corrected before it was taken in: line and column, no value."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE demand_file_import ADD COLUMN corrected jsonb NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE demand_file_import ALTER COLUMN corrected DROP DEFAULT")


def downgrade() -> None:
    op.execute("ALTER TABLE demand_file_import DROP COLUMN corrected")
