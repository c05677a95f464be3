"""Who people are at the organization's identity provider."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_account",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("is_only", sa.Boolean(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("tied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_provider_account_email_is_lower")),
        sa.CheckConstraint(
            "(issuer IS NULL) = (subject IS NULL)",
            name=op.f("ck_provider_account_subject_has_issuer"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_provider_account_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_provider_account_branch_id")
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_provider_account")),
        sa.UniqueConstraint("email", name=op.f("uq_provider_account_email")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_account_issuer_subject")),
    )
    op.create_index(op.f("ix_provider_account_branch_id"), "provider_account", ["branch_id"])
    # What signs people in is for sign-in alone; whoever has a scope has none of it in it.
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON provider_account TO roundsman_app")
    op.execute("ALTER TABLE provider_account ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope_all ON provider_account FOR ALL TO roundsman_app"
        " USING ((SELECT scope_is_everything())) WITH CHECK ((SELECT scope_is_everything()))"
    )


def downgrade() -> None:
    op.drop_table("provider_account")
