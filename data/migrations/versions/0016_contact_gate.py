"""The contact gate: rules, calendars, what rules are told of customers, and decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
FROM_ABOVE = "branch_id = ANY ((SELECT scope_above())::uuid[])"
"""What binds a branch is there for it to read, whoever wrote it above."""
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"

INHERITED = ("contact_rule", "holiday", "product_class")
BY_BRANCH = (
    "contact_rulebook", "contact_preference", "occasion_hold", "contact_fact",
    "meeting_attendance", "contact_attempt",
)  # fmt: skip
MAY_CHANGE = {
    "product_class": "product_class, set_at, set_by",
    "contact_preference": "withdrawn_at, withdrawn_by",
    "occasion_hold": "lifted_at, lifted_by",
    "contact_attempt": "is_conversation",
}
"""The columns that are told later than the rest of their row; all else is append-only."""

# Rules of the branches above bind a branch, whose own people need not see those.
LINES = """
CREATE FUNCTION branch_line(of_branch uuid) RETURNS TABLE (branch_id uuid, steps integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE line (id, parent_id, steps) AS (
        SELECT id, parent_id, 0 FROM branch WHERE id = of_branch
        UNION ALL SELECT b.id, b.parent_id, l.steps + 1 FROM branch b JOIN line l ON b.id = l.parent_id
    )
    SELECT id, steps FROM line
$$;
CREATE FUNCTION scope_above() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE line (id) AS (
        SELECT parent_id FROM branch WHERE id = ANY (scope_branches())
        UNION SELECT b.parent_id FROM branch b JOIN line l ON b.id = l.id
    )
    SELECT array_agg(id) FROM line WHERE id IS NOT NULL
$$;
REVOKE ALL ON FUNCTION branch_line(uuid), scope_above() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION branch_line(uuid), scope_above() TO roundsman_app;
"""

CHANNELS = "ARRAY['visit', 'call', 'sms', 'email', 'whatsapp', 'ivr', 'letter', 'app_push']"
PRODUCTS = (
    "ARRAY['consumer', 'business', 'vehicle', 'mortgage', 'card', 'digital', 'microfinance',"
    " 'bill']"
)
PARAMS = """
CASE kind
    WHEN 'hours' THEN coalesce(params->>'from' < params->>'to', false)
    WHEN 'weekday' THEN coalesce(jsonb_array_length(params->'weekdays') BETWEEN 1 AND 7, false)
    WHEN 'holiday' THEN params->>'calendar' IS NOT NULL
    WHEN 'frequency' THEN coalesce(CAST(params->>'max' AS integer) > 0
                                   AND CAST(params->>'days' AS integer) > 0, false)
    WHEN 'quiet_after' THEN coalesce(params->>'after' IN ('conversation', 'attempt')
                                     AND CAST(params->>'days' AS integer) > 0, false)
    WHEN 'place' THEN coalesce(jsonb_array_length(params->'allowed') > 0, false)
    WHEN 'party' THEN coalesce(jsonb_array_length(params->'only') > 0, false)
    WHEN 'precondition' THEN coalesce(jsonb_array_length(params->'requires') > 0, false)
    WHEN 'hold' THEN coalesce(jsonb_array_length(params->'kinds') > 0, false)
    ELSE params = '{}'
END
"""


def upgrade() -> None:
    op.execute(LINES)
    op.create_table(
        "contact_rulebook",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contact_rulebook_branch_id")
        ),
        sa.PrimaryKeyConstraint("branch_id", "digest", name=op.f("pk_contact_rulebook")),
    )
    op.create_table(
        "contact_preference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("weekdays", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("not_before", sa.Time(), nullable=True),
        sa.Column("not_after", sa.Time(), nullable=True),
        sa.Column("places_banned", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_opted_out", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"channels <@ {CHANNELS}", name=op.f("ck_contact_preference_channels")),
        sa.CheckConstraint(
            "places_banned <@ ARRAY['on_file', 'designated', 'elsewhere']",
            name=op.f("ck_contact_preference_places_banned"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_contact_preference_days")),
        sa.CheckConstraint("not_before < not_after", name=op.f("ck_contact_preference_times")),
        sa.CheckConstraint(
            "weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]", name=op.f("ck_contact_preference_weekdays")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contact_preference_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_preference_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_contact_preference_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["staff.id"], name=op.f("fk_contact_preference_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_preference")),
    )
    op.create_index(
        op.f("ix_contact_preference_branch_id"), "contact_preference", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_contact_preference_customer_id"),
        "contact_preference",
        ["customer_id"],
        unique=False,
    )
    op.create_table(
        "contact_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("product_classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("actor_classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tz_basis", sa.Text(), nullable=False),
        sa.Column("counts_on", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("precedence", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective", postgresql.DATERANGE(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=True),
        sa.Column("pack_version", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(PARAMS, name=op.f("ck_contact_rule_params")),
        sa.CheckConstraint(
            "actor_classes <@ ARRAY['bank', 'nbfc', 'mfi', 'third_party']",
            name=op.f("ck_contact_rule_actor_classes"),
        ),
        sa.CheckConstraint(f"channels <@ {CHANNELS}", name=op.f("ck_contact_rule_channels")),
        sa.CheckConstraint(
            "counts_on IN ('person_account', 'person')", name=op.f("ck_contact_rule_counts_on")
        ),
        sa.CheckConstraint(
            "effect IN ('block', 'warn', 'require_override', 'require_evidence')",
            name=op.f("ck_contact_rule_effect"),
        ),
        sa.CheckConstraint(
            "jurisdiction ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'",
            name=op.f("ck_contact_rule_jurisdiction"),
        ),
        sa.CheckConstraint(
            "kind IN ('hours', 'weekday', 'holiday', 'frequency', 'quiet_after', 'place', 'party', 'precondition', 'hold', 'conduct')",
            name=op.f("ck_contact_rule_kind"),
        ),
        sa.CheckConstraint(
            f"product_classes <@ {PRODUCTS}", name=op.f("ck_contact_rule_product_classes")
        ),
        sa.CheckConstraint(
            "status IN ('in_force', 'draft', 'off')", name=op.f("ck_contact_rule_status")
        ),
        sa.CheckConstraint(
            "tz_basis IN ('account_branch', 'address', 'person_location', 'all_candidates')",
            name=op.f("ck_contact_rule_tz_basis"),
        ),
        sa.CheckConstraint(
            "(pack IS NULL) = (pack_version IS NULL)", name=op.f("ck_contact_rule_pack")
        ),
        sa.CheckConstraint("NOT isempty(effective)", name=op.f("ck_contact_rule_effective")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_contact_rule_version")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contact_rule_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["staff.id"], name=op.f("fk_contact_rule_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_contact_rule")),
        sa.UniqueConstraint(
            "branch_id", "code", "version", name=op.f("uq_contact_rule_branch_id_code_version")
        ),
    )
    op.create_index(op.f("ix_contact_rule_branch_id"), "contact_rule", ["branch_id"], unique=False)
    op.create_table(
        "holiday",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("closed_from", sa.Time(), nullable=True),
        sa.Column("closed_to", sa.Time(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "coalesce(closed_from < closed_to, true) AND (kind <> 'working_day' OR num_nonnulls(closed_from, closed_to) = 0)",
            name=op.f("ck_holiday_closed"),
        ),
        sa.CheckConstraint(
            "kind IN ('national', 'state', 'branch', 'religious', 'working_day')",
            name=op.f("ck_holiday_kind"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_holiday_branch_id")),
        sa.ForeignKeyConstraint(["declared_by"], ["staff.id"], name=op.f("fk_holiday_declared_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
    )
    op.create_index(op.f("ix_holiday_branch_id"), "holiday", ["branch_id"], unique=False)
    op.create_index("ix_holiday_calendar_day", "holiday", ["calendar", "day"], unique=False)
    op.create_table(
        "product_class",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        sa.Column("product_class", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            f"product_class = ANY ({PRODUCTS})", name=op.f("ck_product_class_product_class")
        ),
        sa.CheckConstraint(
            "length(product_code) BETWEEN 1 AND 100", name=op.f("ck_product_class_product_code")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_product_class_branch_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_product_class_set_by")),
        sa.PrimaryKeyConstraint("branch_id", "product_code", name=op.f("pk_product_class")),
    )
    op.create_table(
        "contact_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule_code", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(name IN ('override', 'evidence')) = (rule_code IS NOT NULL)",
            name=op.f("ck_contact_fact_rule_code"),
        ),
        sa.CheckConstraint(
            "name IN ('override', 'evidence', 'agent_certificate_valid', 'agent_intimated_borrower', 'visit_notice_given', 'validation_notice_sent')",
            name=op.f("ck_contact_fact_name"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_contact_fact_days")),
        sa.CheckConstraint(
            "num_nonnulls(customer_id, agent_id) = 1", name=op.f("ck_contact_fact_subject")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_contact_fact_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contact_fact_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_fact_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_contact_fact_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_fact")),
    )
    op.create_index(op.f("ix_contact_fact_agent_id"), "contact_fact", ["agent_id"], unique=False)
    op.create_index(op.f("ix_contact_fact_branch_id"), "contact_fact", ["branch_id"], unique=False)
    op.create_index(
        op.f("ix_contact_fact_customer_id"), "contact_fact", ["customer_id"], unique=False
    )
    op.create_table(
        "meeting_attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=False),
        sa.Column("has_attended", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_meeting_attendance_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_meeting_attendance_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_meeting_attendance_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendance")),
    )
    op.create_index(
        "ix_meeting_attendance_account_id",
        "meeting_attendance",
        ["account_id", "meeting_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_meeting_attendance_branch_id"), "meeting_attendance", ["branch_id"], unique=False
    )
    op.create_table(
        "occasion_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('bereavement', 'calamity', 'marriage', 'festival', 'illness', 'dispute', 'grievance', 'moratorium', 'legal', 'deceased')",
            name=op.f("ck_occasion_hold_kind"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_occasion_hold_days")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_occasion_hold_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_occasion_hold_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_occasion_hold_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["staff.id"], name=op.f("fk_occasion_hold_lifted_by")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_occasion_hold_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasion_hold")),
    )
    op.create_index(
        op.f("ix_occasion_hold_branch_id"), "occasion_hold", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_occasion_hold_customer_id"), "occasion_hold", ["customer_id"], unique=False
    )
    op.create_table(
        "contact_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("asked_for", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        sa.Column("hits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "asked_for IN ('plan', 'check_in', 'contact')",
            name=op.f("ck_contact_decision_asked_for"),
        ),
        sa.CheckConstraint(f"channel = ANY ({CHANNELS})", name=op.f("ck_contact_decision_channel")),
        sa.CheckConstraint("is_allowed OR hits <> '[]'", name=op.f("ck_contact_decision_reasons")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_contact_decision_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contact_decision_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_contact_decision_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_decision")),
    )
    op.create_index(
        op.f("ix_contact_decision_branch_id"), "contact_decision", ["branch_id"], unique=False
    )
    op.create_index(
        "ix_contact_decision_case_id", "contact_decision", ["case_id", "evaluated_at"], unique=False
    )
    op.create_index(
        "ix_contact_decision_subject_id",
        "contact_decision",
        ["subject_id"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_table(
        "contact_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("is_inbound", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_conversation", sa.Boolean(), nullable=True),
        sa.Column("excluded_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(f"channel = ANY ({CHANNELS})", name=op.f("ck_contact_attempt_channel")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_contact_attempt_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_contact_attempt_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contact_attempt_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_attempt_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["contact_decision.id"], name=op.f("fk_contact_attempt_decision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_attempt")),
    )
    op.create_index(
        op.f("ix_contact_attempt_branch_id"), "contact_attempt", ["branch_id"], unique=False
    )
    op.create_index(
        "ix_contact_attempt_customer_id", "contact_attempt", ["customer_id", "at"], unique=False
    )

    for table in (*INHERITED, *BY_BRANCH, "contact_decision"):
        rule = f"{IN_SCOPE} AND {OWN}" if table == "contact_decision" else IN_SCOPE
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )
    for table in INHERITED:
        op.execute(
            f"CREATE POLICY above ON {table} FOR SELECT TO roundsman_app USING ({FROM_ABOVE})"
        )
    for table, columns in MAY_CHANGE.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO roundsman_app")


def downgrade() -> None:
    op.drop_table("contact_attempt")
    op.drop_table("contact_decision")
    op.drop_table("occasion_hold")
    op.drop_table("meeting_attendance")
    op.drop_table("contact_fact")
    op.drop_table("product_class")
    op.drop_table("holiday")
    op.drop_table("contact_rule")
    op.drop_table("contact_preference")
    op.drop_table("contact_rulebook")
    op.execute("DROP FUNCTION scope_above(), branch_line(uuid)")
