"""Secrets of authenticator apps, and the installation's own keys, are encrypted, too."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from data.sealed import cipher

revision = "0066"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _replace("second_factor", "staff_id", "secret", sa.LargeBinary(), cipher().seal)
    _replace(
        "server_key", "purpose", "private_key", sa.LargeBinary(),
        lambda key: cipher().seal(b64encode(key).decode()),
    )  # fmt: skip
    for table, column in (("second_factor", "secret"), ("server_key", "private_key")):
        op.create_check_constraint(
            op.f(f"ck_{table}_{column}_sealed"), table, f"octet_length({column}) >= 30"
        )
    op.execute("GRANT UPDATE (private_key) ON server_key TO roundsman_app")


def downgrade() -> None:
    _replace("second_factor", "staff_id", "secret", sa.Text(), cipher().open)
    _replace(
        "server_key", "purpose", "private_key", sa.LargeBinary(),
        lambda box: b64decode(cipher().open(box)),
    )  # fmt: skip


def _replace(
    table: str, key: str, column: str, kind: sa.types.TypeEngine[Any], converted: Callable[..., Any]
) -> None:
    """Have a column hold what its values are converted to; what hung on it goes."""
    connection = op.get_bind()
    op.add_column(table, sa.Column(f"{column}_new", kind, nullable=True))
    found = connection.execute(sa.text(f"SELECT {key} AS key, {column} AS value FROM {table}"))  # noqa: S608
    for row in found.all():
        connection.execute(
            sa.text(f"UPDATE {table} SET {column}_new = :value WHERE {key} = :key"),  # noqa: S608
            {"key": row.key, "value": converted(row.value)},
        )
    op.alter_column(table, f"{column}_new", nullable=False)
    op.drop_column(table, column)
    op.alter_column(table, f"{column}_new", new_column_name=column)
