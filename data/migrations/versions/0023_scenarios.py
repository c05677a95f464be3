"""Scenarios, and proposals of any origin: edited by hand, published, undone."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NO_AGENT = "(SELECT scope_agent()) IS NULL"
# Half of a proposal is no proposal: it is seen, and published, by who may see all of it.
ALL_IN_SCOPE = (
    f"{NO_AGENT} AND ((SELECT scope_is_everything())"
    " OR branch_ids <@ (SELECT scope_branches())::uuid[])"
)
OF_PROPOSAL = "proposal_id IN (SELECT id FROM assignment_proposal)"
WAS_IN_SCOPE = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
    f" AND {NO_AGENT}"
)

TO_ROWS = """
INSERT INTO proposed_change (proposal_id, case_id, row, from_id, to_id, reason, pin, pin_until)
SELECT p.id, c.case_id, c.row, c.from_id, c.to_id, c.reason, c.pin, c.pin_until
FROM assignment_proposal p CROSS JOIN jsonb_to_recordset(p.changes) AS c (
    case_id uuid, row int, from_id uuid, to_id uuid, reason text, pin boolean,
    pin_until timestamptz)
"""
TO_JSON = """
UPDATE assignment_proposal p SET changes = coalesce((
    SELECT jsonb_agg(jsonb_build_object(
        'row', c.row, 'case_id', c.case_id, 'from_id', c.from_id, 'to_id', c.to_id,
        'from_agent', f.username, 'to_agent', t.username, 'reason', c.reason, 'pin', c.pin,
        'pin_until', c.pin_until))
    FROM proposed_change c LEFT JOIN staff f ON f.id = c.from_id LEFT JOIN staff t ON t.id = c.to_id
    WHERE c.proposal_id = p.id), '[]')
