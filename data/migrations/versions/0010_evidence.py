"""Sealed records, chained for each agent, and the files that agents take in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("original_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("stored_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("exif", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("device_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("server_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('photo', 'signature', 'document')", name=op.f("ck_attachment_kind")
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_attachment_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_attachment_branch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(
            ["check_in_id"], ["check_in.id"], name=op.f("fk_attachment_check_in_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_branch_id"), "attachment", ["branch_id"])
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"])
    op.create_index(op.f("ix_attachment_check_in_id"), "attachment", ["check_in_id"])
    op.create_index(op.f("ix_attachment_original_sha256"), "attachment", ["original_sha256"])
    op.create_index("ix_attachment_agent_id_device_time", "attachment", ["agent_id", "device_time"])
    op.create_index("ix_check_out_agent_id_device_time", "check_out", ["agent_id", "device_time"])

    op.create_table(
        "evidence",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "follows_seq",
            sa.BigInteger(),
            sa.Computed("CASE WHEN seq > 1 THEN seq - 1 END", persisted=True),
            nullable=True,
        ),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("fact_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('visit', 'withdrawn', 'check-in', 'check-out', 'attachment')",
            name=op.f("ck_evidence_kind"),
        ),
        sa.CheckConstraint(
            "(visit_id IS NULL) = (fact_id IS NOT NULL)", name=op.f("ck_evidence_subject")
        ),
        # What the hashes are of is told in docs/decisions/0014-evidence-chain.md.
        sa.CheckConstraint(
            r"content_hash = sha256('roundsman-evidence/1 content\000'::bytea || content)",
            name=op.f("ck_evidence_content_hash"),
        ),
        sa.CheckConstraint(
            r"hash = sha256('roundsman-evidence/1 link\000'::bytea || previous || content_hash)",
            name=op.f("ck_evidence_hash"),
        ),
        sa.CheckConstraint(
            r"seq > 1 OR seq = 1 AND previous = sha256('roundsman-evidence/1 origin\000'::bytea || uuid_send(agent_id))",
            name=op.f("ck_evidence_origin"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_evidence_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_evidence_branch_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_evidence_visit_id")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["visit.id"], name=op.f("fk_evidence_replaces_id")
        ),
        sa.PrimaryKeyConstraint("agent_id", "seq", name=op.f("pk_evidence")),
        sa.UniqueConstraint("agent_id", "seq", "hash", name=op.f("uq_evidence_agent_id_seq_hash")),
        sa.UniqueConstraint("visit_id", "kind", name=op.f("uq_evidence_visit_id_kind")),
        sa.UniqueConstraint("fact_id", name=op.f("uq_evidence_fact_id")),
        sa.UniqueConstraint("previous", name=op.f("uq_evidence_previous")),
        sa.ForeignKeyConstraint(
            ["agent_id", "follows_seq", "previous"],
            ["evidence.agent_id", "evidence.seq", "evidence.hash"],
            name="fk_evidence_previous",
        ),
    )
    op.create_index(op.f("ix_evidence_branch_id"), "evidence", ["branch_id"])
    op.create_index("ix_evidence_agent_id_happened_at", "evidence", ["agent_id", "happened_at"])
    op.create_index(
        "ix_evidence_replaces_id",
        "evidence",
        ["replaces_id"],
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )
    for table in ("attachment", "evidence"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app"
            f" USING ({IN_SCOPE} AND {OWN}) WITH CHECK ({IN_SCOPE} AND {OWN})"
        )


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_index("ix_check_out_agent_id_device_time", table_name="check_out")
    op.drop_table("attachment")
