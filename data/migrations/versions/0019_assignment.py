"""Who may own which case, planned and pinned moves, reasons, proposals; cases that are lent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
"""Agents see nothing of how cases are allocated, not even of their own."""

OFFICE = (
    "case_tag", "agent_certificate", "product_certificates", "conflict_of_interest", "case_pin",
    "planned_move", "unallocated", "allocation_run", "assignment_proposal",
)  # fmt: skip

# A lent case is seen by whoever sees the borrowing agent's branch, while the assignment lasts; an
# agent sees what is lent to that agent. Both functions run once a statement, as scope itself does.
LENT = """
CREATE FUNCTION scope_lent_cases() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(array_agg(case_id), '{}') FROM assignment
    WHERE lent_to_branch_id IS NOT NULL AND upper_inf(during)
      AND lent_to_branch_id = ANY (scope_branches())
      AND (scope_agent() IS NULL OR agent_id = scope_agent())
$$;
REVOKE ALL ON FUNCTION scope_lent_cases() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scope_lent_cases() TO roundsman_app;

-- What hangs on the lent cases: ids of accounts, customers, addresses or branches.
CREATE FUNCTION scope_lent(what text) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(array_agg(CASE what WHEN 'account' THEN account_id
                                        WHEN 'customer' THEN customer_id
                                        WHEN 'address' THEN address_id
                                        WHEN 'branch' THEN branch_id END), '{}')
    FROM case_file WHERE id = ANY (scope_lent_cases())
