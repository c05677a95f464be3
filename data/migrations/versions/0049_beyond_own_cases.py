"""What agents ask beyond their own cases: which branch has one that was theirs, to book what was paid
then, and which customers have given a form to a colleague."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

# A case that was lent, or whose customer moved, is out of the agent's branch by the time at which the
# phone has a network again. Only agents ask, and only of what was theirs.
BRANCH_OF_FORMER_CASE = """
CREATE FUNCTION branch_of_former_case(of_case uuid, at_instant timestamptz) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN RETURN (
    SELECT c.branch_id FROM assignment a JOIN case_file c ON c.id = a.case_id
    WHERE a.case_id = of_case AND a.agent_id = scope_agent() AND a.channel = 'visit'
      AND a.during @> at_instant
); END $$;
REVOKE ALL ON FUNCTION branch_of_former_case(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION branch_of_former_case(uuid, timestamptz) TO roundsman_app;
"""

# A form that a colleague took is on file for everybody; nothing of it is told but that.
CUSTOMERS_WITH_FORM = """
CREATE FUNCTION customers_with_form(of_customers uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN RETURN QUERY
    SELECT DISTINCT c.customer_id FROM case_file c JOIN attachment f ON f.case_id = c.id
    WHERE c.customer_id = ANY (of_customers) AND f.kind = 'car_form';
END $$;
REVOKE ALL ON FUNCTION customers_with_form(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_with_form(uuid[]) TO roundsman_app;
"""


def upgrade() -> None:
    op.execute(BRANCH_OF_FORMER_CASE)
    op.execute(CUSTOMERS_WITH_FORM)


def downgrade() -> None:
    op.execute("DROP FUNCTION customers_with_form(uuid[])")
    op.execute("DROP FUNCTION branch_of_former_case(uuid, timestamptz)")
