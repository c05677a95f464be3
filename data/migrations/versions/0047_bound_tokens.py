"""Tokens that are bound to a phone's key, the last reminder that a program's key ends, and numbers as
a permission: composed roles and keys that read numbers until now go on doing so."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

GIVE = (
    "UPDATE {table} SET permissions = array_append(permissions, 'numbers.see')"
    " WHERE permissions && ARRAY['field.see', 'desk.see']"  # what opened what tells numbers
)
TAKE = "UPDATE {table} SET permissions = array_remove(permissions, 'numbers.see')"


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
    for table in ("composed_role", "api_key"):
        op.execute(GIVE.format(table=table))
    op.execute("GRANT UPDATE (reminded_days) ON api_key TO roundsman_app")


def downgrade() -> None:
    for table in ("composed_role", "api_key"):
        op.execute(TAKE.format(table=table))
    op.drop_column("api_key", "reminded_days")
    op.drop_column("device", "proof_key")
    op.drop_column("access_token", "proof_key")
