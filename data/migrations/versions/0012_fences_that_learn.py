"""Polygons beside circles; points that visits propose, supervisors accept and agents pin."""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"
OFFICE = "(SELECT scope_agent()) IS NULL"
RULES = {
    "fence_shape": IN_SCOPE,
    "address_point": IN_SCOPE,
    "address_point_proposal": f"{IN_SCOPE} AND {OFFICE}",
    "address_point_witness": f"{IN_SCOPE} AND {OFFICE}",
    "address_point_review": f"{IN_SCOPE} AND {OFFICE}",
    "address_pin": f"{IN_SCOPE} AND {OWN}",
}
"""All append-only: what was proposed, decided, drawn and pinned stays as it was."""

SOUND_POLYGON = (
    "ST_IsValid(polygon) AND NOT ST_IsEmpty(polygon) AND ST_NPoints(polygon) <= 1000"
    " AND ST_YMin(polygon) >= -85 AND ST_YMax(polygon) <= 85"
    " AND ST_XMin(polygon) >= -180 AND ST_XMax(polygon) <= 180"
    " AND ST_XMax(polygon) - ST_XMin(polygon) <= 0.6"
    " AND ST_YMax(polygon) - ST_YMin(polygon) <= 0.06"
)

BOX = {"south": "ST_YMin", "west": "ST_XMin", "north": "ST_YMax", "east": "ST_XMax"}
QUALITIES = "quality IN ('rooftop', 'street', 'area')"
ORIGINS = "origin IN ('source', 'pinned', 'accepted', 'confirmed', 'drawn')"


def _polygon() -> sa.Column[object]:
    kind = geoalchemy2.types.Geometry("POLYGON", srid=4326, spatial_index=False, nullable=True)
    return sa.Column("polygon", kind, nullable=True)


