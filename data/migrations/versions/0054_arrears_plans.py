"""Arrears are paid in parts: rules say to whom that may be offered, and a plan that was accepted takes
over what was due, to the unit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

IN_SCOPE = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
    " AND (SELECT scope_agent() IS NULL)"
)
HEADS = ("principal_minor", "interest_minor", "charges_minor", "penal_minor")

# The list of the nearest branch above that has one, asked by people who do not see that branch.
RULES = """
CREATE FUNCTION arrears_rules_of(of_branch uuid) RETURNS SETOF arrears_rule
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE above (id, parent_id, steps) AS (
        SELECT id, parent_id, 0 FROM branch WHERE id = of_branch
        UNION ALL
        SELECT b.id, b.parent_id, steps + 1 FROM branch b JOIN above ON b.id = above.parent_id
    ), nearest AS (
        SELECT l.branch_id FROM above JOIN arrears_rule_list l ON l.branch_id = above.id
        ORDER BY steps LIMIT 1
    )
    SELECT r.* FROM arrears_rule r JOIN nearest USING (branch_id) ORDER BY r.place;
END $$;
REVOKE ALL ON FUNCTION arrears_rules_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION arrears_rules_of(uuid) TO roundsman_app;
"""

# Whatever was taken over is demanded again by the plan's installments, no more and no less; and a
# demand knows how much of it was.
BALANCE = """
CREATE FUNCTION arrears_plan_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF (SELECT coalesce(sum(total_minor), 0) FROM arrears_taken WHERE plan_id = NEW.plan_id)
       <> (SELECT coalesce(sum(total_minor + moved_minor), 0) FROM demand
           WHERE arrears_plan_id = NEW.plan_id)
       OR (SELECT moved_minor FROM demand WHERE id = NEW.demand_id)
       <> (SELECT sum(total_minor) FROM arrears_taken WHERE demand_id = NEW.demand_id) THEN
        RAISE EXCEPTION 'plan % does not demand what it has taken over', NEW.plan_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_arrears_plan_balanced';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER arrears_plan_balanced AFTER INSERT OR UPDATE ON arrears_taken
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION arrears_plan_balances();
"""

DEMANDED = """
CREATE OR REPLACE FUNCTION receipt_demanded(of_receipt uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(sum(d.total_minor - d.paid_minor + coalesce(since.minor, 0){moved}), 0)::bigint
    FROM receipt r JOIN branch b ON b.id = r.branch_id
    JOIN demand d ON d.account_id = r.account_id
                 AND d.due_on <= (r.taken_at AT TIME ZONE b.zone)::date
    LEFT JOIN LATERAL (
        SELECT sum(a.amount_minor) AS minor
        FROM receipt_allocation a JOIN receipt o ON o.id = a.receipt_id
        WHERE a.demand_id = d.id AND (o.received_at, o.id) >= (r.received_at, r.id)
          AND NOT EXISTS (SELECT FROM receipt_reversal v
                          WHERE v.receipt_id = o.id AND v.state = 'approved')
    ) since ON true
    WHERE r.id = of_receipt
$$
"""
# What a plan took over since was still demanded then.
MOVED_SINCE = """
        + coalesce((SELECT sum(t.total_minor) FROM arrears_taken t
                    JOIN arrears_plan p ON p.id = t.plan_id
                    WHERE t.demand_id = d.id AND p.accepted_at >= r.received_at), 0)"""

MOVES = """
DO $do$ BEGIN
    EXECUTE replace(pg_get_functiondef('move_customer(uuid, timestamptz)'::regprocedure),
                    $old${old}$old$, $new${new}$new$);
END $do$
"""
CASES_MOVE = "    UPDATE case_file SET branch_id = m.to_branch_id WHERE id = ANY (cases);"
PLANS_MOVE = f"""    UPDATE arrears_plan SET branch_id = m.to_branch_id
    WHERE account_id = ANY (accounts);
{CASES_MOVE}"""  # noqa: S608 our own names


def _heads() -> list[sa.Column[int]]:
    return [
        sa.Column(name, sa.BigInteger(), nullable=False) for name in (*HEADS, "total_minor")
    ]  # fmt: skip


def _adds_up(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"least({', '.join(HEADS)}) >= 0 AND total_minor = {' + '.join(HEADS)}",
        name=op.f(f"ck_{table}_total"),
    )


def _rules() -> None:
    op.create_table(
        "arrears_rule_list",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_arrears_rule_list_branch_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_arrears_rule_list_set_by")),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_arrears_rule_list")),
    )
    op.create_table(
        "arrears_rule",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("dpd_from", sa.Integer(), nullable=False),
        sa.Column("dpd_to", sa.Integer(), nullable=False),
        sa.Column("paid_dues_least", sa.Integer(), nullable=False),
        sa.Column("broken_most", sa.Integer(), nullable=False),
        sa.Column("overdue_most_minor", sa.BigInteger(), nullable=True),
        sa.Column("installments_most", sa.Integer(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("first_within_days", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("dpd_from BETWEEN 0 AND dpd_to", name=op.f("ck_arrears_rule_dpd")),
        sa.CheckConstraint(
            "least(paid_dues_least, broken_most, grace_days, overdue_most_minor) >= 0",
            name=op.f("ck_arrears_rule_bounds"),
        ),
        sa.CheckConstraint(
            "installments_most BETWEEN 2 AND 60 AND every BETWEEN 1 AND 366"
            " AND unit IN ('day', 'month') AND first_within_days BETWEEN 1 AND 366",
            name=op.f("ck_arrears_rule_offer"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"],
            ["arrears_rule_list.branch_id"],
            name=op.f("fk_arrears_rule_branch_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("branch_id", "place", name=op.f("pk_arrears_rule")),
    )


def _plans() -> None:
    op.create_table(
        "arrears_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        *_heads(),
        sa.Column("installments", sa.Integer(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'offered'"), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        _adds_up("arrears_plan"),
        sa.CheckConstraint(
            "installments BETWEEN 2 AND 60 AND total_minor >= installments"
            " AND every BETWEEN 1 AND 366 AND unit IN ('day', 'month') AND grace_days >= 0",
            name=op.f("ck_arrears_plan_parts"),
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'lapsed', 'kept', 'broken', 'ended')",
            name=op.f("ck_arrears_plan_state"),
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'kept', 'broken', 'ended')) = (accepted_at IS NOT NULL)"
            " AND num_nulls(accepted_at, accepted_by) IN (0, 2)",
            name=op.f("ck_arrears_plan_accepted"),
        ),
        sa.CheckConstraint(
            "(state IN ('offered', 'accepted')) = (settled_at IS NULL)"
            " AND (state IN ('declined', 'ended')) = (settled_by IS NOT NULL)"
            " AND (settled_by IS NULL) = (reason IS NULL)",
            name=op.f("ck_arrears_plan_settled"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_arrears_plan_{column}"))
            for column, of in (
                ("branch_id", "branch.id"), ("account_id", "account.id"),
                ("case_id", "case_file.id"), ("offered_by", "staff.id"),
                ("accepted_by", "staff.id"), ("settled_by", "staff.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrears_plan")),
    )  # fmt: skip
    for column in ("branch_id", "account_id", "case_id"):
        op.create_index(op.f(f"ix_arrears_plan_{column}"), "arrears_plan", [column])
    op.create_index(
        "uq_arrears_plan_open",
        "arrears_plan",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('offered', 'accepted')"),
    )
    op.create_table(
        "arrears_taken",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        *_heads(),
        _adds_up("arrears_taken"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["arrears_plan.id"], name=op.f("fk_arrears_taken_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_arrears_taken_demand_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "demand_id", name=op.f("pk_arrears_taken")),
    )
    op.create_index(op.f("ix_arrears_taken_demand_id"), "arrears_taken", ["demand_id"])


def _demands() -> None:
    op.add_column("demand", sa.Column("arrears_plan_id", sa.Uuid(), nullable=True))
    op.add_column(
        "demand",
        sa.Column("moved_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.create_check_constraint(op.f("ck_demand_moved"), "demand", "moved_minor >= 0")
    op.create_foreign_key(
        op.f("fk_demand_arrears_plan_id"), "demand", "arrears_plan", ["arrears_plan_id"], ["id"]
    )
    op.drop_constraint(op.f("uq_demand_account_id_due_on"), "demand")
    # A plan's installment may fall on the day of one of the lender's own.
    op.create_index(
        "uq_demand_account_id_due_on",
        "demand",
        ["account_id", "due_on"],
        unique=True,
        postgresql_where=sa.text("arrears_plan_id IS NULL"),
    )
    op.create_index(
        "uq_demand_arrears_plan_id_due_on",
        "demand",
        ["arrears_plan_id", "due_on"],
        unique=True,
        postgresql_where=sa.text("arrears_plan_id IS NOT NULL"),
    )


def upgrade() -> None:
    _rules()
    _plans()
    _demands()
    op.execute(RULES)
    op.execute(BALANCE)
    op.execute(DEMANDED.format(moved=MOVED_SINCE))
    op.execute(MOVES.format(old=CASES_MOVE, new=PLANS_MOVE))
    op.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON arrears_rule_list, arrears_rule TO roundsman_app"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON arrears_plan, arrears_taken TO roundsman_app")
    policies = {
        "arrears_rule_list": IN_SCOPE,
        "arrears_rule": IN_SCOPE,
        "arrears_plan": IN_SCOPE,
        "arrears_taken": "EXISTS (SELECT FROM arrears_plan p WHERE p.id = plan_id)",
    }
    for table, rule in policies.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )


def downgrade() -> None:
    op.execute(MOVES.format(old=PLANS_MOVE, new=CASES_MOVE))
    op.execute(DEMANDED.format(moved=""))
    op.execute("DROP FUNCTION arrears_rules_of(uuid)")
    op.drop_index("uq_demand_arrears_plan_id_due_on", table_name="demand")
    op.drop_index("uq_demand_account_id_due_on", table_name="demand")
    op.create_unique_constraint(
        op.f("uq_demand_account_id_due_on"), "demand", ["account_id", "due_on"]
    )
    op.drop_constraint(op.f("fk_demand_arrears_plan_id"), "demand")
    op.drop_constraint(op.f("ck_demand_moved"), "demand")
    op.drop_column("demand", "moved_minor")
    op.drop_column("demand", "arrears_plan_id")
    op.drop_table("arrears_taken")
    op.execute("DROP FUNCTION arrears_plan_balances()")
    op.drop_table("arrears_plan")
    op.drop_table("arrears_rule")
    op.drop_table("arrears_rule_list")
