"""Centers that meet: schedules, groups, sheets with attendance and counted cash; dues on holidays;
advances that pay what falls due later."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
OF_MEETING = "EXISTS (SELECT FROM center_meeting m WHERE m.id = meeting_id)"

SEEN = {
    "advance_use": f"{IN_SCOPE} AND {NO_AGENT}",
    "installment_plan": f"{IN_SCOPE} AND {NO_AGENT}",
    "branch_calendar": IN_SCOPE,
    "center_schedule": IN_SCOPE,
    "member_group": IN_SCOPE,
    "center_meeting": f"{IN_SCOPE} AND {OWN}",
    "meeting_member": OF_MEETING,
    "meeting_receipt": OF_MEETING,
}
WRITTEN = {
    "branch_calendar": f"{IN_SCOPE} AND {NO_AGENT}",
    "center_schedule": f"{IN_SCOPE} AND {NO_AGENT}",
    "member_group": f"{IN_SCOPE} AND {NO_AGENT}",
}
"""Where less may be written than is seen."""

COUNTED = """
CREATE FUNCTION center_meeting_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.cash_minor <> (
        SELECT coalesce(sum((d->>'face_minor')::bigint * (d->>'count')::bigint), 0)
        FROM jsonb_array_elements(NEW.denominations) d)
    OR (NEW.cash_minor, NEW.other_minor) IS DISTINCT FROM (
        SELECT (coalesce(sum(r.amount_minor) FILTER (WHERE r.mode = 'cash'), 0)::bigint,
                coalesce(sum(r.amount_minor) FILTER (WHERE r.mode <> 'cash'), 0)::bigint)
        FROM meeting_receipt m JOIN receipt r ON r.id = m.receipt_id WHERE m.meeting_id = NEW.id)
    THEN
        RAISE EXCEPTION 'the cash of center meeting % is not what its receipts make', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_center_meeting_counted';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER center_meeting_counted AFTER INSERT ON center_meeting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION center_meeting_counts();
"""


PLANS = """
-- A month without the day has its last one instead: that is what PostgreSQL's months do.
CREATE FUNCTION installment_due_on(first_on date, every integer, unit text, no integer) RETURNS date
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE unit WHEN 'month' THEN (first_on + make_interval(months => every * (no - 1)))::date
                     ELSE first_on + every * (no - 1) END
