"""Suspicions, what supervisors decided on them, and which days have been looked at."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
"""Agents see nothing of it, not even about themselves."""


def upgrade() -> None:
    op.create_table(
        "judged_day",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_judged_day_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_judged_day_branch_id")),
        sa.PrimaryKeyConstraint("agent_id", "day", name=op.f("pk_judged_day")),
    )
    op.create_index(op.f("ix_judged_day_branch_id"), "judged_day", ["branch_id"])
    op.create_table(
        "suspicion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_suspicion_score")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_suspicion_version")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_suspicion_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_suspicion_branch_id")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_suspicion")),
        sa.UniqueConstraint(
            "kind", "subject_id", "day", "version",
            name=op.f("uq_suspicion_kind_subject_id_day_version"),
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_suspicion_branch_id"), "suspicion", ["branch_id"])
    op.create_index(op.f("ix_suspicion_agent_id"), "suspicion", ["agent_id"])
    op.create_index("ix_suspicion_agent_id_day", "suspicion", ["agent_id", "day"])
    op.create_index("ix_suspicion_found_at", "suspicion", ["found_at"])
    op.create_table(
        "suspicion_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("suspicion_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('accepted', 'rejected')", name=op.f("ck_suspicion_review_decision")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_suspicion_review_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_suspicion_review_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["suspicion_review.id"],
            name=op.f("fk_suspicion_review_replaces_id"),
        ),
        sa.ForeignKeyConstraint(
            ["suspicion_id", "version"],
            ["suspicion.id", "suspicion.version"],
            name=op.f("fk_suspicion_review_suspicion_id_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspicion_review")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_suspicion_review_replaces_id")),
    )
    op.create_index(op.f("ix_suspicion_review_branch_id"), "suspicion_review", ["branch_id"])
    op.create_index("ix_suspicion_review_suspicion_id", "suspicion_review", ["suspicion_id"])
    op.create_index(
        "uq_suspicion_review_first",
        "suspicion_review",
        ["suspicion_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id IS NULL"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON judged_day TO roundsman_app")
    op.execute("GRANT SELECT, INSERT ON suspicion, suspicion_review TO roundsman_app")
    for table in ("judged_day", "suspicion", "suspicion_review"):
        rule = f"{IN_SCOPE} AND {NO_AGENT}"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )


def downgrade() -> None:
    op.drop_table("suspicion_review")
    op.drop_table("suspicion")
    op.drop_table("judged_day")
