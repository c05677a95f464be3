"""Learned speeds: what days taught of streets, what is made of it, how well it foretold legs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
"""Nothing in here is for agents."""

TABLES = (
    "street_speed_day", "street_speed_class", "street_speed_edge", "street_speed", "travelled_leg",
)  # fmt: skip
GROUP = "hour_group BETWEEN 0 AND 47"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _floats(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Double(), nullable=False) for name in names]


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _group() -> sa.Column[int]:
    return sa.Column("hour_group", sa.SmallInteger(), autoincrement=False, nullable=False)


def _day() -> sa.Column[object]:
    return sa.Column("day", sa.Date(), nullable=False)


def _learned_at() -> sa.Column[object]:
    return sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False)


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _keys(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    op.create_table(
        "street_speed_day",
        _text("network_name"), _day(), _learned_at(),
        _whole("agents"), _whole("rides"), _whole("stretches"),
        _keys("street_speed_day", "network_name", "day"),
    )  # fmt: skip
    op.create_table(
        "street_speed_class",
        _text("network_name"), _text("profile"), _day(), _group(), _text("class_name"),
        *_floats("n", "actual_s", "expected_s", "length_m", "log_sq"),
        _check("street_speed_class", GROUP, "hour_group"),
        _keys("street_speed_class", "network_name", "profile", "day", "hour_group", "class_name"),
    )  # fmt: skip
    op.create_table(
        "street_speed_edge",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        _text("profile"), _day(), _group(), _whole("edge_no"),
        *_floats("n", "actual_s", "expected_s"),
        _check("street_speed_edge", GROUP, "hour_group"),
        sa.ForeignKeyConstraint(
            ["network_id"], ["street_network.id"], ondelete="CASCADE",
            name=op.f("fk_street_speed_edge_network_id"),
        ),
        _keys("street_speed_edge", "network_id", "profile", "day", "hour_group", "edge_no"),
    )  # fmt: skip
    op.create_table(
        "street_speed",
        _text("network_name"), _text("profile"), _learned_at(), _group(), _text("graph_hash"),
        sa.Column("class_names", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("log_pace", sa.ARRAY(postgresql.DOUBLE_PRECISION()), nullable=False),
        sa.Column("n", sa.ARRAY(postgresql.DOUBLE_PRECISION()), nullable=False),
        sa.Column("edge_no", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("edge_log", sa.ARRAY(sa.REAL()), nullable=False),
        _check("street_speed", "hour_group BETWEEN -1 AND 47", "hour_group"),
        _check("street_speed", "cardinality(edge_no) = cardinality(edge_log)", "edges"),
        _check(
            "street_speed",
            "cardinality(class_names) = cardinality(log_pace)"
            " AND cardinality(n) = cardinality(log_pace)",
            "classes",
        ),
        _keys("street_speed", "network_name", "profile", "learned_at", "hour_group"),
    )  # fmt: skip
    op.create_table(
        "travelled_leg",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        _text("network_name"), _text("profile"), _day(), _group(), _text("class_name"),
        *_floats("length_m", "actual_s", "default_s"),
        sa.Column("learned_s", sa.Double(), nullable=True),
        _check("travelled_leg", GROUP, "hour_group"),
        _check(
            "travelled_leg", "actual_s > 0 AND default_s > 0 AND learned_s > 0", "seconds"
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_travelled_leg_branch_id")
        ),
        _keys("travelled_leg", "id"),
    )  # fmt: skip
    op.create_index(op.f("ix_travelled_leg_branch_id"), "travelled_leg", ["branch_id"])
    op.create_index("ix_travelled_leg_network_name_day", "travelled_leg", ["network_name", "day"])
    # Sums are replaced when late pings come, and go when they are too old to tell of the present.
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(TABLES)} TO roundsman_app")
    # Streets belong to everybody, and so do their speeds; of legs a branch sees its own.
    op.execute("ALTER TABLE travelled_leg ENABLE ROW LEVEL SECURITY")
    rule = f"{IN_SCOPE} AND {NO_AGENT}"
    op.execute(
        f"CREATE POLICY scope ON travelled_leg TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
