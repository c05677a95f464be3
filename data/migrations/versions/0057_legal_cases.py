"""What is before a court about a case: hearings, costs, and the hold under which nobody is sent."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

IN_SCOPE = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
    " AND (SELECT scope_agent() IS NULL)"
)
OF_A_CASE = "EXISTS (SELECT FROM legal_case l WHERE l.id = legal_case_id)"
POLICIES = {"legal_case": IN_SCOPE, "legal_hearing": OF_A_CASE, "legal_cost": OF_A_CASE}

REPLACED = """
DO $do$ DECLARE f text;
BEGIN
    SELECT pg_get_functiondef(oid) INTO STRICT f FROM pg_proc WHERE proname = '{function}';
    IF position($old${old}$old$ IN f) = 0 THEN
        RAISE EXCEPTION '{function} is not as it was';
    END IF;
    EXECUTE replace(f, $old${old}$old$, $new${new}$new$);
END $do$
"""
CASES_MOVE = "    UPDATE case_file SET branch_id = m.to_branch_id WHERE id = ANY (cases);"
LEGAL_MOVES = f"""    UPDATE legal_case SET branch_id = m.to_branch_id
    WHERE case_id = ANY (cases);
{CASES_MOVE}"""  # noqa: S608 our own names
ALERTS_ERASED = "    UPDATE alert SET title = gone"
LEGAL_ERASED = f"""    UPDATE legal_hearing h SET purpose = gone,
        outcome = CASE WHEN h.outcome IS NOT NULL THEN gone END
    FROM legal_case l WHERE l.id = h.legal_case_id AND l.case_id = ANY (cases);
    UPDATE legal_cost c SET paid_for = gone
    FROM legal_case l WHERE l.id = c.legal_case_id AND l.case_id = ANY (cases);
    UPDATE legal_case SET forum = gone, reference = NULL, advocate = NULL, advocate_phone = NULL,
        reason = CASE WHEN reason IS NOT NULL THEN gone END WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('legal_case', n);
{ALERTS_ERASED}"""  # noqa: S608 our own names


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_{table}_{column}"))
        for column, of in columns.items()
    ]


def upgrade() -> None:
    op.create_table(
        "legal_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("forum", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("advocate", sa.Text(), nullable=True),
        sa.Column("advocate_phone", sa.LargeBinary(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('notice', 'arbitration', 'cheque_bounce', 'secured_asset', 'civil_suit',"
            " 'conciliation', 'insolvency', 'criminal_complaint', 'other')",
            name=op.f("ck_legal_case_kind"),
        ),
        sa.CheckConstraint(
            "outcome IN ('awarded', 'settled', 'dismissed', 'withdrawn', 'other')",
            name=op.f("ck_legal_case_outcome"),
        ),
        sa.CheckConstraint(
            "octet_length(advocate_phone) >= 30", name=op.f("ck_legal_case_advocate_phone_sealed")
        ),
        sa.CheckConstraint(
            "num_nulls(outcome, reason, closed_at, closed_by) IN (0, 4)",
            name=op.f("ck_legal_case_closed"),
        ),
        *_keys(
            "legal_case", branch_id="branch.id", case_id="case_file.id",
            hold_id="occasion_hold.id", opened_by="staff.id", closed_by="staff.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_case")),
    )  # fmt: skip
    op.create_index(op.f("ix_legal_case_branch_id"), "legal_case", ["branch_id"])
    op.create_index(op.f("ix_legal_case_case_id"), "legal_case", ["case_id"])
    op.create_table(
        "legal_hearing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_case_id", sa.Uuid(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "num_nulls(outcome, noted_at, noted_by) IN (0, 3)", name=op.f("ck_legal_hearing_noted")
        ),
        *_keys(
            "legal_hearing", legal_case_id="legal_case.id", set_by="staff.id", noted_by="staff.id"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hearing")),
        sa.UniqueConstraint(
            "legal_case_id", "heard_on", name=op.f("uq_legal_hearing_legal_case_id_heard_on")
        ),
    )
    op.create_index(
        "ix_legal_hearing_coming",
        "legal_hearing",
        ["heard_on", "id"],
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "legal_cost",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("legal_case_id", sa.Uuid(), nullable=False),
        sa.Column("paid_for", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_legal_cost_amount")),
        *_keys("legal_cost", legal_case_id="legal_case.id", recorded_by="staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_cost")),
    )
    op.create_index(op.f("ix_legal_cost_legal_case_id"), "legal_cost", ["legal_case_id"])
    op.execute("GRANT SELECT, INSERT ON legal_case, legal_hearing, legal_cost TO roundsman_app")
    op.execute(
        "GRANT UPDATE (advocate_phone, outcome, reason, closed_at, closed_by) ON legal_case"
        " TO roundsman_app"
    )
    op.execute("GRANT UPDATE (outcome, noted_at, noted_by) ON legal_hearing TO roundsman_app")
    for table, rule in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )
    op.execute(REPLACED.format(function="move_customer", old=CASES_MOVE, new=LEGAL_MOVES))
    op.execute(REPLACED.format(function="erase_customer", old=ALERTS_ERASED, new=LEGAL_ERASED))


def downgrade() -> None:
    op.execute(REPLACED.format(function="erase_customer", old=LEGAL_ERASED, new=ALERTS_ERASED))
    op.execute(REPLACED.format(function="move_customer", old=LEGAL_MOVES, new=CASES_MOVE))
    for table in reversed(POLICIES):
        op.drop_table(table)
