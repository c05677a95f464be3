"""Runs that improve a whole branch's rounds: their sectors, and the best rounds so far."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SCOPE = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
    " AND (SELECT scope_agent()) IS NULL"
)
"""Agents see nothing of how cases are allocated."""

TABLES = ("city_run", "city_round", "city_sector")


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _number(name: str, default: str | None = None) -> sa.Column[object]:
    made = None if default is None else sa.text(default)
    return sa.Column(name, sa.Integer(), server_default=made, nullable=False)


def _float(name: str, default: str | None = None) -> sa.Column[object]:
    made = None if default is None else sa.text(default)
    return sa.Column(name, sa.Float(), server_default=made, nullable=False)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ids(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.ARRAY(sa.Uuid()), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _check(rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_city_run_{name}"))


def upgrade() -> None:
    op.create_table(
        "city_run",
        _id("id"), _id("branch_id"), sa.Column("day", sa.Date(), nullable=False),
        _number("price_s"), _float("seconds_per_agent"), _number("limit_s"), _number("passes"),
        _number("turn", "0"),
        sa.Column("state", sa.Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        _at("made_at"), _id("made_by"), _at("ended_at", nullable=True),
        _id("proposal_id", nullable=True),
        _check("state IN ('running', 'done', 'cancelled', 'failed')", "state"),
        _check("(state = 'running') = (ended_at IS NULL)", "ended"),
        _check("(state = 'failed') = (failure IS NOT NULL)", "failure"),
        _check("price_s >= 0 AND seconds_per_agent > 0", "terms"),
        _check("turn BETWEEN 0 AND passes", "turn"),
        _key("city_run", "branch_id", "branch.id"),
        _key("city_run", "made_by", "staff.id"),
        _key("city_run", "proposal_id", "assignment_proposal.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_run")),
    )  # fmt: skip
    op.create_index(
        "uq_city_run_running", "city_run", ["branch_id", "day"], unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )  # fmt: skip
    op.create_table(
        "city_round",
        _id("run_id"), _id("agent_id"), _id("branch_id"), _ids("case_ids"),
        _float("score", "0"), _number("travel_s", "0"),
        _float("first_score", "0"), _number("first_travel_s", "0"),
        _key("city_round", "run_id", "city_run.id"),
        _key("city_round", "agent_id", "agent_profile.agent_id"),
        _key("city_round", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("run_id", "agent_id", name=op.f("pk_city_round")),
    )  # fmt: skip
    op.create_table(
        "city_sector",
        _id("id"), _id("run_id"), _id("branch_id"), _number("turn"), _ids("agent_ids"),
        _ids("case_ids"), _at("done_at", nullable=True),
        _key("city_sector", "run_id", "city_run.id"),
        _key("city_sector", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_sector")),
    )  # fmt: skip
    op.create_index("ix_city_sector_run_id", "city_sector", ["run_id", "turn"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_branch_id"), table, ["branch_id"], unique=False)
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO roundsman_app")
        op.execute(
            f"CREATE POLICY scope ON {table} FOR ALL TO roundsman_app"
            f" USING ({SCOPE}) WITH CHECK ({SCOPE})"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
