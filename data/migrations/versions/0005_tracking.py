"""The life of pings: policies by branch, phones' health, self-tests, panics, archive, push."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BY_BRANCH = (
    "policy", "device_health", "self_test", "panic", "archived_pings", "restored_pings",
    "push_subscription",
)  # fmt: skip
IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"

# A branch inherits from those above it, which its own people need not see.
POLICIES = """
CREATE FUNCTION branch_policy(of_branch uuid, of_key text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE above(id, parent_id, steps) AS (
        SELECT id, parent_id, 0 FROM branch WHERE id = of_branch
        UNION ALL SELECT b.id, b.parent_id, steps + 1 FROM branch b JOIN above ON b.id = above.parent_id
    )
    SELECT value FROM above JOIN policy p ON p.branch_id = above.id AND p.key = of_key
    ORDER BY steps LIMIT 1
$$;
REVOKE ALL ON FUNCTION branch_policy(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION branch_policy(uuid, text) TO roundsman_app;
"""

# The application's role owns no table, so it can neither make nor drop partitions, and pings are
# append-only for it: these are the only ways out.
LIFE_OF_PINGS = """
CREATE FUNCTION drop_ping_partition(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(part) IS NULL THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE %I', part);
    RETURN true;
END $$;

CREATE FUNCTION delete_pings(day date, of_branch uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE part text := 'ping_' || to_char(day, 'YYYYMMDD'); gone bigint;
BEGIN
    IF to_regclass(part) IS NULL THEN RETURN 0; END IF;
    EXECUTE format('DELETE FROM %I WHERE branch_id = $1', part) USING of_branch;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

CREATE FUNCTION ping_partition_days() RETURNS SETOF date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT to_date(substr(c.relname, 6), 'YYYYMMDD')
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'ping'::regclass ORDER BY 1
$$;

REVOKE ALL ON FUNCTION drop_ping_partition(date), delete_pings(date, uuid), ping_partition_days()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_ping_partition(date), delete_pings(date, uuid),
    ping_partition_days() TO roundsman_app;
"""


def upgrade() -> None:
    op.create_table(
        "server_key",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_server_key")),
    )
    op.create_table(
        "archived_pings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pings", sa.BigInteger(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_archived_pings_branch_id")
        ),
        sa.PrimaryKeyConstraint("day", "branch_id", name=op.f("pk_archived_pings")),
    )
    op.create_index("ix_archived_pings_branch_id", "archived_pings", ["branch_id"], unique=False)
    op.create_table(
        "restored_pings",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_restored_pings_branch_id")
        ),
        sa.PrimaryKeyConstraint("day", "branch_id", name=op.f("pk_restored_pings")),
    )
    op.create_index("ix_restored_pings_branch_id", "restored_pings", ["branch_id"], unique=False)
    op.create_table(
        "device_health",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("battery_pct", sa.REAL(), nullable=True),
        sa.Column("is_charging", sa.Boolean(), nullable=True),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("app_version", sa.Text(), nullable=True),
        sa.Column("tracking", sa.Text(), nullable=True),
        sa.Column("gps", sa.Text(), nullable=True),
        sa.Column("permission", sa.Text(), nullable=True),
        sa.Column("battery_saver", sa.Boolean(), nullable=True),
        sa.Column("mock_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skew_s", sa.REAL(), nullable=True),
        sa.Column("skew_stated", sa.Boolean(), nullable=True),
        sa.Column("skew_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_device_health_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_health_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_health")),
    )
    op.create_index(
        op.f("ix_device_health_branch_id"), "device_health", ["branch_id"], unique=False
    )
    op.create_table(
        "policy",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_policy_branch_id")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_policy_set_by")),
        sa.PrimaryKeyConstraint("branch_id", "key", name=op.f("pk_policy")),
    )
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.LargeBinary(), nullable=False),
        sa.Column("auth", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_push_subscription_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_push_subscription_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscription_endpoint")),
    )
    op.create_index(
        op.f("ix_push_subscription_branch_id"), "push_subscription", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_push_subscription_staff_id"), "push_subscription", ["staff_id"], unique=False
    )
    op.create_table(
        "self_test",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > started_at", name=op.f("ck_self_test_order")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_self_test_branch_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_self_test_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_test")),
    )
    op.create_index(op.f("ix_self_test_branch_id"), "self_test", ["branch_id"], unique=False)
    op.create_index(op.f("ix_self_test_device_id"), "self_test", ["device_id"], unique=False)
    op.create_table(
        "panic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("device_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("server_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.REAL(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_panic_whole_place")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_panic_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_panic_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panic")),
    )
    op.create_index(op.f("ix_panic_agent_id"), "panic", ["agent_id"], unique=False)
    op.create_index(op.f("ix_panic_branch_id"), "panic", ["branch_id"], unique=False)
    op.create_table(
        "self_test_beat",
        sa.Column("self_test_id", sa.Uuid(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["self_test_id"],
            ["self_test.id"],
            name=op.f("fk_self_test_beat_self_test_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("self_test_id", "captured_at", name=op.f("pk_self_test_beat")),
    )
    op.add_column("alert", sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("device", sa.Column("key_changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "ping", sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("quarantine", sa.Column("resolution", sa.Text(), nullable=True))
    op.add_column("quarantine", sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("quarantine", sa.Column("resolved_by", sa.Uuid(), nullable=True))
    op.create_index("ix_quarantine_received_at", "quarantine", ["received_at"], unique=False)
    op.create_foreign_key(
        op.f("fk_quarantine_resolved_by"), "quarantine", "staff", ["resolved_by"], ["id"]
    )
    op.create_check_constraint(
        "resolved_with_time", "quarantine", "(resolution IS NULL) = (resolved_at IS NULL)"
    )
    tables = ", ".join((*BY_BRANCH, "self_test_beat", "server_key"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {tables} TO roundsman_app")
    op.execute("REVOKE UPDATE, DELETE ON panic FROM roundsman_app")
    for table in BY_BRANCH:
        _scope(table, IN_SCOPE)
    _scope("self_test_beat", "EXISTS (SELECT FROM self_test t WHERE t.id = self_test_id)")
    _scope("server_key", "(SELECT scope_is_everything())")
    op.execute(POLICIES)
    op.execute(LIFE_OF_PINGS)


def _scope(table: str, rule: str) -> None:
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(
        f'CREATE POLICY scope ON "{table}" TO roundsman_app USING ({rule}) WITH CHECK ({rule})'
    )


def downgrade() -> None:
    op.execute(
        "DROP FUNCTION branch_policy(uuid, text), drop_ping_partition(date),"
        " delete_pings(date, uuid), ping_partition_days()"
    )
    op.drop_constraint("resolved_with_time", "quarantine", type_="check")
    op.drop_constraint(op.f("fk_quarantine_resolved_by"), "quarantine", type_="foreignkey")
    op.drop_index("ix_quarantine_received_at", table_name="quarantine")
    op.drop_column("quarantine", "resolved_by")
    op.drop_column("quarantine", "resolved_at")
    op.drop_column("quarantine", "resolution")
    op.drop_column("ping", "attributes")
    op.drop_column("device", "key_changed_at")
    op.drop_column("alert", "pushed_at")
    op.drop_table("self_test_beat")
    op.drop_index(op.f("ix_panic_branch_id"), table_name="panic")
    op.drop_index(op.f("ix_panic_agent_id"), table_name="panic")
    op.drop_table("panic")
    op.drop_index(op.f("ix_self_test_device_id"), table_name="self_test")
    op.drop_index(op.f("ix_self_test_branch_id"), table_name="self_test")
    op.drop_table("self_test")
    op.drop_index(op.f("ix_push_subscription_staff_id"), table_name="push_subscription")
    op.drop_index(op.f("ix_push_subscription_branch_id"), table_name="push_subscription")
    op.drop_table("push_subscription")
    op.drop_table("policy")
    op.drop_index(op.f("ix_device_health_branch_id"), table_name="device_health")
    op.drop_table("device_health")
    op.drop_index("ix_restored_pings_branch_id", table_name="restored_pings")
    op.drop_table("restored_pings")
    op.drop_index("ix_archived_pings_branch_id", table_name="archived_pings")
    op.drop_table("archived_pings")
    op.drop_table("server_key")