$$;
REVOKE ALL ON FUNCTION scope_lent(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scope_lent(text) TO roundsman_app;

-- The branches whose contact rules, holidays and classes of products hold for lent cases.
CREATE FUNCTION scope_lent_above() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(array_agg(DISTINCT l.branch_id), '{}')
    FROM unnest(scope_lent('branch')) AS b (id) CROSS JOIN LATERAL branch_line(b.id) l
$$;
REVOKE ALL ON FUNCTION scope_lent_above() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION scope_lent_above() TO roundsman_app;

-- Who has been at which lent case on a day. The borrowing office plans by that, and sees nothing
-- of what was said or paid.
CREATE FUNCTION lent_reached(on_day date) RETURNS TABLE (agent_id uuid, case_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH lent AS MATERIALIZED (
        SELECT c.id, b.zone FROM unnest(scope_lent_cases()) AS l (id)
        JOIN case_file c ON c.id = l.id JOIN branch b ON b.id = c.branch_id
    )
    SELECT f.agent_id, f.case_id
    FROM (SELECT agent_id, case_id, device_time AS at FROM check_in
          UNION ALL SELECT agent_id, case_id, taken_at FROM receipt
          UNION ALL SELECT agent_id, case_id, made_at FROM promise) f
    JOIN lent ON lent.id = f.case_id
    WHERE (f.at AT TIME ZONE lent.zone)::date = on_day
$$;
REVOKE ALL ON FUNCTION lent_reached(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lent_reached(date) TO roundsman_app;

-- By which clock and in which hours a branch's customers are visited, whoever visits them.
CREATE FUNCTION branch_hours(of_branch uuid)
RETURNS TABLE (zone text, country text, contact_from time, contact_to time)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT zone, country, contact_from, contact_to FROM branch WHERE id = of_branch
$$;
REVOKE ALL ON FUNCTION branch_hours(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION branch_hours(uuid) TO roundsman_app;
"""

THE_CASES = "ANY ((SELECT scope_lent_cases())::uuid[])"
OWN = "agent_id = (SELECT scope_agent())"


def _lent(what: str) -> str:
    return f"ANY ((SELECT scope_lent('{what}'))::uuid[])"


READ = {
    "case_file": f"id = {THE_CASES}",
    "account": f"id = {_lent('account')}",
    "demand": f"account_id = {_lent('account')}",
    "customer": f"id = {_lent('customer')}",
    "address": f"id = {_lent('address')}",
    "fence": f"address_id = {_lent('address')}",
    "promise": f"case_id = {THE_CASES}",
    "branch": f"(SELECT scope_agent()) IS NOT NULL AND id = {_lent('branch')}",
    "assignment": "lent_to_branch_id = ANY ((SELECT scope_branches())::uuid[])"
    f" AND ((SELECT scope_agent()) IS NULL OR {OWN})",
    **dict.fromkeys(
        ("receipt", "check_in", "check_out", "attachment", "address_pin", "contact_decision"), OWN
    ),
    **dict.fromkeys(
        ("contact_rule", "holiday", "product_class"),
        "branch_id = ANY ((SELECT scope_lent_above())::uuid[])",
    ),
    **dict.fromkeys(
        ("contact_preference", "occasion_hold", "contact_fact", "contact_attempt"),
        f"customer_id = {_lent('customer')}",
    ),
    "meeting_attendance": f"account_id = {_lent('account')}",
    "case_instruction": f"case_id = {THE_CASES}",
    "meeting_chance": f"case_id = {THE_CASES}",
    "learned_service_time": f"branch_id = {_lent('branch')}",
}
"""What is seen of lent cases, beside what is in scope: what a visit needs, and what planning and
the contact gate ask. And agents see their own facts."""

BY_AN_AGENT = "(SELECT scope_agent()) IS NOT NULL"
CHANGED = {
    **{
        table: f"{READ[table]} AND {BY_AN_AGENT}"
        for table in ("case_file", "account", "demand", "promise")
    },
    "contact_attempt": f"{READ['contact_attempt']} AND {OWN}",
}
"""What money, promises and visits of the agent on a lent case change."""

ADDED = {
    "receipt": f"{OWN} AND case_id = {THE_CASES}",
    "check_in": f"{OWN} AND case_id = {THE_CASES}",
    "check_out": f"{OWN} AND check_in_id IN (SELECT id FROM check_in WHERE case_id ="  # noqa: S608
    f" {THE_CASES})",
    "promise": f"{OWN} AND case_id = {THE_CASES}",
    "attachment": f"{OWN} AND case_id = {THE_CASES}",
    "address_pin": f"{OWN} AND case_id = {THE_CASES}",
    "contact_attempt": f"{OWN} AND customer_id = {_lent('customer')}",
    # The borrowing office, too, has rounds planned, and the gate decides on each visit.
    "contact_decision": f"({NO_AGENT} OR {OWN}) AND case_id = {THE_CASES}",
    "contact_rulebook": f"branch_id = {_lent('branch')}",
}
"""What may be added to a lent case. The rows belong to the branch that owns it."""

# Nobody needs to see the branches above for what holds there.
CERTIFICATES = """
CREATE FUNCTION certificates_of(of_branch uuid, of_product text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT p.certificates FROM branch_line(of_branch) l
    JOIN product_certificates p ON p.branch_id = l.branch_id
    WHERE p.product_code = of_product ORDER BY l.steps LIMIT 1
$$;
REVOKE ALL ON FUNCTION certificates_of(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION certificates_of(uuid, text) TO roundsman_app;
"""


def upgrade() -> None:
    op.create_table(
        "allocation_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_allocation_run_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_run")),
    )
    op.create_index(
        op.f("ix_allocation_run_branch_id"), "allocation_run", ["branch_id"], unique=False
    )
    op.create_index(
        "ix_allocation_run_ran_at", "allocation_run", ["branch_id", "ran_at"], unique=False
    )
    op.create_table(
        "assignment_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL)", name=op.f("ck_assignment_proposal_settled")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'published', 'discarded')", name=op.f("ck_assignment_proposal_state")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_assignment_proposal_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["staff.id"], name=op.f("fk_assignment_proposal_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["staff.id"], name=op.f("fk_assignment_proposal_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_proposal")),
    )
    op.create_index(
        op.f("ix_assignment_proposal_branch_id"), "assignment_proposal", ["branch_id"], unique=False
    )
    op.create_table(
        "center",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("split_by", sa.Uuid(), nullable=True),
        sa.Column("split_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(split_at, split_by, split_reason) IN (0, 3)", name=op.f("ck_center_split")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_center_branch_id")),
        sa.ForeignKeyConstraint(["split_by"], ["staff.id"], name=op.f("fk_center_split_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_center")),
        sa.UniqueConstraint("branch_id", "code", name=op.f("uq_center_branch_id_code")),
    )
    op.create_index(op.f("ix_center_branch_id"), "center", ["branch_id"], unique=False)
    op.create_table(
        "product_certificates",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("certificates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_product_certificates_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["staff.id"], name=op.f("fk_product_certificates_set_by")
        ),
        sa.PrimaryKeyConstraint("branch_id", "product_code", name=op.f("pk_product_certificates")),
    )
    op.create_table(
        "agent_certificate",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_agent_certificate_valid")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_agent_certificate_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_agent_certificate_branch_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_agent_certificate_set_by")),
        sa.PrimaryKeyConstraint("agent_id", "certificate", name=op.f("pk_agent_certificate")),
    )
    op.create_index(
        op.f("ix_agent_certificate_branch_id"), "agent_certificate", ["branch_id"], unique=False
    )
    op.create_table(
        "conflict_of_interest",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_conflict_of_interest_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_conflict_of_interest_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_conflict_of_interest_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["staff.id"], name=op.f("fk_conflict_of_interest_set_by")
        ),
        sa.PrimaryKeyConstraint("agent_id", "customer_id", name=op.f("pk_conflict_of_interest")),
    )
    op.create_index(
        op.f("ix_conflict_of_interest_branch_id"),
        "conflict_of_interest",
        ["branch_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conflict_of_interest_customer_id"),
        "conflict_of_interest",
        ["customer_id"],
        unique=False,
    )
    op.create_table(
        "case_pin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pinned_by", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("pinned_at < until", name=op.f("ck_case_pin_until")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_case_pin_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_case_pin_branch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_pin_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_case_pin_ended_by")),
        sa.ForeignKeyConstraint(["pinned_by"], ["staff.id"], name=op.f("fk_case_pin_pinned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_pin")),
    )
    op.create_index(op.f("ix_case_pin_agent_id"), "case_pin", ["agent_id"], unique=False)
    op.create_index(op.f("ix_case_pin_branch_id"), "case_pin", ["branch_id"], unique=False)
    op.create_index(
        "uq_case_pin_one",
        "case_pin",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "case_tag",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("bars_everybody", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_case_tag_branch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_tag_case_id")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_case_tag_set_by")),
        sa.PrimaryKeyConstraint("case_id", "tag", name=op.f("pk_case_tag")),
    )
    op.create_index(op.f("ix_case_tag_branch_id"), "case_tag", ["branch_id"], unique=False)
    op.create_table(
        "planned_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('done', 'cancelled', 'refused')", name=op.f("ck_planned_move_outcome")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_planned_move_settled")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_planned_move_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_planned_move_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_planned_move_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["planned_by"], ["staff.id"], name=op.f("fk_planned_move_planned_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_move")),
    )
    op.create_index(op.f("ix_planned_move_branch_id"), "planned_move", ["branch_id"], unique=False)
    op.create_index(op.f("ix_planned_move_case_id"), "planned_move", ["case_id"], unique=False)
    op.create_index(
        "ix_planned_move_due",
        "planned_move",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "unallocated",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_unallocated_branch_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_unallocated_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_unallocated")),
    )
    op.create_index(op.f("ix_unallocated_branch_id"), "unallocated", ["branch_id"], unique=False)
    op.add_column("agent_profile", sa.Column("gender", sa.Text(), nullable=True))
    op.add_column("agent_profile", sa.Column("max_cases", sa.Integer(), nullable=True))
    op.add_column(
        "agent_profile",
        sa.Column(
            "excluded_tags",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("assignment", sa.Column("lent_to_branch_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_assignment_lent",
        "assignment",
        ["lent_to_branch_id"],
        unique=False,
        postgresql_where=sa.text("lent_to_branch_id IS NOT NULL AND upper_inf(during)"),
    )
    op.create_foreign_key(
        op.f("fk_assignment_lent_to_branch_id"),
        "assignment",
        "branch",
        ["lent_to_branch_id"],
        ["id"],
    )
    op.add_column("customer", sa.Column("agent_gender", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("center_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_customer_center_id"), "customer", ["center_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_customer_center_id"), "customer", "center", ["center_id"], ["id"]
    )
    op.create_check_constraint("lent", "assignment", "lent_to_branch_id <> branch_id")
    op.create_check_constraint("gender", "agent_profile", "gender IN ('female', 'male')")
    op.create_check_constraint("max_cases", "agent_profile", "max_cases >= 0")
    op.create_check_constraint("agent_gender", "customer", "agent_gender IN ('female', 'male')")
    op.execute(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(OFFICE)}, center TO roundsman_app"
    )
    op.execute("REVOKE UPDATE, DELETE ON allocation_run FROM roundsman_app")
    op.execute("REVOKE DELETE ON case_pin, planned_move, assignment_proposal FROM roundsman_app")
    for table in (*OFFICE, "center"):
        _policy(table, "scope", "ALL", f"{IN_SCOPE} AND {NO_AGENT}", f"{IN_SCOPE} AND {NO_AGENT}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(CERTIFICATES)
    op.execute(LENT)
    for table, rule in READ.items():
        _policy(table, "lent_read", "SELECT", rule)
    for table, rule in CHANGED.items():
        _policy(table, "lent_change", "UPDATE", rule, rule)
    for table, rule in ADDED.items():
        _policy(table, "lent_add", "INSERT", None, rule)


def _policy(
    table: str, name: str, action: str, seen: str | None, written: str | None = None
) -> None:
    using = f" USING ({seen})" if seen else ""
    check = f" WITH CHECK ({written})" if written else ""
    op.execute(f"CREATE POLICY {name} ON {table} FOR {action} TO roundsman_app{using}{check}")


def downgrade() -> None:
    for table in ADDED:
        op.execute(f"DROP POLICY lent_add ON {table}")
    for table in CHANGED:
        op.execute(f"DROP POLICY lent_change ON {table}")
    for table in READ:
        op.execute(f"DROP POLICY lent_read ON {table}")
    op.execute(
        "DROP FUNCTION branch_hours(uuid), lent_reached(date), scope_lent_above(),"
        " scope_lent(text), scope_lent_cases()"
    )
    op.execute("DROP FUNCTION certificates_of(uuid, text)")
    op.drop_constraint("agent_gender", "customer", type_="check")
    op.drop_constraint("max_cases", "agent_profile", type_="check")
    op.drop_constraint("gender", "agent_profile", type_="check")
    op.drop_constraint("lent", "assignment", type_="check")
    op.drop_constraint(op.f("fk_customer_center_id"), "customer", type_="foreignkey")
    op.drop_index(op.f("ix_customer_center_id"), table_name="customer")
    op.drop_column("customer", "center_id")
    op.drop_column("customer", "agent_gender")
    op.drop_constraint(op.f("fk_assignment_lent_to_branch_id"), "assignment", type_="foreignkey")
    op.drop_index(
        "ix_assignment_lent",
        table_name="assignment",
        postgresql_where=sa.text("lent_to_branch_id IS NOT NULL AND upper_inf(during)"),
    )
    op.drop_column("assignment", "lent_to_branch_id")
    op.drop_column("agent_profile", "excluded_tags")
    op.drop_column("agent_profile", "max_cases")
    op.drop_column("agent_profile", "gender")
    op.drop_index(op.f("ix_unallocated_branch_id"), table_name="unallocated")
    op.drop_table("unallocated")
    op.drop_index(
        "ix_planned_move_due",
        table_name="planned_move",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index(op.f("ix_planned_move_case_id"), table_name="planned_move")
    op.drop_index(op.f("ix_planned_move_branch_id"), table_name="planned_move")
    op.drop_table("planned_move")
    op.drop_index(op.f("ix_case_tag_branch_id"), table_name="case_tag")
    op.drop_table("case_tag")
    op.drop_index(
        "uq_case_pin_one", table_name="case_pin", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index(op.f("ix_case_pin_branch_id"), table_name="case_pin")
    op.drop_index(op.f("ix_case_pin_agent_id"), table_name="case_pin")
    op.drop_table("case_pin")
    op.drop_index(op.f("ix_conflict_of_interest_customer_id"), table_name="conflict_of_interest")
    op.drop_index(op.f("ix_conflict_of_interest_branch_id"), table_name="conflict_of_interest")
    op.drop_table("conflict_of_interest")
    op.drop_index(op.f("ix_agent_certificate_branch_id"), table_name="agent_certificate")
    op.drop_table("agent_certificate")
    op.drop_table("product_certificates")
    op.drop_index(op.f("ix_center_branch_id"), table_name="center")
    op.drop_table("center")
    op.drop_index(op.f("ix_assignment_proposal_branch_id"), table_name="assignment_proposal")
    op.drop_table("assignment_proposal")
    op.drop_index("ix_allocation_run_ran_at", table_name="allocation_run")
    op.drop_index(op.f("ix_allocation_run_branch_id"), table_name="allocation_run")
    op.drop_table("allocation_run")
