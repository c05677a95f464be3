"""Tokens that are bound to a phone's key, and the last reminder that a program's key ends."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("access_token", "device"):
        op.add_column(table, sa.Column("proof_key", sa.LargeBinary(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_{table}_proof_key"), table, "octet_length(proof_key) = 32"
        )
    op.add_column("api_key", sa.Column("reminded_days", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_api_key_reminded_days"), "api_key", "reminded_days IN (3, 14)"
    )
    op.execute("GRANT UPDATE (reminded_days) ON api_key TO roundsman_app")


def downgrade() -> None:
    op.drop_column("api_key", "reminded_days")
    op.drop_column("device", "proof_key")
    op.drop_column("access_token", "proof_key")
