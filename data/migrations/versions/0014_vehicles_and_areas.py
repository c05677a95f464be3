"""How agents get about, and how far from its point an address may be."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint(
        "vehicle", "agent_profile", "vehicle IN ('walking', 'two_wheeler', 'car')"
    )
    op.add_column("address", sa.Column("spread_m", sa.Double(), nullable=True))
    op.create_check_constraint("spread", "address", "spread_m >= 0")
    op.create_index(
        "ix_address_branch_id_pincode", "address", ["branch_id", "pincode"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_address_branch_id_pincode", table_name="address")
    op.drop_constraint("spread", "address", type_="check")
    op.drop_column("address", "spread_m")
    op.drop_constraint("vehicle", "agent_profile", type_="check")
