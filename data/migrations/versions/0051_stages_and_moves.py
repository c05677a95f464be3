"""Stages decide about visits, receipts are told where their customer is now, customers are reminded of
promises, and facts are planned by how many there are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

IN_BRANCH = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
)
NO_AGENT = "(SELECT scope_agent()) IS NULL"

# Before the field, people write and call; a court case is not worked at the door.
SHIPPED = """
INSERT INTO stage (code, visits, skills) VALUES
    ('pre_due', 'when_asked', '{}'), ('due', 'when_asked', '{}'), ('reminder', 'when_asked', '{}'),
    ('multi_channel', 'when_asked', '{}'), ('risk_watch', 'when_asked', '{}'),
    ('field', 'as_due', '{}'), ('legal', 'never', '{}'), ('closed', 'never', '{}')
"""

# What holds at each stage in branches: what the nearest branch above says, else what is shipped. It
# is asked by people who do not see the branches above, and for all branches of a plan at once.
VISITS_BY_STAGE = """
CREATE FUNCTION visits_by_stage(of_branches uuid[])
RETURNS TABLE (branch_id uuid, stage text, visits text, skills text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE line (of_id, id, steps) AS (
        SELECT id, id, 0 FROM unnest(of_branches) AS b (id)
        UNION ALL
        SELECT l.of_id, b.parent_id, l.steps + 1 FROM line l JOIN branch b ON b.id = l.id
        WHERE b.parent_id IS NOT NULL
    ), said AS (
        SELECT DISTINCT ON (l.of_id, s.stage) l.of_id, s.stage, s.visits, s.skills
        FROM line l JOIN branch_stage s ON s.branch_id = l.id ORDER BY l.of_id, s.stage, l.steps
    )
    SELECT b.id, g.code, coalesce(s.visits, g.visits), coalesce(s.skills, g.skills)
    FROM unnest(of_branches) AS b (id) CROSS JOIN stage g
    LEFT JOIN said s ON s.of_id = b.id AND s.stage = g.code;
END $$;
REVOKE ALL ON FUNCTION visits_by_stage(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visits_by_stage(uuid[]) TO roundsman_app;
"""

# Money stays with the branch that took it when its customer moves. Who sees the case learns that it
# was paid: how much, when, how, by which number; not where, by whom, or what was noted of it.
RECEIPTS_ELSEWHERE = """
CREATE FUNCTION receipts_elsewhere(of_cases uuid[])
RETURNS TABLE (id uuid, case_id uuid, taken_at timestamptz, amount_minor bigint, currency text,
               number text, mode text, is_undone boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
BEGIN
    IF scope_is_everything() OR scope_agent() IS NOT NULL THEN RETURN; END IF;
    RETURN QUERY
    SELECT r.id, r.case_id, r.taken_at, r.amount_minor, r.currency,
           s.prefix || '-' || lpad(r.number::text, greatest(6, length(r.number::text)), '0'),
           r.mode, EXISTS (SELECT FROM receipt_reversal v
                           WHERE v.receipt_id = r.id AND v.state = 'approved')
    FROM case_file c JOIN receipt r ON r.case_id = c.id JOIN receipt_series s ON s.id = r.series_id
    WHERE c.id = ANY (of_cases) AND c.branch_id = ANY (scope_branches())
      AND r.branch_id <> ALL (scope_branches());
END $$;
REVOKE ALL ON FUNCTION receipts_elsewhere(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receipts_elsewhere(uuid[]) TO roundsman_app;
"""

FACTS = ("day_fact", "ended_day")

OLD_PURPOSES = ("receipt", "payment_link", "one_time_code", "visit_missed", "due_reminder")
PROMISED = ("promise_tomorrow", "promise_today", "promise_broken")


def _purposes(purposes: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_message_purpose"), "message")
    op.create_check_constraint(op.f("ck_message_purpose"), "message", f"purpose IN {purposes}")


def _visits(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        "visits IN ('as_due', 'when_asked', 'never')", name=op.f(f"ck_{table}_visits")
    )


def _plan_facts(no_agent: str) -> None:
    for table in FACTS:
        rule = f"{IN_BRANCH} AND {no_agent}"
        op.execute(f"ALTER POLICY scope ON {table} USING ({rule}) WITH CHECK ({rule})")


def upgrade() -> None:
    op.create_table(
        "stage",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("visits", sa.Text(), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        _visits("stage"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_stage")),
    )
    op.create_table(
        "branch_stage",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("visits", sa.Text(), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        _visits("branch_stage"),
        sa.CheckConstraint("stage <> 'closed'", name=op.f("ck_branch_stage_open")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_branch_stage_branch_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_branch_stage_set_by")),
        sa.ForeignKeyConstraint(["stage"], ["stage.code"], name=op.f("fk_branch_stage_stage")),
        sa.PrimaryKeyConstraint("branch_id", "stage", name=op.f("pk_branch_stage")),
    )
    op.execute(SHIPPED)
    op.execute("GRANT SELECT ON stage TO roundsman_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON branch_stage TO roundsman_app")
    rule = f"{IN_BRANCH} AND {NO_AGENT}"
    op.execute(
        f"CREATE POLICY scope ON branch_stage TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
    )
    for table in ("stage", "branch_stage"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY read ON stage FOR SELECT TO roundsman_app USING (true)")
    op.execute(VISITS_BY_STAGE)
    op.execute(RECEIPTS_ELSEWHERE)
    # Of ``(SELECT scope_agent()) IS NULL`` the planner assumes that it holds for one row in 200, and
    # sorted and looped over hundreds of thousands of facts as over a few. With the test inside the
    # subquery it takes every second row, which is near enough.
    _plan_facts("(SELECT scope_agent() IS NULL)")
    _purposes((*OLD_PURPOSES, *PROMISED))


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE purpose LIKE 'promise!_%' ESCAPE '!'")
    _purposes(OLD_PURPOSES)
    _plan_facts(NO_AGENT)
    op.execute("DROP FUNCTION receipts_elsewhere(uuid[])")
    op.execute("DROP FUNCTION visits_by_stage(uuid[])")
    op.drop_table("branch_stage")
    op.drop_table("stage")
