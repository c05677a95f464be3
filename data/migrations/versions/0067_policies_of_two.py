"""Where customers' money goes is set by two administrators."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

IN_SCOPE = (
    "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
    " AND (SELECT scope_agent() IS NULL)"
)

# No constraint, since what one person has set before holds until it is set again.
TAKES_TWO = """
CREATE FUNCTION policy_takes_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF num_nulls(NEW.set_by, NEW.seconded_by) > 0 OR NEW.seconded_by = NEW.set_by THEN
        RAISE EXCEPTION 'two people set the policy %', NEW.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_policy_two_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_takes_two BEFORE INSERT OR UPDATE ON policy
    FOR EACH ROW WHEN (NEW.key = 'upi_payee_vpa') EXECUTE FUNCTION policy_takes_two();
"""


def upgrade() -> None:
    op.add_column("policy", sa.Column("seconded_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_policy_seconded_by"), "policy", "staff", ["seconded_by"], ["id"])
    op.execute(TAKES_TWO)
    op.create_table(
        "policy_proposal",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_policy_proposal_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["staff.id"], name=op.f("fk_policy_proposal_proposed_by")
        ),
        sa.PrimaryKeyConstraint("branch_id", "key", name=op.f("pk_policy_proposal")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON policy_proposal TO roundsman_app")
    op.execute("ALTER TABLE policy_proposal ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY scope ON policy_proposal TO roundsman_app USING ({IN_SCOPE})"
        f" WITH CHECK ({IN_SCOPE})"
    )


def downgrade() -> None:
    op.drop_table("policy_proposal")
    op.execute("DROP FUNCTION policy_takes_two() CASCADE")
    op.drop_column("policy", "seconded_by")
