"""Promises beyond a branch's terms, by somebody's authority; files that are looked through;
why members of a center paid nothing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

IN_SCOPE = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
    " AND ((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"
)

# What people wrote of a customer goes when the customer is erased.
ERASES = """
DO $do$ DECLARE f text;
BEGIN
    SELECT pg_get_functiondef(oid) INTO STRICT f FROM pg_proc WHERE proname = 'erase_customer';
    EXECUTE replace(f, $old${old}$old$, $new${new}$new$);
END $do$
"""
ALERTS_ERASED = "    UPDATE alert SET title = gone"
REASONS_ERASED = f"""    UPDATE arrears_plan SET reason = gone
    WHERE case_id = ANY (cases) AND reason IS NOT NULL;
    UPDATE promise SET override_reason = gone
    WHERE case_id = ANY (cases) AND override_reason IS NOT NULL;
{ALERTS_ERASED}"""  # noqa: S608 our own names


def _scans() -> None:
    op.create_table(
        "file_scan",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "found IS NULL OR scanned_at IS NOT NULL", name=op.f("ck_file_scan_found")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_file_scan_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_file_scan_branch_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_file_scan")),
    )
    op.create_index(op.f("ix_file_scan_branch_id"), "file_scan", ["branch_id"])
    op.create_index(
        "ix_file_scan_waiting",
        "file_scan",
        ["asked_at"],
        postgresql_where=sa.text("scanned_at IS NULL"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON file_scan TO roundsman_app")
    op.execute("ALTER TABLE file_scan ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON file_scan TO roundsman_app USING ({IN_SCOPE})"
        f" WITH CHECK ({IN_SCOPE})"
    )


def _subject(columns: str) -> None:
    op.drop_constraint(op.f("ck_root_cause_subject"), "root_cause")
    op.create_check_constraint(
        op.f("ck_root_cause_subject"), "root_cause", f"num_nonnulls({columns}) = 1"
    )


def _unpaid_members() -> None:
    op.add_column("root_cause", sa.Column("meeting_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_root_cause_meeting_id"), "root_cause", "center_meeting", ["meeting_id"], ["id"]
    )
    op.create_unique_constraint(
        op.f("uq_root_cause_meeting_id_case_id"), "root_cause", ["meeting_id", "case_id"]
    )
    _subject("receipt_id, disposition_id, meeting_id")


def upgrade() -> None:
    _scans()
    _unpaid_members()
    op.add_column("promise", sa.Column("beyond", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("promise", sa.Column("overridden_by", sa.Uuid(), nullable=True))
    op.add_column("promise", sa.Column("override_reason", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_promise_overridden_by"), "promise", "staff", ["overridden_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_promise_overridden"),
        "promise",
        "num_nulls(beyond, overridden_by, override_reason) IN (0, 3)",
    )
    op.execute(ERASES.format(old=ALERTS_ERASED, new=REASONS_ERASED))


def downgrade() -> None:
    op.execute("DELETE FROM root_cause WHERE meeting_id IS NOT NULL")
    _subject("receipt_id, disposition_id")
    op.drop_constraint(op.f("uq_root_cause_meeting_id_case_id"), "root_cause")
    op.drop_constraint(op.f("fk_root_cause_meeting_id"), "root_cause")
    op.drop_column("root_cause", "meeting_id")
    op.execute(ERASES.format(old=REASONS_ERASED, new=ALERTS_ERASED))
    op.drop_table("file_scan")
    op.drop_constraint(op.f("ck_promise_overridden"), "promise")
    op.drop_constraint(op.f("fk_promise_overridden_by"), "promise")
    for column in ("override_reason", "overridden_by", "beyond"):
        op.drop_column("promise", column)
