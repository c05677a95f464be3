"""Files are sealed, each under a key of its own, and may come in parts; so is what is noted of
contacts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

from core.sealing.file_key import FileKey
from core.settings import settings
from data.sealed import cipher

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

WITH_FILES = ("attachment", "deposit_slip")
IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
AT_ONCE = 5_000
NOTED = (
    ("disposition", "person_name", True), ("disposition", "note", True),
    ("next_action", "note", True), ("root_cause", "note", False), ("root_cause", "action", True),
    ("root_cause", "outcome", True),
)  # fmt: skip
"""A table, its column, and whether it may be null."""
CONSTRAINTS = (
    ("disposition", "person_name", "person IS NOT NULL OR person_name IS NULL"),
    ("root_cause", "action", "num_nulls(action, action_at, action_by) IN (0, 3)"),
    ("root_cause", "closed", "num_nulls(outcome, closed_at, closed_by) IN (0, 3)"),
)
"""What goes with a column that is put in another's place, and comes again."""
NOT_BLANK = "length(btrim(note)) > 0"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"


def upgrade() -> None:
    for table in WITH_FILES:
        op.add_column(table, sa.Column("file_key", sa.LargeBinary(), nullable=True))
        op.create_check_constraint(
            op.f(f"ck_{table}_file_key_sealed"), table, "octet_length(file_key) >= 30"
        )
        # Files from before are sealed by `keys rotate`; new ones come sealed or not at all.
        op.execute(
            f"CREATE POLICY comes_sealed ON {table} AS RESTRICTIVE FOR INSERT TO roundsman_app"
            " WITH CHECK (file_key IS NOT NULL)"
        )
        op.execute(f"GRANT UPDATE (file_key) ON {table} TO roundsman_app")
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_key", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes BETWEEN 1 AND 10000000", name=op.f("ck_upload_size")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_upload_sha256")),
        sa.CheckConstraint("expires_at > began_at", name=op.f("ck_upload_expires")),
        sa.CheckConstraint("octet_length(file_key) >= 30", name=op.f("ck_upload_file_key_sealed")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_upload_branch_id")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_upload_agent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    for column in ("branch_id", "agent_id", "expires_at"):
        op.create_index(op.f(f"ix_upload_{column}"), "upload", [column])
    op.execute("GRANT SELECT, INSERT, DELETE ON upload TO roundsman_app")
    op.execute("GRANT UPDATE (file_key, expires_at) ON upload TO roundsman_app")
    op.execute("ALTER TABLE upload ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON upload TO roundsman_app"
        f" USING ({IN_SCOPE} AND {OWN}) WITH CHECK ({IN_SCOPE} AND {OWN})"
    )

    op.drop_constraint(op.f("ck_root_cause_note"), "root_cause")
    _put_in_place("bytea", lambda text: cipher().seal(text))
    for table, column, _ in NOTED:
        op.create_check_constraint(
            op.f(f"ck_{table}_{column}_sealed"), table, f"octet_length({column}) >= 30"
        )
        op.execute(f"GRANT UPDATE ({column}) ON {table} TO roundsman_app")
    op.execute(
        "CREATE POLICY sealed_anew ON disposition FOR UPDATE TO roundsman_app"
        " USING ((SELECT scope_is_everything())) WITH CHECK ((SELECT scope_is_everything()))"
    )
    _erase_with("note = nothing")


def downgrade() -> None:
    _erase_with("note = 'Erased'")
    op.execute("DROP POLICY sealed_anew ON disposition")
    _put_in_place("text", lambda value: cipher().open(value))
    op.execute("UPDATE root_cause SET note = 'Erased' WHERE btrim(note) = ''")
    op.create_check_constraint(op.f("ck_root_cause_note"), "root_cause", NOT_BLANK)
    op.execute("GRANT UPDATE (action, outcome) ON root_cause TO roundsman_app")
    op.drop_table("upload")
    for table in WITH_FILES:
        _open_files(table)
        op.execute(f"DROP POLICY comes_sealed ON {table}")
        op.drop_column(table, "file_key")


def _open_files(table: str) -> None:
    """Put files in the clear again, by the names that they had then."""
    found = op.get_bind().execute(
        sa.text(
            f"SELECT stored_sha256, file_key FROM {table} WHERE file_key IS NOT NULL"  # noqa: S608
        )
    )
    for row in found:
        key = FileKey.read(cipher().open(row.file_key))
        sealed, clear = _path(key.name), _path(bytes(row.stored_sha256).hex())
        if sealed.exists():
            clear.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            clear.write_bytes(key.open(sealed.read_bytes()))
            clear.chmod(0o600)


def _path(name: str) -> Path:
    return settings().attachment_dir / name[:2] / name


def _erase_with(assignment: str) -> None:
    """Have erasures write something else over the notes of root causes."""
    (other,) = {"note = nothing", "note = 'Erased'"} - {assignment}
    old, new = (f"UPDATE root_cause SET {each}" for each in (other, assignment))  # noqa: S608
    [definition] = op.get_bind().scalars(
        sa.text("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = 'erase_customer'")
    )
    assert old in definition
    op.get_bind().exec_driver_sql(definition.replace(old, new))


def _put_in_place(kind: str, converted: Callable[[Any], Any]) -> None:
    """Give the notes a column of another kind, filled from the one that was there."""
    type_ = sa.Text() if kind == "text" else sa.LargeBinary()
    for table, column, nullable in NOTED:
        op.add_column(table, sa.Column(f"{column}_new", type_, nullable=True))
        _rewrite(table, column, kind, converted)
        if not nullable:
            op.alter_column(table, f"{column}_new", nullable=False)
        op.drop_column(table, column)
        op.alter_column(table, f"{column}_new", new_column_name=column)
    for table, name, rule in CONSTRAINTS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _rewrite(table: str, column: str, kind: str, converted: Callable[[Any], Any]) -> None:
    """Fill a column of a kind from another, some thousand rows at a time."""
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        found = (
            op.get_bind()
            .execute(
                sa.text(
                    f"SELECT id, {column} AS value FROM {table}"  # noqa: S608
                    f" WHERE {column} IS NOT NULL AND id > :after ORDER BY id LIMIT {AT_ONCE}"
                ),
                {"after": after},
            )
            .all()
        )
        if not found:
            return
        op.get_bind().execute(
            sa.text(
                f"UPDATE {table} t SET {column}_new = n.value"  # noqa: S608
                f" FROM unnest(CAST(:ids AS uuid[]), CAST(:values AS {kind}[])) AS n (id, value)"
                " WHERE t.id = n.id"
            ),
            {"ids": [r.id for r in found], "values": [converted(r.value) for r in found]},
        )
        after = found[-1].id
