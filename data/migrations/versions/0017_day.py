"""The day whole: instructions, deposit points, breaks, what visits teach, and reasons as data."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NEW_TABLES = (
    "shift_break", "case_instruction", "deposit_point", "learned_service_time", "meeting_chance",
)  # fmt: skip
KINDS = "('must_visit', 'do_not_visit', 'keep_as_planned', 'next_stop', 'fixed_time')"
ENDS = "('home', 'branch', 'open')"


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _count(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _list(name: str) -> sa.Column[object]:
    return sa.Column(
        name, postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _shifts()
    _instructions()
    _deposits()
    _teachings()
    _rounds()
    for table in NEW_TABLES:
        op.create_index(op.f(f"ix_{table}_branch_id"), table, ["branch_id"])
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app"
            f" USING ({IN_SCOPE}) WITH CHECK ({IN_SCOPE})"
        )
    # What was ordered stays as it was ordered, save that it ends.
    op.execute("REVOKE UPDATE, DELETE ON case_instruction, deposit_point FROM roundsman_app")
    op.execute("GRANT UPDATE (ended_at, ended_by) ON case_instruction TO roundsman_app")
    op.execute("GRANT UPDATE (closed_at, closed_by) ON deposit_point TO roundsman_app")


def _shifts() -> None:
    for end in ("round_start", "round_end"):
        op.add_column("agent_profile", _text(end, default="home"))
        op.create_check_constraint(
            op.f(f"ck_agent_profile_{end}"), "agent_profile", f"{end} IN {ENDS}"
        )
        op.add_column("shift", _text(end, nullable=True))
        op.create_check_constraint(op.f(f"ck_shift_{end}"), "shift", f"{end} IN {ENDS}")
    op.add_column("agent_profile", _count("max_distance_m", nullable=True))
    op.create_check_constraint(
        op.f("ck_agent_profile_max_distance"), "agent_profile", "max_distance_m > 0"
    )
    op.create_table(
        "shift_break",
        _id("shift_id"), _at("begins_at"), _id("branch_id"), _count("length_s"), _count("slack_s"),
        _check("shift_break", "length_s > 0", "length"),
        _check("shift_break", "slack_s >= 0", "slack"),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift.id"], name=op.f("fk_shift_break_shift_id"), ondelete="CASCADE"
        ),
        _key("shift_break", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("shift_id", "begins_at", name=op.f("pk_shift_break")),
    )  # fmt: skip
    op.execute(
        "INSERT INTO shift_break SELECT id, break_from, branch_id, break_s, 3600 FROM shift"
        " WHERE break_from IS NOT NULL AND break_s > 0"
    )
    op.drop_column("shift", "break_from")
    op.drop_column("shift", "break_s")


def _instructions() -> None:
    op.add_column(
        "case_file",
        sa.Column("needs", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("promise", sa.Column("due_from", sa.Time(), nullable=True))
    op.add_column("promise", sa.Column("due_to", sa.Time(), nullable=True))
    op.create_check_constraint(op.f("ck_promise_due_hours"), "promise", "due_from < due_to")
    op.create_table(
        "case_instruction",
        _id("id"), _id("branch_id"), _id("case_id"), _text("kind"),
        sa.Column("days", postgresql.DATERANGE(), nullable=False), _at("at", nullable=True),
        _count("tolerance_s", nullable=True), _text("reason"), _at("made_at"), _id("made_by"),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False), _at("ended_at", nullable=True),
        _id("ended_by", nullable=True),
        _check("case_instruction", f"kind IN {KINDS}", "kind"),
        _check("case_instruction", "NOT isempty(days) AND NOT lower_inf(days)", "days"),
        _check("case_instruction",
               "(kind IN ('keep_as_planned', 'fixed_time')) = (at IS NOT NULL)"
               " AND (at IS NULL) = (tolerance_s IS NULL) AND tolerance_s >= 0", "fixed"),
        _check("case_instruction", "(ended_at IS NULL) = (ended_by IS NULL)", "ended"),
        _key("case_instruction", "branch_id", "branch.id"),
        _key("case_instruction", "case_id", "case_file.id"),
        _key("case_instruction", "made_by", "staff.id"),
        _key("case_instruction", "ended_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_instruction")),
        postgresql.ExcludeConstraint(
            (sa.column("case_id"), "="), (sa.column("days"), "&&"),
            where=sa.text("ended_at IS NULL"), name="ex_case_instruction_one_a_day", using="gist",
        ),
    )  # fmt: skip


def _deposits() -> None:
    op.create_table(
        "deposit_point",
        _id("id"), _id("branch_id"), _text("name"), _text("kind"),
        sa.Column(
            "location",
            geoalchemy2.types.Geography("POINT", srid=4326, spatial_index=False, nullable=False),
            nullable=False,
        ),
        _count("service_s"), sa.Column("hours", postgresql.JSONB(), nullable=False),
        _at("made_at"), _id("made_by"), sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        _at("closed_at", nullable=True), _id("closed_by", nullable=True),
        _check("deposit_point", "kind IN ('branch', 'bank')", "kind"),
        _check("deposit_point", "service_s > 0", "service"),
        _check("deposit_point", "(closed_at IS NULL) = (closed_by IS NULL)", "closed"),
        _key("deposit_point", "branch_id", "branch.id"),
        _key("deposit_point", "made_by", "staff.id"),
        _key("deposit_point", "closed_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_point")),
    )  # fmt: skip


def _teachings() -> None:
    op.create_table(
        "learned_service_time",
        _id("branch_id"), _text("product_code"), _text("bucket"), _count("visits"),
        sa.Column("mean_s", sa.Double(), nullable=False), _count("service_s"), _at("learned_at"),
        _check("learned_service_time", "service_s > 0", "service"),
        _key("learned_service_time", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint(
            "branch_id", "product_code", "bucket", name=op.f("pk_learned_service_time")
        ),
    )  # fmt: skip
    op.create_table(
        "meeting_chance",
        _id("case_id"), _id("branch_id"), _count("tried"), _count("met"), _list("by_hour"),
        sa.Column("best_from", sa.Time(), nullable=False),
        sa.Column("best_to", sa.Time(), nullable=False),
        sa.Column("best_chance", sa.Double(), nullable=False), _at("learned_at"),
        _check("meeting_chance", "met BETWEEN 0 AND tried", "tried"),
        _check("meeting_chance", "best_chance BETWEEN 0 AND 1", "chance"),
        _check("meeting_chance", "best_from < best_to", "best"),
        _key("meeting_chance", "branch_id", "branch.id"),
        _key("meeting_chance", "case_id", "case_file.id"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_meeting_chance")),
    )  # fmt: skip


def _rounds() -> None:
    op.add_column("round", _count("baseline_travel_s", nullable=True))
    op.add_column("round", sa.Column("baseline_distance_m", sa.Double(), nullable=True))
    op.add_column("round", _list("breaks"))
    op.add_column("round", _list("notes"))
    op.add_column("stop", _text("kind", default="visit"))
    op.alter_column("stop", "case_id", nullable=True)
    op.add_column("stop", _id("deposit_point_id", nullable=True))
    op.create_foreign_key(
        op.f("fk_stop_deposit_point_id"), "stop", "deposit_point", ["deposit_point_id"], ["id"]
    )
    op.add_column("stop", sa.Column("amount_minor", sa.BigInteger(), nullable=True))
    op.add_column("stop", _count("slack_s", nullable=True))
    op.add_column("stop", _list("factors"))
    op.create_check_constraint(
        op.f("ck_stop_kind"),
        "stop",
        "CASE kind WHEN 'visit' THEN case_id IS NOT NULL AND deposit_point_id IS NULL"
        " WHEN 'deposit' THEN case_id IS NULL AND deposit_point_id IS NOT NULL"
        " AND amount_minor IS NOT NULL ELSE false END",
    )


def downgrade() -> None:
    op.execute("DELETE FROM stop WHERE kind = 'deposit'")
    op.drop_constraint(op.f("ck_stop_kind"), "stop")
    for column in ("factors", "slack_s", "amount_minor", "deposit_point_id", "kind"):
        op.drop_column("stop", column)
    op.alter_column("stop", "case_id", nullable=False)
    for column in ("notes", "breaks", "baseline_distance_m", "baseline_travel_s"):
        op.drop_column("round", column)
    op.add_column("shift", _at("break_from", nullable=True))
    op.add_column("shift", sa.Column("break_s", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "UPDATE shift SET break_from = b.begins_at, break_s = b.length_s FROM (SELECT DISTINCT ON"
        " (shift_id) * FROM shift_break ORDER BY shift_id, begins_at) b WHERE b.shift_id = id"
    )
    for table in NEW_TABLES:
        op.drop_table(table)
    for column in ("due_to", "due_from"):
        op.drop_column("promise", column)
    op.drop_column("case_file", "needs")
    op.drop_column("agent_profile", "max_distance_m")
    for end in ("round_end", "round_start"):
        op.drop_column("shift", end)
        op.drop_column("agent_profile", end)
