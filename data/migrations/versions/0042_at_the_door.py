"""Counted cash and the amount in words on receipts; pictures of groups and authorization forms;
messages that agents have sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

COUNTED = """
-- What notes and coins make: [{"face_minor": …, "count": …}, …].
CREATE FUNCTION counted_minor(denominations jsonb) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(sum((d->>'face_minor')::bigint * (d->>'count')::bigint), 0)::bigint
    FROM jsonb_array_elements(denominations) d
$$;
"""

TENDERED = (
    "CASE WHEN denominations IS NULL THEN change_minor = 0"
    " ELSE mode = 'cash' AND change_minor >= 0"
    " AND counted_minor(denominations) = amount_minor + change_minor END"
)
NEW_KINDS = ("photo", "signature", "document", "group_image", "car_form")
OLD_KINDS = ("photo", "signature", "document")
OLD_PURPOSES = ("receipt", "payment_link", "one_time_code")
NEW_PURPOSES = (*OLD_PURPOSES, "visit_missed", "due_reminder")


# Agents have these sent, to the customers of their own cases; of other messages they see nothing.
BY_AGENT = (
    "(SELECT scope_agent()) IS NOT NULL AND branch_id = ANY ((SELECT scope_branches())::uuid[])"
    " AND purpose IN ('visit_missed', 'due_reminder')"
    " AND EXISTS (SELECT FROM case_file c WHERE c.id = case_id)"
)


def upgrade() -> None:
    op.execute(COUNTED)
    op.add_column("receipt", sa.Column("denominations", postgresql.JSONB(), nullable=True))
    op.add_column(
        "receipt",
        sa.Column("change_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("receipt", sa.Column("amount_words", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_receipt_denominations"), "receipt", TENDERED)
    op.add_column("attachment", sa.Column("form_number", sa.Text(), nullable=True))
    op.add_column("attachment", sa.Column("form_date", sa.Date(), nullable=True))
    _kinds(NEW_KINDS)
    _purposes(NEW_PURPOSES)
    for action, clause in (("INSERT", "WITH CHECK"), ("SELECT", "USING")):
        op.execute(
            f"CREATE POLICY by_agent_{action.lower()} ON message FOR {action} TO roundsman_app"
            f" {clause} ({BY_AGENT})"
        )
    op.create_check_constraint(
        op.f("ck_attachment_form"),
        "attachment",
        "(kind = 'car_form') = (num_nonnulls(form_number, form_date) = 2)"
        " AND num_nonnulls(form_number, form_date) IN (0, 2)",
    )


def _kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_attachment_kind"), "attachment")
    op.create_check_constraint(op.f("ck_attachment_kind"), "attachment", f"kind IN {kinds}")


def _purposes(purposes: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_message_purpose"), "message")
    op.create_check_constraint(op.f("ck_message_purpose"), "message", f"purpose IN {purposes}")


def downgrade() -> None:
    for action in ("insert", "select"):
        op.execute(f"DROP POLICY by_agent_{action} ON message")
    op.execute("DELETE FROM message WHERE purpose IN ('visit_missed', 'due_reminder')")
    _purposes(OLD_PURPOSES)
    op.drop_constraint(op.f("ck_attachment_form"), "attachment")
    op.execute("UPDATE attachment SET kind = 'photo' WHERE kind = 'group_image'")
    op.execute("UPDATE attachment SET kind = 'document' WHERE kind = 'car_form'")
    _kinds(OLD_KINDS)
    op.drop_column("attachment", "form_date")
    op.drop_column("attachment", "form_number")
    op.drop_constraint(op.f("ck_receipt_denominations"), "receipt")
    op.drop_column("receipt", "amount_words")
    op.drop_column("receipt", "change_minor")
    op.drop_column("receipt", "denominations")
    op.execute("DROP FUNCTION counted_minor(jsonb)")
