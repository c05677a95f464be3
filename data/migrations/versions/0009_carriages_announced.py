"""Announce whatever decides who carries which device, so that processes need not keep asking."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Sent when the transaction commits. What names no device, or too many for one announcement (8,000
# bytes), is announced as "anything": the empty text.
ANNOUNCE = """
CREATE FUNCTION announce_devices() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE told text;
BEGIN
    EXECUTE format('SELECT string_agg(DISTINCT %I::text, '','') FROM changed', TG_ARGV[0]) INTO told;
    IF told IS NOT NULL THEN
        PERFORM pg_notify('carriages', CASE WHEN length(told) < 7000 THEN told ELSE '' END);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION announce_anything() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('carriages', '');
    RETURN NULL;
END $$;
"""

BY_DEVICE = {"device": "id", "sign_on": "device_id", "self_test": "device_id"}
BY_ANYTHING = ("shift", "policy", "agent_profile", "branch")
EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    op.execute(ANNOUNCE)
    for table, column in BY_DEVICE.items():
        for event, version in EVENTS.items():
            op.execute(
                f"CREATE TRIGGER announced_{event.lower()} AFTER {event} ON {table}"
                f" REFERENCING {version} TABLE AS changed FOR EACH STATEMENT"
                f" EXECUTE FUNCTION announce_devices('{column}')"
            )
    for table in BY_ANYTHING:
        op.execute(
            f"CREATE TRIGGER announced AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION announce_anything()"
        )


def downgrade() -> None:
    for table in BY_DEVICE:
        for event in EVENTS:
            op.execute(f"DROP TRIGGER announced_{event.lower()} ON {table}")
    for table in BY_ANYTHING:
        op.execute(f"DROP TRIGGER announced ON {table}")
    op.execute("DROP FUNCTION announce_devices(), announce_anything()")
