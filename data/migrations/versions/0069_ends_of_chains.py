"""The chain of a series' receipts is held to its end, too: to the number that comes next."""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

# A number is given back where its transaction fails, so the next one follows the last receipt. What
# was cut off at the end is told by its first number.
BREAKS = """
CREATE OR REPLACE FUNCTION receipt_chain_breaks() RETURNS TABLE (
    branch_id uuid, series_id uuid, prefix text, number integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT q.branch_id, q.id, q.prefix, min(r.number)
    FROM receipt_series q CROSS JOIN LATERAL (
        SELECT r.number FROM receipt r
        LEFT JOIN receipt f ON f.series_id = r.series_id AND f.number = r.number - 1
        WHERE r.series_id = q.id
          AND (r.chain_hash <> receipt_link(r, f.chain_hash) OR r.number > 1 AND f.id IS NULL)
        UNION ALL
        SELECT coalesce(max(l.number), 0) + 1 FROM receipt l WHERE l.series_id = q.id
        HAVING coalesce(max(l.number), 0) + 1 <> q.next_number
    ) r
    WHERE scope_is_everything() OR q.branch_id = ANY (scope_branches())
    GROUP BY q.branch_id, q.id, q.prefix
$$;
"""


FORMER = """
CREATE OR REPLACE FUNCTION receipt_chain_breaks() RETURNS TABLE (
    branch_id uuid, series_id uuid, prefix text, number integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT q.branch_id, q.id, q.prefix, min(r.number)
    FROM receipt r JOIN receipt_series q ON q.id = r.series_id
    LEFT JOIN receipt f ON f.series_id = r.series_id AND f.number = r.number - 1
    WHERE (scope_is_everything() OR q.branch_id = ANY (scope_branches()))
      AND (r.chain_hash <> receipt_link(r, f.chain_hash) OR r.number > 1 AND f.id IS NULL)
    GROUP BY q.branch_id, q.id, q.prefix
$$;
"""


def upgrade() -> None:
    op.execute(BREAKS)


def downgrade() -> None:
    op.execute(FORMER)
