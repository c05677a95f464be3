"""Leave room beside the rows that every group of pings updates.

An update that finds room on its row's page touches no index (a heap-only tuple); on full pages each
one writes two index entries more and leaves two for vacuum.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE agent_position SET (fillfactor = 50)")
    op.execute("ALTER TABLE agent_dirty SET (fillfactor = 50)")


def downgrade() -> None:
    op.execute("ALTER TABLE agent_position RESET (fillfactor)")
    op.execute("ALTER TABLE agent_dirty RESET (fillfactor)")
