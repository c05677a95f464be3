"""Documents of proceedings: sealed files, gone with an erased customer."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

OF_A_CASE = "EXISTS (SELECT FROM legal_case l WHERE l.id = legal_case_id)"

REPLACED = """
DO $do$ DECLARE f text;
BEGIN
    SELECT pg_get_functiondef(oid) INTO STRICT f FROM pg_proc WHERE proname = '{function}';
    IF position($old${old}$old$ IN f) = 0 THEN
        RAISE EXCEPTION '{function} is not as it was';
    END IF;
    EXECUTE replace(f, $old${old}$old$, $new${new}$new$);
END $do$
"""
# With its row goes a file's key: what lies on the disk nobody can open any more.
HEARINGS_ERASED = "    UPDATE legal_hearing h SET purpose = gone,"
DOCUMENTS_ERASED = f"""    DELETE FROM legal_document d USING legal_case l
    WHERE l.id = d.legal_case_id AND l.case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT;
    done := done || jsonb_build_object('legal_document', n);
{HEARINGS_ERASED}"""  # noqa: S608 our own names


def upgrade() -> None:
    op.create_table(
        "legal_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("stored_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("file_key", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('notice', 'filing', 'summons', 'order', 'evidence', 'power_of_attorney',"
            " 'settlement', 'bill', 'other')",
            name=op.f("ck_legal_document_kind"),
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_legal_document_size")),
        sa.CheckConstraint(
            "octet_length(file_key) >= 30", name=op.f("ck_legal_document_file_key_sealed")
        ),
        sa.ForeignKeyConstraint(
            ["legal_case_id"], ["legal_case.id"], name=op.f("fk_legal_document_legal_case_id")
        ),
        sa.ForeignKeyConstraint(["kept_by"], ["staff.id"], name=op.f("fk_legal_document_kept_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_document")),
    )
    op.create_index(op.f("ix_legal_document_legal_case_id"), "legal_document", ["legal_case_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE (file_key) ON legal_document TO roundsman_app")
    op.execute("ALTER TABLE legal_document ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON legal_document TO roundsman_app"
        f" USING ({OF_A_CASE}) WITH CHECK ({OF_A_CASE})"
    )
    op.execute(
        REPLACED.format(function="erase_customer", old=HEARINGS_ERASED, new=DOCUMENTS_ERASED)
    )


def downgrade() -> None:
    op.execute(
        REPLACED.format(function="erase_customer", old=DOCUMENTS_ERASED, new=HEARINGS_ERASED)
    )
    op.drop_table("legal_document")
