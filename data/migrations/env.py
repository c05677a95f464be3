"""Alembic's entry: runs on the connection that ``data.migrate`` hands over."""

from alembic import context

from data.migrate import is_ours
from data.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=is_ours,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
