"""Rounds underway: their progress, what changed the day, and re-planned rounds on offer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"
TABLES = ("round_progress", "day_notice", "round_offer")
STATES = "('offered', 'accepted', 'declined', 'overtaken', 'expired')"
KINDS = "('late', 'stops_early', 'case_added', 'half_shift_swapped')"

# Whoever replaces a round overtakes what was offered in its place. The one who accepts an offer
# says so before he replaces the round.
OVERTAKEN = """
CREATE FUNCTION round_offer_is_overtaken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE round_offer SET state = 'overtaken', decided_at = NEW.replaced_at
    WHERE base_round_id = NEW.id AND state = 'offered';
    RETURN NULL;
END $$;
CREATE TRIGGER round_overtakes_offers AFTER UPDATE OF replaced_at ON round
    FOR EACH ROW WHEN (OLD.replaced_at IS NULL AND NEW.replaced_at IS NOT NULL)
    EXECUTE FUNCTION round_offer_is_overtaken();
"""


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _json(name: str, default: str | None = None) -> sa.Column[object]:
    made = None if default is None else sa.text(default)
    return sa.Column(name, postgresql.JSONB(), server_default=made, nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "round_progress",
        _id("agent_id"), _id("branch_id"), _id("round_id"), _at("looked_at"), _at("ends_at"),
        sa.Column("late_s", sa.Integer(), nullable=False), _json("stops"),
        _text("considered", nullable=True), _at("considered_at", nullable=True),
        _key("round_progress", "agent_id", "agent_profile.agent_id"),
        _key("round_progress", "branch_id", "branch.id"),
        _key("round_progress", "round_id", "round.id"),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_round_progress")),
    )  # fmt: skip
    op.create_table(
        "day_notice",
        _id("id"), _id("branch_id"), _id("agent_id"), sa.Column("day", sa.Date(), nullable=False),
        _text("kind"), _at("at"), _json("facts", "'{}'"), _text("reason", nullable=True),
        _at("told_at"), _id("told_by"), sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        _check("day_notice", f"kind IN {KINDS}", "kind"),
        _key("day_notice", "branch_id", "branch.id"),
        _key("day_notice", "agent_id", "agent_profile.agent_id"),
        _key("day_notice", "told_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_notice")),
    )  # fmt: skip
    op.create_index("ix_day_notice_agent_id_day", "day_notice", ["agent_id", "day"])
    _offers()
    for table in TABLES:
        rule = f"{IN_SCOPE} AND {OWN}"
        op.create_index(op.f(f"ix_{table}_branch_id"), table, ["branch_id"])
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )
    op.execute("GRANT UPDATE, DELETE ON round_progress TO roundsman_app")
    # What was offered stays as it was offered; only what became of it is written, once.
    op.execute(
        "GRANT UPDATE (state, decided_at, decided_by, round_id) ON round_offer TO roundsman_app"
    )
    op.execute(OVERTAKEN)


def _offers() -> None:
    op.create_table(
        "round_offer",
        _id("id"), _id("branch_id"), _id("agent_id"), sa.Column("day", sa.Date(), nullable=False),
        _id("base_round_id"), _text("cause"), _text("why"), _json("proposal"), _json("difference"),
        _at("made_at"), _at("expires_at"), _text("state", default="offered"),
        _at("decided_at", nullable=True), _id("decided_by", nullable=True),
        _id("round_id", nullable=True),
        _check("round_offer", f"state IN {STATES}", "state"),
        _check("round_offer", "expires_at > made_at", "expires"),
        _check("round_offer", "(state = 'offered') = (decided_at IS NULL)", "decided"),
        _check("round_offer",
               "(state IN ('accepted', 'declined')) = (decided_by IS NOT NULL)", "decided_by"),
        _check("round_offer", "round_id IS NULL OR state = 'accepted'", "published"),
        _key("round_offer", "branch_id", "branch.id"),
        _key("round_offer", "agent_id", "agent_profile.agent_id"),
        _key("round_offer", "base_round_id", "round.id"),
        _key("round_offer", "decided_by", "staff.id"),
        _key("round_offer", "round_id", "round.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_offer")),
    )  # fmt: skip
    op.create_index(op.f("ix_round_offer_agent_id"), "round_offer", ["agent_id"])
    op.create_index(op.f("ix_round_offer_base_round_id"), "round_offer", ["base_round_id"])
    op.create_index(
        "uq_round_offer_open", "round_offer", ["agent_id", "day"], unique=True,
        postgresql_where=sa.text("state = 'offered'"),
    )  # fmt: skip


def downgrade() -> None:
    op.execute("DROP TRIGGER round_overtakes_offers ON round")
    op.execute("DROP FUNCTION round_offer_is_overtaken()")
    for table in reversed(TABLES):
        op.drop_table(table)
