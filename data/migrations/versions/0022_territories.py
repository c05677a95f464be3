"""Territories of branches: shapes and pin codes with agents, by version; proposals of new ones."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
"""As with all of allocation, agents see none of it."""

TABLES = ("territory", "territory_version", "territory_agent", "territory_proposal")
SOUND_SHAPE = (
    "ST_IsValid(shape) AND NOT ST_IsEmpty(shape) AND ST_NPoints(shape) <= 100000"
    " AND ST_YMin(shape) >= -85 AND ST_YMax(shape) <= 85"
    " AND ST_XMin(shape) >= -180 AND ST_XMax(shape) <= 180"
)
FROM_SHAPE = {
    "area_m2": "ST_Area(shape::geography)",
    "south": "ST_YMin(shape)", "west": "ST_XMin(shape)",
    "north": "ST_YMax(shape)", "east": "ST_XMax(shape)",
}  # fmt: skip


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _whole(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "territory",
        _id("id"), _id("branch_id"), _text("code"),
        _key("territory", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
        sa.UniqueConstraint("branch_id", "code", name=op.f("uq_territory_branch_id_code")),
    )  # fmt: skip
    _versions()
    op.create_table(
        "territory_agent",
        _id("version_id"), _id("agent_id"), _id("branch_id"),
        _key("territory_agent", "version_id", "territory_version.id"),
        _key("territory_agent", "agent_id", "agent_profile.agent_id"),
        _key("territory_agent", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("version_id", "agent_id", name=op.f("pk_territory_agent")),
    )  # fmt: skip
    op.create_index(op.f("ix_territory_agent_agent_id"), "territory_agent", ["agent_id"])
    op.create_table(
        "territory_proposal",
        _id("id"), _id("branch_id"), _json("wanted"), _json("figures"), _json("territories"),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        _at("made_at"), _id("made_by"), _at("settled_at", nullable=True),
        _id("settled_by", nullable=True),
        _check("territory_proposal", "state IN ('open', 'published', 'discarded')", "state"),
        _check("territory_proposal", "(state = 'open') = (settled_at IS NULL)", "settled"),
        _key("territory_proposal", "branch_id", "branch.id"),
        _key("territory_proposal", "made_by", "staff.id"),
        _key("territory_proposal", "settled_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_proposal")),
    )  # fmt: skip
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_branch_id"), table, ["branch_id"])
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app"
            f" USING ({IN_SCOPE} AND {NO_AGENT}) WITH CHECK ({IN_SCOPE} AND {NO_AGENT})"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
    # What a version was stays as it was; only its days can be taken by a newer one.
    op.execute("GRANT UPDATE (during) ON territory_version TO roundsman_app")
    op.execute(
        "GRANT UPDATE (state, settled_at, settled_by) ON territory_proposal TO roundsman_app"
    )


def _versions() -> None:
    shape = geoalchemy2.types.Geometry(
        "MULTIPOLYGON", srid=4326, spatial_index=False, nullable=True
    )
    op.create_table(
        "territory_version",
        _id("id"), _id("branch_id"), _id("territory_id"), _whole("version"), _text("name"),
        sa.Column("shape", shape, nullable=True),
        *(
            sa.Column(name, sa.Double(), sa.Computed(rule, persisted=True), nullable=True)
            for name, rule in FROM_SHAPE.items()
        ),
        sa.Column("pincodes", postgresql.ARRAY(sa.Text()), nullable=False),
        _whole("precedence"), sa.Column("during", postgresql.DATERANGE(), nullable=False),
        _text("origin"), _at("set_at"), _id("set_by", nullable=True),
        _check("territory_version", "origin IN ('drawn', 'imported', 'proposed')", "origin"),
        _check("territory_version", "shape IS NOT NULL OR pincodes <> '{}'", "somewhere"),
        _check("territory_version", "precedence BETWEEN 1 AND 1000", "precedence"),
        _check("territory_version", SOUND_SHAPE, "shape"),
        _key("territory_version", "branch_id", "branch.id"),
        _key("territory_version", "territory_id", "territory.id"),
        _key("territory_version", "set_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory_version")),
        sa.UniqueConstraint(
            "territory_id", "version", name=op.f("uq_territory_version_territory_id_version")
        ),
        postgresql.ExcludeConstraint(
            ("territory_id", "="), ("during", "&&"), name="ex_territory_version_one_a_day"
        ),
    )  # fmt: skip
    op.create_index(
        "ix_territory_version_shape", "territory_version", ["shape"], postgresql_using="gist"
    )
    op.create_index("ix_territory_version_box", "territory_version", ["branch_id", "south", "west"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
