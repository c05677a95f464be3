"""Partitions come and go without stalling the ingest; what leaves is what was counted."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A partition that is attached keeps neither readers nor writers of `ping` waiting; one that is
# created in place waits for all of them and keeps out who comes later.
ENSURE = """
CREATE OR REPLACE FUNCTION ensure_ping_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_ping_partition'));
    -- Asked of the catalog itself: to_regclass may remember that there was none.
    IF EXISTS (
        SELECT FROM pg_class WHERE relname = part AND relnamespace = 'public'::regnamespace
    ) THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE ping INCLUDING ALL)', part);
    EXECUTE format(
        'ALTER TABLE ping ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
END $$;
"""

# What removes pings sees all branches, so it is for those only who may, too. A partition goes only
# with as many pings as its caller has counted: one that came meanwhile must not be lost. Counting
# keeps writers of that day out, nobody else.
REMOVE = """
CREATE FUNCTION refuse_unless_everything() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT scope_is_everything() THEN
        RAISE EXCEPTION 'only a transaction that sees all branches may remove pings'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

DROP FUNCTION drop_ping_partition(date);
CREATE FUNCTION drop_ping_partition(day date, pings bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD'); held bigint;
BEGIN
    PERFORM refuse_unless_everything();
    IF to_regclass(part) IS NULL THEN RETURN false; END IF;
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', part);
    EXECUTE format('SELECT count(*) FROM %I', part) INTO held;
    IF held <> pings THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE %I', part);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION delete_pings(day date, of_branch uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD'); gone bigint;
BEGIN
    PERFORM refuse_unless_everything();
    IF to_regclass(part) IS NULL THEN RETURN 0; END IF;
    EXECUTE format('DELETE FROM %I WHERE branch_id = $1', part) USING of_branch;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

REVOKE ALL ON FUNCTION drop_ping_partition(date, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_ping_partition(date, bigint) TO roundsman_app;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION ensure_ping_partition(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(part) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_ping_partition'));
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS %I PARTITION OF ping FOR VALUES FROM (%L) TO (%L)',
        part, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
END $$;

CREATE OR REPLACE FUNCTION delete_pings(day date, of_branch uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD'); gone bigint;
BEGIN
    IF to_regclass(part) IS NULL THEN RETURN 0; END IF;
    EXECUTE format('DELETE FROM %I WHERE branch_id = $1', part) USING of_branch;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

DROP FUNCTION drop_ping_partition(date, bigint), refuse_unless_everything();
CREATE FUNCTION drop_ping_partition(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(part) IS NULL THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE %I', part);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION drop_ping_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_ping_partition(date) TO roundsman_app;
"""


def upgrade() -> None:
    op.execute(ENSURE)
    op.execute(REMOVE)


def downgrade() -> None:
    op.execute(BEFORE)