"""


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    made = None if default is None else sa.text(f"'{default}'")
    return sa.Column(name, sa.Text(), server_default=made, nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(), nullable=True)


def _number(name: str, kind: Any, default: str | None = None) -> sa.Column[object]:
    made = None if default is None else sa.text(default)
    return sa.Column(name, kind, server_default=made, nullable=default is None)


def _flag(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _policy(table: str, rule: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
    )


def upgrade() -> None:
    _proposals()
    _changes()
    op.execute(TO_ROWS)
    op.drop_column("assignment_proposal", "changes")
    _scenarios()


def _proposals() -> None:
    table = "assignment_proposal"
    op.alter_column(table, "file_name", new_column_name="name")
    op.alter_column(table, "file_hash", nullable=True)
    op.alter_column(table, "rows_read", nullable=True)
    for column in (
        sa.Column("branch_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        _json("figures"), _json("portfolios"), _json("unplaced"),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        _at("undone_at", nullable=True), _id("undone_by", nullable=True),
    ):  # fmt: skip
        op.add_column(table, column)
    op.execute(f"UPDATE {table} SET branch_ids = ARRAY[branch_id], origin = 'sheet'")  # noqa: S608
    op.alter_column(table, "branch_ids", nullable=False)
    op.alter_column(table, "origin", nullable=False)
    op.create_foreign_key(op.f(f"fk_{table}_undone_by"), table, "staff", ["undone_by"], ["id"])
    op.drop_constraint(op.f(f"ck_{table}_state"), table, type_="check")
    for name, rule in {
        "state": "state IN ('open', 'published', 'discarded', 'undone')",
        "undone": "(state = 'undone') = (undone_at IS NOT NULL)",
        "undone_by": "(undone_at IS NULL) = (undone_by IS NULL)",
        "origin": "origin IN ('sheet', 'scenario', 'city_run')",
        "branches": "branch_id = ANY (branch_ids)",
        "figures": "(figures IS NULL) = (portfolios IS NULL)",
    }.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.execute(f"DROP POLICY scope ON {table}")
    _policy(table, ALL_IN_SCOPE)


def _changes() -> None:
    op.create_table(
        "proposed_change",
        _id("proposal_id"), _id("case_id"), _number("row", sa.Integer()),
        _id("from_id", nullable=True), _id("to_id", nullable=True), _text("reason"),
        _flag("pin"), _at("pin_until", nullable=True), _flag("lend"), _flag("overrule"),
        _flag("hypothetical"), _text("label", nullable=True),
        _number("lat", sa.Double()), _number("lon", sa.Double()),
        _number("work_s", sa.Integer(), "0"), _number("expected_minor", sa.BigInteger(), "0"),
        _number("from_travel_s", sa.Double()), _number("to_travel_s", sa.Double()),
        _flag("from_knows"), _flag("to_knows"), _text("outcome", nullable=True),
        _check("proposed_change", "from_id IS DISTINCT FROM to_id OR pin", "changes"),
        _check("proposed_change",
               "outcome IN ('moved', 'left_out', 'returned', 'kept')", "outcome"),
        _check("proposed_change",
               "NOT hypothetical OR coalesce(outcome, '') <> 'moved'", "real"),
        _key("proposed_change", "proposal_id", "assignment_proposal.id"),
        sa.PrimaryKeyConstraint("proposal_id", "case_id", name=op.f("pk_proposed_change")),
    )  # fmt: skip
    op.create_table(
        "proposal_edit",
        _id("proposal_id"), sa.Column("revision", sa.Integer(), nullable=False), _id("case_id"),
        _id("was_id", nullable=True), _id("now_id", nullable=True), _text("reason"),
        _at("edited_at"), _id("edited_by"),
        _key("proposal_edit", "proposal_id", "assignment_proposal.id"),
        _key("proposal_edit", "edited_by", "staff.id"),
        sa.PrimaryKeyConstraint(
            "proposal_id", "revision", "case_id", name=op.f("pk_proposal_edit")),
    )  # fmt: skip
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON proposed_change TO roundsman_app")
    op.execute("GRANT SELECT, INSERT ON proposal_edit TO roundsman_app")
    for table in ("proposed_change", "proposal_edit"):
        _policy(table, OF_PROPOSAL)


def _scenarios() -> None:
    op.create_table(
        "scenario",
        _id("id"), _id("branch_id"), sa.Column("branch_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        _text("name"), sa.Column("day", sa.Date(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("with_rounds", sa.Boolean(), nullable=False),
        _text("state", default="waiting"), _text("doing", default="Waiting"),
        _number("share", sa.Double(), "0"), _json("problem"), _id("proposal_id", nullable=True),
        _at("made_at"), _id("made_by"), _at("ended_at", nullable=True),
        _check("scenario", "state IN ('waiting', 'running', 'done', 'failed')", "state"),
        _check("scenario", "(state = 'done') = (proposal_id IS NOT NULL)", "done"),
        _check("scenario", "(state = 'failed') = (problem IS NOT NULL)", "failed"),
        _check("scenario",
               "(state IN ('done', 'failed')) = (ended_at IS NOT NULL)", "ended"),
        _check("scenario", "share BETWEEN 0 AND 1", "share"),
        _check("scenario", "branch_id = ANY (branch_ids)", "branches"),
        _key("scenario", "branch_id", "branch.id"),
        _key("scenario", "proposal_id", "assignment_proposal.id"),
        _key("scenario", "made_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )  # fmt: skip
    op.create_index(op.f("ix_scenario_branch_id"), "scenario", ["branch_id"])
    op.create_index("ix_scenario_made_at", "scenario", ["branch_id", "made_at"])
    op.execute("GRANT SELECT, INSERT, UPDATE ON scenario TO roundsman_app")
    _policy("scenario", ALL_IN_SCOPE)


def downgrade() -> None:
    """Only sheets were proposals before: others go, with what was edited and undone."""
    table = "assignment_proposal"
    op.drop_table("scenario")
    op.execute("DELETE FROM proposal_edit")
    op.execute(
        "DELETE FROM proposed_change WHERE proposal_id IN"
        " (SELECT id FROM assignment_proposal WHERE origin <> 'sheet')"
    )
    op.execute(f"DELETE FROM {table} WHERE origin <> 'sheet'")  # noqa: S608
    op.add_column(table, _json("changes"))
    op.execute(TO_JSON)
    op.alter_column(table, "changes", nullable=False)
    op.drop_table("proposal_edit")
    op.drop_table("proposed_change")
    op.execute(f"DROP POLICY scope ON {table}")
    for name in ("state", "undone", "undone_by", "origin", "branches", "figures"):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.execute(
        f"UPDATE {table} SET state = 'published' WHERE state = 'undone'"  # noqa: S608
    )
    op.create_check_constraint(
        op.f(f"ck_{table}_state"), table, "state IN ('open', 'published', 'discarded')"
    )
    for column in (
        "branch_ids", "origin", "figures", "portfolios", "unplaced", "revision", "undone_at",
        "undone_by",
    ):  # fmt: skip
        op.drop_column(table, column)
    op.alter_column(table, "rows_read", nullable=False)
    op.alter_column(table, "file_hash", nullable=False)
    op.alter_column(table, "name", new_column_name="file_name")
    _policy(table, WAS_IN_SCOPE)
