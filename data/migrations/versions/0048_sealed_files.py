"""Files are sealed, each under a key of its own, and may come in parts."""

from pathlib import Path

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


def downgrade() -> None:
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
