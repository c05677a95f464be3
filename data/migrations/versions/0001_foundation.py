"""Extensions, the role that everything runs as, and what a transaction may see."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'roundsman_app') THEN
        CREATE ROLE roundsman_app NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of the same cluster was migrated at this moment
END $$;
DO $$ BEGIN EXECUTE format('GRANT roundsman_app TO %I', current_user); END $$;
"""

# Policies call these inside a scalar sub-select, so that each runs once a statement, not once a
# row. A setting that nobody made is NULL: the caller then sees nothing.
SCOPE_FUNCTIONS = """
CREATE FUNCTION scope_is_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('roundsman.branches', true) = '*', false) $$;

CREATE FUNCTION scope_branches() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT string_to_array(
       nullif(nullif(current_setting('roundsman.branches', true), ''), '*'), ',')::uuid[] $$;

CREATE FUNCTION scope_agent() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('roundsman.agent', true), '')::uuid $$;
"""

# UUIDv7 (RFC 9562) for rows that a set-based statement makes: the milliseconds of `at` in place of
# the first 48 random bits of a version 4, and the version set to 7.
NEW_IDS = """
CREATE FUNCTION uuid_v7(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid
$$;
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(ROLE)
    op.execute(SCOPE_FUNCTIONS)
    op.execute(NEW_IDS)


def downgrade() -> None:
    op.execute("DROP FUNCTION uuid_v7(timestamptz)")
    op.execute("DROP FUNCTION scope_agent(), scope_branches(), scope_is_everything()")
    # Extensions and the role may serve others in this cluster; they stay.
