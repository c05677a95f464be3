"""Modes with their details, messages to customers, online payments, one-time codes, refunds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"

RULES = {
    "message": f"{IN_SCOPE} AND {NO_AGENT}",
    "one_time_code": f"{IN_SCOPE} AND {NO_AGENT}",
    "payment_link": f"{IN_SCOPE} AND ({NO_AGENT} OR made_by = (SELECT scope_agent()))",
    "online_payment": f"{IN_SCOPE} AND {NO_AGENT}",
    "gateway_event": "(SELECT scope_is_everything())",
    "refund": f"{IN_SCOPE} AND {NO_AGENT}",
}
CHANGEABLE = {
    "message": "body, state, refused_by, attempts, provider_ref, problem, settled_at",
    "payment_link": "withdrawn_at",
    "online_payment": "gateway_ref, state, settled_at",
    "gateway_event": "outcome, payment_id",
    "refund": "state, settled_by, settled_at, reference",
}
"""All else of a row stays as it was written."""

CHECKS = {
    "receipt": {
        "mode": "mode IN ('cash', 'card', 'transfer', 'upi', 'cheque', 'mobile', 'aeps', 'whatsapp')",
        "taken": "num_nonnulls(agent_id, taken_by, online_payment_id) = 1 AND (agent_id IS NULL) = (headroom_minor IS NULL)",
    },
    "journal_entry": {
        "kind": "kind IN ('receipt', 'receipt_reversal', 'refund_due', 'deposit', 'deposit_rejection', 'acknowledgment', 'handover', 'remittance', 'reconciliation', 'reconciliation_reversal', 'vault_count', 'difference_settled', 'refund_paid')",
    },
}
FORMER = {
    "receipt": {
        "mode": "mode IN ('cash', 'card', 'transfer', 'upi', 'cheque', 'mobile')",
        "taken": "num_nonnulls(agent_id, taken_by) = 1 AND (agent_id IS NULL) = (headroom_minor IS NULL)",
    },
    "journal_entry": {
        "kind": "kind IN ('receipt', 'receipt_reversal', 'refund_due', 'deposit', 'deposit_rejection', 'acknowledgment', 'handover', 'remittance', 'reconciliation', 'reconciliation_reversal', 'vault_count', 'difference_settled')",
    },
}

# Agents see of a case that is theirs what its customer paid online, as well as what they took.
ONLINE = f"""
CREATE POLICY online ON receipt FOR SELECT TO roundsman_app USING (
    online_payment_id IS NOT NULL AND {IN_SCOPE}
    AND EXISTS (SELECT FROM case_file c WHERE c.id = case_id))
