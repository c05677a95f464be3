"""When a payment link was first opened, messages that are sent again, and e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def _channels(words: str) -> None:
    op.drop_constraint(op.f("ck_message_channel"), "message", type_="check")
    op.create_check_constraint(op.f("ck_message_channel"), "message", f"channel IN ({words})")


def upgrade() -> None:
    op.add_column("payment_link", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("GRANT UPDATE (opened_at) ON payment_link TO roundsman_app")
    op.add_column(
        "message", sa.Column("sending", sa.SmallInteger(), server_default="1", nullable=False)
    )
    op.create_check_constraint(op.f("ck_message_sending"), "message", "sending >= 1")
    op.drop_constraint(op.f("uq_message_purpose_subject_id"), "message", type_="unique")
    op.create_unique_constraint(
        op.f("uq_message_purpose_subject_id_sending"),
        "message",
        ["purpose", "subject_id", "sending"],
    )
    _channels("'sms', 'whatsapp', 'email'")
    op.add_column("report_subscription", sa.Column("email", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("report_subscription", "email")
    # What was sent again, or by e-mail, has no place in the former table.
    op.execute("DELETE FROM message WHERE sending > 1 OR channel = 'email'")
    _channels("'sms', 'whatsapp'")
    op.drop_constraint(op.f("uq_message_purpose_subject_id_sending"), "message", type_="unique")
    op.create_unique_constraint(
        op.f("uq_message_purpose_subject_id"), "message", ["purpose", "subject_id"]
    )
    op.drop_column("message", "sending")
    op.drop_column("payment_link", "opened_at")
