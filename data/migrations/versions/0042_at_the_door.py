"""Counted cash and the amount in words on receipts; pictures of groups and authorization forms."""

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
    op.create_check_constraint(
        op.f("ck_attachment_form"),
        "attachment",
        "(kind = 'car_form') = (num_nonnulls(form_number, form_date) = 2)"
        " AND num_nonnulls(form_number, form_date) IN (0, 2)",
    )


def _kinds(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_attachment_kind"), "attachment")
    op.create_check_constraint(op.f("ck_attachment_kind"), "attachment", f"kind IN {kinds}")


def downgrade() -> None:
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
