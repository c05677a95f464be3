"""Announce whatever ends a sign-in or changes what somebody may do, so that processes need not keep
asking who bears a token."""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

ANNOUNCE = """
CREATE FUNCTION announce_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('grants', '');
    RETURN NULL;
END $$
"""

OF_STAFF = "branch_id, role, composed_role, full_name, language, is_active, suspended_at"

# A new token, person or composed role changes nothing that was known before.
WHEN = {
    "access_token": "UPDATE OR DELETE",
    "staff": f"UPDATE OF {OF_STAFF} OR DELETE",
    "composed_role": "UPDATE OR DELETE",
    "branch": "INSERT OR UPDATE OF parent_id OR DELETE",
    "policy": "INSERT OR UPDATE OR DELETE",
}


def upgrade() -> None:
    op.execute(ANNOUNCE)
    for table, changes in WHEN.items():
        op.execute(
            f"CREATE TRIGGER grants_announced AFTER {changes} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION announce_grants()"
        )


def downgrade() -> None:
    for table in WHEN:
        op.execute(f"DROP TRIGGER grants_announced ON {table}")
    op.execute("DROP FUNCTION announce_grants()")
