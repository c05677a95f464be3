"""How much cash one payer has handed over, to whomever: the law of some countries limits it."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# An agent sees only the agent's own receipts, and must not be told of others more than their sum.
PAYER = """
CREATE FUNCTION cash_of_payer(payer uuid, of_currency text, from_at timestamptz, to_at timestamptz)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(sum(r.amount_minor), 0)::bigint
    FROM case_file c JOIN receipt r ON r.case_id = c.id
    WHERE c.customer_id = payer AND r.mode = 'cash' AND r.currency = of_currency
      AND r.taken_at >= from_at AND r.taken_at < to_at
      AND NOT EXISTS (SELECT FROM receipt_reversal v
                      WHERE v.receipt_id = r.id AND v.state = 'approved')
$$;
REVOKE ALL ON FUNCTION cash_of_payer(uuid, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cash_of_payer(uuid, text, timestamptz, timestamptz) TO roundsman_app;
"""


def upgrade() -> None:
    op.execute(PAYER)


def downgrade() -> None:
    op.execute("DROP FUNCTION cash_of_payer(uuid, text, timestamptz, timestamptz)")