def _point(name: str, *, nullable: bool = False) -> sa.Column[object]:
    kind = geoalchemy2.types.Geography("POINT", srid=4326, spatial_index=False, nullable=nullable)
    return sa.Column(name, kind, nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _agents() -> sa.Column[object]:
    return sa.Column("agents", postgresql.ARRAY(sa.Uuid()), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _fences()
    _points()
    _proposals()
    _pins()
    for table, rule in RULES.items():
        op.create_index(op.f(f"ix_{table}_branch_id"), table, ["branch_id"])
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )


def _fences() -> None:
    op.add_column(
        "fence", sa.Column("point_version", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "fence", sa.Column("point_origin", sa.Text(), server_default="source", nullable=False)
    )
    op.add_column("fence", _id("sole_witness", nullable=True))
    op.create_foreign_key(
        op.f("fk_fence_sole_witness"), "fence", "agent_profile", ["sole_witness"], ["agent_id"]
    )
    op.add_column("fence", _polygon())
    for side, function in BOX.items():
        made = sa.Computed(f"{function}(polygon)", persisted=True)
        op.add_column("fence", sa.Column(side, sa.Double(), made, nullable=True))
    op.add_column("fence", _at("changed_at", nullable=True))
    op.create_check_constraint(op.f("ck_fence_polygon"), "fence", SOUND_POLYGON)
    op.create_index(
        "ix_fence_south", "fence", ["south", "west"], postgresql_where=sa.text("south IS NOT NULL")
    )
    op.create_table(
        "fence_shape",
        _id("id"), _id("branch_id"), _id("fence_id"), _polygon(), _text("origin"), _at("made_at"),
        _id("made_by"),
        _check("fence_shape", "origin IN ('drawn', 'imported', 'removed')", "origin"),
        _check("fence_shape", "(origin = 'removed') = (polygon IS NULL)", "removed"),
        _check("fence_shape", SOUND_POLYGON, "polygon"),
        _key("fence_shape", "branch_id", "branch.id"),
        _key("fence_shape", "fence_id", "fence.id"),
        _key("fence_shape", "made_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fence_shape")),
    )  # fmt: skip
    op.create_index(op.f("ix_fence_shape_fence_id"), "fence_shape", ["fence_id"])


def _proposals() -> None:
    op.create_table(
        "address_point_witness",
        _id("proposal_id"), _id("visit_id"), _id("branch_id"), _id("agent_id"), _point("location"),
        sa.Column("sigma_m", sa.Double(), nullable=False), _text("confirmed_by"),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        _check("address_point_witness", "confirmed_by IN ('receipt', 'promise', 'check-in')",
               "confirmed_by"),
        _key("address_point_witness", "proposal_id", "address_point_proposal.id"),
        _key("address_point_witness", "visit_id", "visit.id"),
        _key("address_point_witness", "branch_id", "branch.id"),
        _key("address_point_witness", "agent_id", "agent_profile.agent_id"),
        sa.PrimaryKeyConstraint("proposal_id", "visit_id", name=op.f("pk_address_point_witness")),
    )  # fmt: skip
    op.create_table(
        "address_point_review",
        _id("proposal_id"), _agents(), _id("branch_id"), _text("decision"),
        _text("note", nullable=True), _at("reviewed_at"), _id("reviewed_by"),
        _check("address_point_review", "decision IN ('accepted', 'rejected')", "decision"),
        _check("address_point_review", "reviewed_by <> ALL (agents)", "another_person"),
        sa.ForeignKeyConstraint(
            ["proposal_id", "agents"],
            ["address_point_proposal.id", "address_point_proposal.agents"],
            name=op.f("fk_address_point_review_proposal_id_agents"),
        ),
        _key("address_point_review", "branch_id", "branch.id"),
        _key("address_point_review", "reviewed_by", "staff.id"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_address_point_review")),
    )  # fmt: skip


def _points() -> None:
    op.create_table(
        "address_point_proposal",
        _id("id"), _id("branch_id"), _id("address_id"),
        sa.Column("base_version", sa.Integer(), nullable=False), _point("location"),
        sa.Column("sigma_m", sa.Double(), nullable=False), _text("quality"),
        sa.Column("distance_m", sa.Double(), nullable=False), _agents(),
        sa.Column("visits", sa.Integer(), nullable=False), _at("proposed_at"),
        _check("address_point_proposal", QUALITIES, "quality"),
        _check("address_point_proposal", "sigma_m > 0", "sigma"),
        _check("address_point_proposal", "cardinality(agents) >= 1 AND visits >= 1", "witnesses"),
        _key("address_point_proposal", "branch_id", "branch.id"),
        _key("address_point_proposal", "address_id", "address.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_point_proposal")),
        sa.UniqueConstraint("id", "agents", name=op.f("uq_address_point_proposal_id_agents")),
    )  # fmt: skip
    op.create_index(
        "ix_address_point_proposal_address_id_proposed_at",
        "address_point_proposal",
        ["address_id", "proposed_at"],
    )
    op.create_table(
        "address_point",
        _id("id"), _id("branch_id"), _id("address_id"),
        sa.Column("version", sa.Integer(), nullable=False), _point("location"),
        sa.Column("sigma_m", sa.Double(), nullable=False), _text("origin"), _agents(),
        _point("source_location", nullable=True), _id("proposal_id", nullable=True),
        _at("made_at"), _id("made_by", nullable=True), _text("note", nullable=True),
        _check("address_point", "version >= 1", "version"),
        _check("address_point", "sigma_m > 0 AND sigma_m <= 2000", "sigma"),
        _check("address_point", ORIGINS, "origin"),
        _check("address_point", "origin <> 'accepted' OR proposal_id IS NOT NULL", "accepted"),
        _check("address_point", "origin <> 'pinned' OR cardinality(agents) = 1", "pinned"),
        _check("address_point", "origin <> 'confirmed' OR cardinality(agents) >= 2", "confirmed"),
        _key("address_point", "branch_id", "branch.id"),
        _key("address_point", "address_id", "address.id"),
        _key("address_point", "proposal_id", "address_point_proposal.id"),
        _key("address_point", "made_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_point")),
        sa.UniqueConstraint("address_id", "version", name=op.f("uq_address_point_address_id_version")),
    )  # fmt: skip


def _pins() -> None:
    op.create_table(
        "address_pin",
        _id("id"), _id("branch_id"), _id("agent_id"), _id("case_id"), _id("address_id"),
        _at("device_time"), _at("server_time"),
        sa.Column("fix", postgresql.JSONB(), nullable=False), _text("note", nullable=True),
        sa.Column("is_placed", sa.Boolean(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        _key("address_pin", "branch_id", "branch.id"),
        _key("address_pin", "agent_id", "agent_profile.agent_id"),
        _key("address_pin", "case_id", "case_file.id"),
        _key("address_pin", "address_id", "address.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_pin")),
    )  # fmt: skip
    op.create_index(op.f("ix_address_pin_agent_id"), "address_pin", ["agent_id"])
    op.create_index(op.f("ix_address_pin_address_id"), "address_pin", ["address_id"])


def downgrade() -> None:
    for table in (
        "address_pin", "address_point_review", "address_point_witness", "address_point",
        "address_point_proposal", "fence_shape",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("ix_fence_south", table_name="fence")
    op.drop_constraint(op.f("ck_fence_polygon"), "fence")
    for column in (
        "changed_at", *reversed(BOX), "polygon", "sole_witness", "point_origin", "point_version",
    ):  # fmt: skip
        op.drop_column("fence", column)
