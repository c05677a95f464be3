"""Agents who drop out of a day: who makes their visits, until when."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"

# A visit may have begun before it was handed on, and be told of after: the agent who had it may
# still say so. The function runs once a statement, as scope itself does.
HANDED_ON = """
CREATE FUNCTION scope_handed_on() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(array_agg(v.case_id), '{}') FROM absence_visit v
    WHERE v.agent_id = scope_agent() AND v.to_agent_id IS NOT NULL AND v.returned_at IS NULL
$$;
REVOKE ALL ON FUNCTION scope_handed_on() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scope_handed_on() TO roundsman_app;
"""
THE_CASES = f"{IN_SCOPE} AND id = ANY ((SELECT scope_handed_on())::uuid[])"


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("cause IN ('told', 'not_signed_on')", name=op.f("ck_absence_cause")),
        sa.CheckConstraint(
            "(cause = 'told') = (told_by IS NOT NULL)", name=op.f("ck_absence_told_by")
        ),
        sa.CheckConstraint("outcome IN ('came_back', 'day_over')", name=op.f("ck_absence_outcome")),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_absence_ended")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_absence_branch_id")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_absence_agent_id")
        ),
        sa.ForeignKeyConstraint(["told_by"], ["staff.id"], name=op.f("fk_absence_told_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_absence_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_branch_id"), "absence", ["branch_id"])
    op.create_index(op.f("ix_absence_agent_id"), "absence", ["agent_id"])
    op.create_index(
        "uq_absence_open", "absence", ["agent_id", "day"], unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "absence_visit",
        sa.Column("absence_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("to_agent_id", sa.Uuid(), nullable=True),
        sa.Column("urgency", sa.REAL(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(to_agent_id IS NULL) = (reason IS NOT NULL)", name=op.f("ck_absence_visit_reason")
        ),
        sa.CheckConstraint("to_agent_id <> agent_id", name=op.f("ck_absence_visit_hands")),
        sa.CheckConstraint(
            "outcome IN ('returned', 'made', 'under_way', 'moved_on')",
            name=op.f("ck_absence_visit_outcome"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR to_agent_id IS NOT NULL", name=op.f("ck_absence_visit_handed")
        ),
        sa.CheckConstraint(
            "returned_at IS NULL OR outcome IS NOT NULL", name=op.f("ck_absence_visit_returned")
        ),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absence.id"], name=op.f("fk_absence_visit_absence_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_absence_visit_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_absence_visit_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_absence_visit_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_agent_id"], ["agent_profile.agent_id"], name=op.f("fk_absence_visit_to_agent_id")
        ),
        sa.PrimaryKeyConstraint("absence_id", "case_id", name=op.f("pk_absence_visit")),
    )
    for column in ("agent_id", "branch_id", "case_id"):
        op.create_index(op.f(f"ix_absence_visit_{column}"), "absence_visit", [column])
    op.create_index(
        "ix_absence_visit_out", "absence_visit", ["absence_id"],
        postgresql_where=sa.text("to_agent_id IS NOT NULL AND returned_at IS NULL"),
    )  # fmt: skip
    for table in ("absence", "absence_visit"):
        rule = f"{IN_SCOPE} AND {OWN}"
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"REVOKE DELETE ON {table} FROM roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )
    # What was decided stays as it was; only how it ended is written.
    op.execute("GRANT UPDATE (ended_at, ended_by, outcome) ON absence TO roundsman_app")
    op.execute("GRANT UPDATE (outcome, returned_at) ON absence_visit TO roundsman_app")
    op.execute(HANDED_ON)
    op.execute(
        f"CREATE POLICY handed_on_read ON case_file FOR SELECT TO roundsman_app USING ({THE_CASES})"
    )
    op.execute(
        "CREATE POLICY handed_on_change ON case_file FOR UPDATE TO roundsman_app"
        f" USING ({THE_CASES}) WITH CHECK ({THE_CASES})"
    )


def downgrade() -> None:
    op.execute("DROP POLICY handed_on_change ON case_file")
    op.execute("DROP POLICY handed_on_read ON case_file")
    op.execute("DROP FUNCTION scope_handed_on()")
    op.drop_index(
        "ix_absence_visit_out", table_name="absence_visit",
        postgresql_where=sa.text("to_agent_id IS NOT NULL AND returned_at IS NULL"),
    )  # fmt: skip
    for column in ("case_id", "branch_id", "agent_id"):
        op.drop_index(op.f(f"ix_absence_visit_{column}"), table_name="absence_visit")
    op.drop_table("absence_visit")
    op.drop_index(
        "uq_absence_open", table_name="absence", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(op.f("ix_absence_agent_id"), table_name="absence")
    op.drop_index(op.f("ix_absence_branch_id"), table_name="absence")
    op.drop_table("absence")
