"""Fewer and lighter questions for each receipt.

All of a branch's policies are told by one function. A receipt judges promises only where there are
some. Whether an agent sees the case of an online payment is asked in a function: written out in
the policy it drew those of cases and assignments into every statement that touches a receipt.
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

POLICIES = """
CREATE FUNCTION branch_policies(of_branch uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN (
        WITH RECURSIVE above (id, parent_id, steps) AS (
            SELECT id, parent_id, 0 FROM branch WHERE id = of_branch
            UNION ALL
            SELECT b.id, b.parent_id, steps + 1 FROM branch b JOIN above ON b.id = above.parent_id
        ), nearest AS (
            SELECT DISTINCT ON (p.key) p.key, p.value
            FROM above JOIN policy p ON p.branch_id = above.id ORDER BY p.key, steps
        )
        SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM nearest);
END $$
"""

KEEPS_PROMISES = """
CREATE OR REPLACE FUNCTION receipt_keeps_promises() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    made uuid[] := ARRAY (SELECT id FROM promise
                          WHERE account_id = NEW.account_id AND state <> 'replaced');
BEGIN
    IF made <> '{}' THEN
        PERFORM judge_promises(made, NEW.received_at);
    END IF;
    RETURN NULL;
END $$
"""

KEPT_PROMISES = """
CREATE OR REPLACE FUNCTION receipt_keeps_promises() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM judge_promises(
        ARRAY (SELECT id FROM promise WHERE account_id = NEW.account_id AND state <> 'replaced'),
        NEW.received_at);
    RETURN NULL;
END $$
"""

SEES_CASE = """
CREATE FUNCTION scope_sees_case(of_case uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM case_file WHERE id = of_case);
END $$
"""

ONLINE = """
ALTER POLICY online ON receipt USING (
    online_payment_id IS NOT NULL
    AND ((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))
    AND {sees})
"""


def upgrade() -> None:
    op.execute(POLICIES)
    op.execute(KEEPS_PROMISES)
    op.execute(SEES_CASE)
    op.execute(ONLINE.format(sees="scope_sees_case(case_id)"))


def downgrade() -> None:
    op.execute(ONLINE.format(sees="EXISTS (SELECT FROM case_file c WHERE c.id = receipt.case_id)"))
    op.execute("DROP FUNCTION scope_sees_case(uuid)")
    op.execute(KEPT_PROMISES)
    op.execute("DROP FUNCTION branch_policies(uuid)")