$$;
"""


def upgrade() -> None:
    op.create_table(
        "center_schedule",
        sa.Column("center_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("meets_at", sa.Time(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("location", Geography("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.CheckConstraint(
            "every_days BETWEEN 1 AND 366", name=op.f("ck_center_schedule_every_days")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_center_schedule_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["center_id"], ["center.id"], name=op.f("fk_center_schedule_center_id")
        ),
        sa.PrimaryKeyConstraint("center_id", name=op.f("pk_center_schedule")),
    )
    op.create_index("ix_center_schedule_branch_id", "center_schedule", ["branch_id"])
    op.create_table(
        "member_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("center_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_member_group_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["center_id"], ["center.id"], name=op.f("fk_member_group_center_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_group")),
        sa.UniqueConstraint("center_id", "code", name=op.f("uq_member_group_center_id_code")),
        sa.UniqueConstraint("id", "center_id", name=op.f("uq_member_group_id_center_id")),
    )
    op.create_index("ix_member_group_branch_id", "member_group", ["branch_id"])
    op.add_column("customer", sa.Column("member_group_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_customer_member_group_id"),
        "customer",
        "member_group",
        ["member_group_id", "center_id"],
        ["id", "center_id"],
    )
    op.create_check_constraint(
        op.f("ck_customer_group_of_center"),
        "customer",
        "member_group_id IS NULL OR center_id IS NOT NULL",
    )
    _meetings()
    _dues()
    _plans()
    op.execute("GRANT SELECT, INSERT ON advance_use TO roundsman_app")
    op.execute("GRANT SELECT, INSERT, UPDATE ON installment_plan TO roundsman_app")
    op.execute("GRANT UPDATE (given_back_minor) ON advance_use TO roundsman_app")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON branch_calendar, center_schedule, member_group"
        " TO roundsman_app"
    )
    op.execute(
        "GRANT SELECT, INSERT ON center_meeting, meeting_member, meeting_receipt TO roundsman_app"
    )
    for table, seen in SEEN.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        if table in WRITTEN:
            op.execute(
                f"CREATE POLICY agent_read ON {table} FOR SELECT TO roundsman_app USING ({seen})"
            )
        rule = WRITTEN.get(table, seen)
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )
    # Who meets where is no secret to the agents of a branch; whose cases they see is.
    op.execute(f"CREATE POLICY agent_read ON center FOR SELECT TO roundsman_app USING ({IN_SCOPE})")
    op.execute(COUNTED)


def _plans() -> None:
    op.execute(PLANS)
    op.create_table(
        "installment_plan",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("installments", sa.Integer(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("next_no", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "next_on",
            sa.Date(),
            sa.Computed(
                "CASE WHEN next_no <= installments"
                " THEN installment_due_on(first_on, every, unit, next_no) END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "every BETWEEN 1 AND 366 AND installments > 0", name=op.f("ck_installment_plan_parts")
        ),
        sa.CheckConstraint("unit IN ('day', 'month')", name=op.f("ck_installment_plan_unit")),
        sa.CheckConstraint(
            "least(principal_minor, interest_minor) >= 0", name=op.f("ck_installment_plan_amounts")
        ),
        sa.CheckConstraint(
            "next_no BETWEEN 1 AND installments + 1", name=op.f("ck_installment_plan_next")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_installment_plan_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_installment_plan_branch_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_installment_plan")),
    )
    op.create_index(
        "ix_installment_plan_branch_id_next_on", "installment_plan", ["branch_id", "next_on"]
    )


def _dues() -> None:
    op.create_table(
        "branch_calendar",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_branch_calendar_branch_id")
        ),
        sa.PrimaryKeyConstraint("branch_id", name=op.f("pk_branch_calendar")),
    )
    op.add_column("demand", sa.Column("shifted_to", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_demand_shifted"), "demand", "shifted_to > due_on")
    op.create_table(
        "advance_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("demand_id", sa.Uuid(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("given_back_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_advance_use_amount")),
        sa.CheckConstraint(
            "given_back_minor BETWEEN 0 AND amount_minor", name=op.f("ck_advance_use_given_back")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_advance_use_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_advance_use_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_advance_use_demand_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advance_use")),
    )
    for column in ("branch_id", "account_id", "demand_id"):
        op.create_index(f"ix_advance_use_{column}", "advance_use", [column])


def _meetings() -> None:
    op.create_table(
        "center_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("center_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fix", postgresql.JSONB(), nullable=True),
        sa.Column("group_image_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_minor", sa.BigInteger(), nullable=False),
        sa.Column("cash_minor", sa.BigInteger(), nullable=False),
        sa.Column("other_minor", sa.BigInteger(), nullable=False),
        sa.Column("denominations", postgresql.JSONB(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "least(due_minor, cash_minor, other_minor) >= 0",
            name=op.f("ck_center_meeting_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_center_meeting_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["center_id"], ["center.id"], name=op.f("fk_center_meeting_center_id")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_center_meeting_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_image_id"], ["attachment.id"], name=op.f("fk_center_meeting_group_image_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_center_meeting")),
        sa.UniqueConstraint(
            "center_id", "day", "agent_id", name=op.f("uq_center_meeting_center_id_day_agent_id")
        ),
        sa.UniqueConstraint("group_image_id", name=op.f("uq_center_meeting_group_image_id")),
    )
    op.create_index("ix_center_meeting_branch_id", "center_meeting", ["branch_id"])
    op.create_index("ix_center_meeting_agent_id", "center_meeting", ["agent_id"])
    op.create_index("ix_center_meeting_branch_id_day", "center_meeting", ["branch_id", "day"])
    op.create_table(
        "meeting_member",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("attendance", sa.Text(), nullable=False),
        sa.Column("due_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "attendance IN ('present', 'late', 'absent', 'leave', 'approved')",
            name=op.f("ck_meeting_member_attendance"),
        ),
        sa.CheckConstraint("due_minor >= 0", name=op.f("ck_meeting_member_due")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["center_meeting.id"], name=op.f("fk_meeting_member_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_meeting_member_customer_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "customer_id", name=op.f("pk_meeting_member")),
    )
    op.create_index("ix_meeting_member_customer_id", "meeting_member", ["customer_id"])
    op.create_table(
        "meeting_receipt",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_meeting_receipt_receipt_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["center_meeting.id"], name=op.f("fk_meeting_receipt_meeting_id")
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_meeting_receipt")),
    )
    op.create_index("ix_meeting_receipt_meeting_id", "meeting_receipt", ["meeting_id"])


def downgrade() -> None:
    op.drop_table("installment_plan")
    op.execute("DROP FUNCTION installment_due_on(date, integer, text, integer)")
    op.drop_table("advance_use")
    op.drop_constraint(op.f("ck_demand_shifted"), "demand", type_="check")
    op.drop_column("demand", "shifted_to")
    op.drop_table("branch_calendar")
    op.execute("DROP POLICY agent_read ON center")
    op.drop_table("meeting_receipt")
    op.drop_table("meeting_member")
    op.drop_table("center_meeting")
    op.execute("DROP FUNCTION center_meeting_counts()")
    op.drop_constraint(op.f("ck_customer_group_of_center"), "customer", type_="check")
    op.drop_constraint(op.f("fk_customer_member_group_id"), "customer", type_="foreignkey")
    op.drop_column("customer", "member_group_id")
    op.drop_table("member_group")
    op.drop_table("center_schedule")
