"""Each receipt holds the hash of what it says behind that of the one before it in its series."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

# What is hashed never changes: a customer's move changes a receipt's branch, an erasure its texts.
# `body_hash` is of all that was sent.
CHAIN = """
CREATE FUNCTION receipt_link(its receipt, former bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = public AS $$
    SELECT sha256(
        coalesce(former, sha256(convert_to('roundsman-receipts/1 ' || its.series_id, 'UTF8')))
        || convert_to(jsonb_build_array(
            its.number, its.id, its.account_id, its.agent_id, its.taken_by, its.online_payment_id,
            its.mode, its.amount_minor, its.currency,
            (extract(epoch FROM its.taken_at) * 1000000)::bigint,
            (extract(epoch FROM its.received_at) * 1000000)::bigint,
            encode(its.body_hash, 'hex'))::text, 'UTF8'))
$$;

-- Runs as the owner: of a series, receipts on lent cases are another branch's rows. What would leave
-- a gap is refused by `receipt_no_gap`.
CREATE FUNCTION receipt_is_chained() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    NEW.chain_hash := receipt_link(NEW, (SELECT chain_hash FROM receipt
        WHERE series_id = NEW.series_id AND number = NEW.number - 1));
    RETURN NEW;
END $$;

-- The first receipt of each series in scope that does not fit the one before it.
CREATE FUNCTION receipt_chain_breaks() RETURNS TABLE (
    branch_id uuid, series_id uuid, prefix text, number integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT q.branch_id, q.id, q.prefix, min(r.number)
    FROM receipt r JOIN receipt_series q ON q.id = r.series_id
    LEFT JOIN receipt f ON f.series_id = r.series_id AND f.number = r.number - 1
    WHERE (scope_is_everything() OR q.branch_id = ANY (scope_branches()))
      AND (r.chain_hash <> receipt_link(r, f.chain_hash) OR r.number > 1 AND f.id IS NULL)
    GROUP BY q.branch_id, q.id, q.prefix
$$;
REVOKE ALL ON FUNCTION receipt_chain_breaks() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receipt_chain_breaks() TO roundsman_app;
"""

# From the first to the last of each series.
HISTORY = """
DO $$ DECLARE its receipt; former bytea;
BEGIN
    FOR its IN SELECT * FROM receipt ORDER BY series_id, number LOOP
        IF its.number = 1 THEN former := NULL; END IF;
        UPDATE receipt SET chain_hash = receipt_link(its, former) WHERE id = its.id
            RETURNING chain_hash INTO former;
    END LOOP;
END $$;
"""


def upgrade() -> None:
    op.execute("ALTER TABLE receipt ADD COLUMN chain_hash bytea")
    op.execute(CHAIN)
    op.execute(HISTORY)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute("ALTER TABLE receipt ALTER COLUMN chain_hash SET NOT NULL")
    op.execute(
        "CREATE TRIGGER receipt_chained BEFORE INSERT ON receipt"
        " FOR EACH ROW EXECUTE FUNCTION receipt_is_chained()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER receipt_chained ON receipt")
    op.execute("DROP FUNCTION receipt_chain_breaks(), receipt_is_chained()")
    op.execute("DROP FUNCTION receipt_link(receipt, bytea)")
    op.execute("ALTER TABLE receipt DROP COLUMN chain_hash")
