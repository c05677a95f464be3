"""Quarantined messages that were edited, people who move to another branch, cash limits that two
people raise, and enrollments that are taken back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
TABLES = ("branch_move", "limit_change", "quarantine_edit")
MAY_CHANGE = {
    "branch_move": "state, settled_at, settled_by, cleared",
    "limit_change": "decision, decided_by, decided_at",
}
REFERENCES = {
    "branch_move": {
        "staff_id": "staff.id", "to_branch_id": "branch.id", "cases_to": "agent_profile.agent_id",
        "asked_by": "staff.id", "settled_by": "staff.id",
    },
    "limit_change": {
        "agent_id": "till.agent_id", "proposed_by": "staff.id", "decided_by": "staff.id",
    },
    "quarantine_edit": {"entry_id": "quarantine.id", "edited_by": "staff.id"},
}  # fmt: skip
INDEXES = {
    "branch_move": ("staff_id",), "limit_change": ("agent_id",), "quarantine_edit": ("entry_id",),
}  # fmt: skip

# Who they are goes along with a person, and so does an agent's till, which is empty then: what was
# done at the former branch stays there. Only a move that is done may change where people belong.
GOES_ALONG = (
    ("staff", "id"), ("agent_profile", "agent_id"), ("till", "agent_id"),
    ("receipt_series", "agent_id"), ("agent_certificate", "agent_id"),
    ("agent_position", "agent_id"), ("passkey", "staff_id"), ("second_factor", "staff_id"),
    ("provider_account", "staff_id"), ("push_subscription", "staff_id"),
)  # fmt: skip
GO_ALONG = "".join(
    f"UPDATE {table} SET branch_id = NEW.to_branch_id WHERE {column} = NEW.staff_id;"  # noqa: S608
    for table, column in GOES_ALONG
)
MOVES = """
CREATE FUNCTION branch_move_takes_effect() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM till WHERE agent_id = NEW.staff_id
               AND in_hand_minor + reserved_minor + pending_minor + in_transit_minor > 0) THEN
        RAISE EXCEPTION 'a till that is not empty moves nowhere' USING ERRCODE = 'check_violation';
    END IF;
    go_along
    RETURN NULL;
END $$;
CREATE TRIGGER branch_move_done AFTER UPDATE OF state ON branch_move
    FOR EACH ROW WHEN (OLD.state = 'planned' AND NEW.state = 'done')
    EXECUTE FUNCTION branch_move_takes_effect();

CREATE FUNCTION settled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was settled is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER branch_move_settled_once BEFORE UPDATE ON branch_move
    FOR EACH ROW WHEN (OLD.state <> 'planned') EXECUTE FUNCTION settled_once();
CREATE TRIGGER limit_change_decided_once BEFORE UPDATE ON limit_change
    FOR EACH ROW WHEN (OLD.decision IS NOT NULL) EXECUTE FUNCTION settled_once();
""".replace("go_along", GO_ALONG)

# People of whom nothing has come can go as a whole; a foreign key is in the way of any other.
UNDOING = """
CREATE FUNCTION undo_enrollment(which uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    gone uuid[];
    phones uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM enrollment e WHERE e.id = which AND scope_agent() IS NULL
                   AND (scope_is_everything() OR e.branch_id = ANY (scope_branches()::uuid[]))) THEN
        RETURN 0;
    END IF;
    SELECT array_agg(staff_id), array_remove(array_agg(device_id), NULL) INTO gone, phones
        FROM enrolled_person WHERE enrollment_id = which;
    DELETE FROM enrolled_person WHERE enrollment_id = which;
    DELETE FROM enrollment WHERE id = which;
    DELETE FROM password_code WHERE staff_id = ANY (gone);
    DELETE FROM device WHERE id = ANY (phones);
    DELETE FROM receipt_series WHERE agent_id = ANY (gone);
    DELETE FROM till WHERE agent_id = ANY (gone);
    DELETE FROM agent_profile WHERE agent_id = ANY (gone);
    DELETE FROM staff WHERE id = ANY (gone);
    RETURN cardinality(gone);
END $$;
REVOKE ALL ON FUNCTION undo_enrollment(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION undo_enrollment(uuid) TO roundsman_app;
"""


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "branch_move",
        _id("id"), _id("branch_id"), _id("staff_id"), _id("to_branch_id"),
        sa.Column("on_day", sa.Date(), nullable=False),
        _text("reason"), _id("cases_to", nullable=True), _id("asked_by"), _at("asked_at"),
        _text("state"), _at("settled_at", nullable=True), _id("settled_by", nullable=True),
        sa.Column("cleared", postgresql.JSONB(), nullable=True),
        _check("branch_move", "another_branch", "to_branch_id <> branch_id"),
        _check("branch_move", "another_person", "asked_by <> staff_id"),
        _check("branch_move", "cases_to_another", "cases_to <> staff_id"),
        _check("branch_move", "state", "state IN ('planned', 'done', 'withdrawn')"),
        _check("branch_move", "settled", "(state = 'planned') = (settled_at IS NULL)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch_move")),
    )  # fmt: skip
    op.create_index(
        "uq_branch_move_planned", "branch_move", ["staff_id"], unique=True,
        postgresql_where=sa.text("state = 'planned'"),
    )  # fmt: skip
    op.create_table(
        "limit_change",
        _id("id"), _id("branch_id"), _id("agent_id"),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False), _text("currency"),
        _text("reason"), _id("proposed_by"), _at("proposed_at"), _text("decision", nullable=True),
        _id("decided_by", nullable=True), _at("decided_at", nullable=True),
        _check("limit_change", "amount", "limit_minor >= 0"),
        _check("limit_change", "decision", "decision IN ('accepted', 'rejected', 'overtaken')"),
        _check("limit_change", "decided", "(decision IS NULL) = (decided_at IS NULL)"),
        _check("limit_change", "two_people", "decision <> 'accepted' OR decided_by <> proposed_by"),
        _check("limit_change", "not_their_own",
               "proposed_by <> agent_id AND (decided_by IS NULL OR decided_by <> agent_id)"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_change")),
    )  # fmt: skip
    op.create_index(
        "uq_limit_change_open", "limit_change", ["agent_id"], unique=True,
        postgresql_where=sa.text("decision IS NULL"),
    )  # fmt: skip
    op.create_table(
        "quarantine_edit",
        _id("id"),
        _id("branch_id"),
        _id("entry_id"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _text("reason"),
        _id("edited_by"),
        _at("edited_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_edit")),
    )
    for table in TABLES:
        for column, target in {"branch_id": "branch.id", **REFERENCES[table]}.items():
            other, key = target.split(".")
            op.create_foreign_key(
                op.f(f"fk_{table}_{column}"), table, other, [column], [key],
                ondelete="CASCADE" if other == "quarantine" else None,
            )  # fmt: skip
        for column in ("branch_id", *INDEXES[table]):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM roundsman_app")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        if columns := MAY_CHANGE.get(table):
            op.execute(f"GRANT UPDATE ({columns}) ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        rule = f"{IN_SCOPE} AND {NO_AGENT}"
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )
    op.execute(MOVES)
    op.execute(UNDOING)


def downgrade() -> None:
    op.execute("DROP FUNCTION undo_enrollment(uuid)")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION branch_move_takes_effect()")
    op.execute("DROP FUNCTION settled_once()")