"""  # noqa: S608 our own constants

# Agents may try a code, once for each receipt, and see nothing of it.
USE_CODE = """
CREATE FUNCTION use_one_time_code(of_case uuid, given bytea, for_receipt uuid, at timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE one_time_code SET receipt_id = for_receipt WHERE id = (
        SELECT id FROM one_time_code
        WHERE case_id = of_case AND code_hash = given AND receipt_id IS NULL
          AND made_at <= at AND expires_at > at
        ORDER BY made_at DESC LIMIT 1 FOR UPDATE);
    RETURN CASE WHEN FOUND THEN 'code_confirmed' ELSE 'code_wrong' END;
END $$;
REVOKE ALL ON FUNCTION use_one_time_code(uuid, bytea, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION use_one_time_code(uuid, bytea, uuid, timestamptz) TO roundsman_app;
"""


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(
        name, sa.Text(), nullable=nullable, server_default=sa.text(default) if default else None
    )


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _minor(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _bytes(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _replace(checks: dict[str, dict[str, str]]) -> None:
    for table, rules in checks.items():
        for name, rule in rules.items():
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def upgrade() -> None:
    _messages()
    _payments()
    _refunds()
    _receipts()
    for table, rule in RULES.items():
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        if table in CHANGEABLE:
            op.execute(f"GRANT UPDATE ({CHANGEABLE[table]}) ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )
    _replace(CHECKS)
    op.execute(USE_CODE)
    op.execute(ONLINE)


def downgrade() -> None:
    op.execute("DROP POLICY online ON receipt")
    op.execute("DROP FUNCTION use_one_time_code(uuid, bytea, uuid, timestamptz)")
    op.drop_table("one_time_code")
    op.drop_table("message")
    op.drop_table("refund")
    op.drop_table("gateway_event")
    _replace(FORMER)
    op.drop_constraint(op.f("ck_receipt_loan_card"), "receipt", type_="check")
    op.drop_constraint(op.f("ck_receipt_mode_details"), "receipt", type_="check")
    for column in ("online_payment_id", "loan_card_missing", "loan_card_place", "mode_details"):
        op.drop_column("receipt", column)
    op.drop_table("online_payment")
    op.drop_table("payment_link")


def _receipts() -> None:
    op.add_column(
        "receipt",
        sa.Column(
            "mode_details", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column("receipt", _text("loan_card_place", nullable=True))
    op.add_column("receipt", _text("loan_card_missing", nullable=True))
    op.add_column("receipt", _id("online_payment_id", nullable=True))
    op.create_foreign_key(
        op.f("fk_receipt_online_payment_id"), "receipt", "online_payment",
        ["online_payment_id"], ["id"],
    )  # fmt: skip
    op.create_unique_constraint(
        op.f("uq_receipt_online_payment_id"), "receipt", ["online_payment_id"]
    )
    op.create_check_constraint(
        op.f("ck_receipt_mode_details"), "receipt", "jsonb_typeof(mode_details) = 'object'"
    )
    op.create_check_constraint(
        op.f("ck_receipt_loan_card"), "receipt",
        "num_nonnulls(loan_card_place, loan_card_missing) < 2",
    )  # fmt: skip


def _messages() -> None:
    op.create_table(
        "message",
        _id("id"), _id("branch_id"), _id("case_id"), _text("purpose"), _id("subject_id"),
        _text("channel"), _text("sent_to"), _text("language"), _text("body"),
        _text("state", default="'waiting'"),
        sa.Column("refused_by", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _text("provider_ref", nullable=True), _text("problem", nullable=True),
        _at("made_at"), _at("settled_at", nullable=True),
        _check("message", "purpose IN ('receipt', 'payment_link', 'one_time_code')", "purpose"),
        _check("message", "channel IN ('sms', 'whatsapp')", "channel"),
        _check("message", "state IN ('waiting', 'sent', 'refused', 'failed')", "state"),
        _check("message", "(state = 'waiting') = (settled_at IS NULL)", "settled"),
        _check("message", "(state = 'sent') = (provider_ref IS NOT NULL)", "sent"),
        _check("message", "(state = 'refused') = (refused_by <> '[]')", "refused"),
        _check("message", "attempts >= 0", "attempts"),
        _key("message", "branch_id", "branch.id"), _key("message", "case_id", "case_file.id"),
        _primary("message", "id"),
        sa.UniqueConstraint("purpose", "subject_id", name=op.f("uq_message_purpose_subject_id")),
    )  # fmt: skip
    _index("message", "branch_id")
    _index("message", "case_id")
    op.create_index(
        "ix_message_waiting", "message", ["made_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "one_time_code",
        _id("id"), _id("branch_id"), _id("case_id"), _bytes("code_hash"), _at("made_at"),
        _at("expires_at"), _id("receipt_id", nullable=True),
        _check("one_time_code", "made_at < expires_at", "times"),
        _key("one_time_code", "branch_id", "branch.id"),
        _key("one_time_code", "case_id", "case_file.id"),
        # A receipt is kept after its code was looked at, in the same transaction.
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_one_time_code_receipt_id"),
            deferrable=True, initially="DEFERRED",
        ),
        _primary("one_time_code", "id"),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_one_time_code_receipt_id")),
    )  # fmt: skip
    _index("one_time_code", "branch_id")
    _index("one_time_code", "case_id")


def _payments() -> None:
    op.create_table(
        "payment_link",
        _id("id"), _id("branch_id"), _id("case_id"), _minor("amount_minor"), _text("currency"),
        sa.Column("is_part_allowed", sa.Boolean(), nullable=False), _at("made_at"), _id("made_by"),
        _at("expires_at"), _at("withdrawn_at", nullable=True), _bytes("body_hash"),
        _check("payment_link", "amount_minor > 0", "amount"),
        _check("payment_link", "made_at < expires_at", "times"),
        _key("payment_link", "branch_id", "branch.id"),
        _key("payment_link", "case_id", "case_file.id"), _key("payment_link", "made_by", "staff.id"),
        _primary("payment_link", "id"),
    )  # fmt: skip
    _index("payment_link", "branch_id")
    _index("payment_link", "case_id")
    op.create_table(
        "online_payment",
        _id("id"), _id("branch_id"), _id("link_id"), _text("gateway"),
        _text("gateway_ref", nullable=True), _minor("amount_minor"), _text("currency"),
        _text("state", default="'started'"), _at("begun_at"), _at("settled_at", nullable=True),
        _check("online_payment", "amount_minor > 0", "amount"),
        _check("online_payment", "state IN ('started', 'paid', 'failed')", "state"),
        _check("online_payment", "(state = 'started') = (settled_at IS NULL)", "settled"),
        _key("online_payment", "branch_id", "branch.id"),
        _key("online_payment", "link_id", "payment_link.id"), _primary("online_payment", "id"),
        sa.UniqueConstraint(
            "gateway", "gateway_ref", name=op.f("uq_online_payment_gateway_gateway_ref")
        ),
    )  # fmt: skip
    _index("online_payment", "branch_id")
    _index("online_payment", "link_id")
    op.create_table(
        "gateway_event",
        _text("gateway"), _text("event_id"), _text("kind"), _id("payment_id", nullable=True),
        sa.Column("body", postgresql.JSONB(), nullable=False), _text("outcome"), _at("received_at"),
        _check(
            "gateway_event",
            "outcome IN ('paid', 'failed', 'paid_already', 'ignored', 'unknown_payment',"
            " 'other_currency')",
            "outcome",
        ),
        _key("gateway_event", "payment_id", "online_payment.id"),
        _primary("gateway_event", "gateway", "event_id"),
    )  # fmt: skip
    _index("gateway_event", "payment_id")


def _refunds() -> None:
    op.create_table(
        "refund",
        _id("id"), _id("branch_id"), _id("account_id"), _id("receipt_id", nullable=True),
        _minor("amount_minor"), _text("currency"), _text("reason"), _text("way"), _text("payee"),
        _id("asked_by"), _at("asked_at"), _text("state", default="'asked'"),
        _id("settled_by", nullable=True), _at("settled_at", nullable=True),
        _text("reference", nullable=True), _bytes("body_hash"),
        _check("refund", "amount_minor > 0", "amount"),
        _check("refund", "way IN ('cash', 'transfer')", "way"),
        _check("refund", "state IN ('asked', 'paid', 'declined')", "state"),
        _check("refund", "(state = 'asked') = (settled_at IS NULL)"
               " AND (settled_at IS NULL) = (settled_by IS NULL)", "settled"),
        _check("refund", "settled_by <> asked_by", "another_person"),
        _check("refund", "state <> 'paid' OR (way = 'transfer') = (reference IS NOT NULL)",
               "reference"),
        _key("refund", "branch_id", "branch.id"), _key("refund", "account_id", "account.id"),
        _key("refund", "receipt_id", "receipt.id"), _key("refund", "asked_by", "staff.id"),
        _key("refund", "settled_by", "staff.id"), _primary("refund", "id"),
    )  # fmt: skip
    _index("refund", "branch_id")
    _index("refund", "account_id")
    op.create_index(
        "ix_refund_open", "refund", ["branch_id", "asked_at"],
        postgresql_where=sa.text("state = 'asked'"),
    )  # fmt: skip
