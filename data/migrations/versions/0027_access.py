"""Access: the audit trail, second factors, roles that are composed and changed by two, keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"

# What the hashes are of is told in docs/decisions/0027-audit-trail.md; identity/audit/event.py makes
# the same ones.
SEAL_HASH = r"""
CREATE FUNCTION audit_seal_hash(
    no bigint, sealed_at timestamptz, events integer, events_hash bytea, previous bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256('roundsman-audit/1 seal\000'::bytea || previous || int8send(no)
        || int8send(events::bigint)
        || int8send((extract(epoch FROM sealed_at) * 1000000)::bigint) || events_hash)
$$;
"""
EVENT_HASH = r"""
CREATE FUNCTION audit_event_hash(e audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256('roundsman-audit/1 event\000'::bytea || convert_to(jsonb_build_array(
        e.id, e.branch_id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.kind, e.actor_id, e.actor_role, e.address, e.device_id, e.client, e.action, e.subjects,
        e.reason)::text, 'UTF8'))
$$;
"""
# They hold for the tables' owner too; only a superuser could get around them, and the chain shows it.
NEVER_CHANGED = """
CREATE FUNCTION audit_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal_no IS NULL AND NEW.seal_no IS NOT NULL
       AND audit_event_hash(NEW) = audit_event_hash(OLD) THEN
        NEW.hash := audit_event_hash(NEW);
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit trail is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_kept();

CREATE FUNCTION audit_trail_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_event_never_emptied BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_is_kept();
CREATE TRIGGER audit_seal_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_is_kept();
"""


ROLES = (
    "agent", "supervisor", "allocation_manager", "cash_desk", "branch_manager", "tele_caller",
    "head_office", "leadership", "auditor", "admin", "integration",
)  # fmt: skip
FORMER_ROLES = ("agent", "supervisor", "allocation_manager", "cash_desk", "admin")
DECISIONS = ("accepted", "rejected", "overtaken")

# The role that the product runs as may write all of a person but who they are, where they belong and
# what they may do. That changes by an accepted role_change alone.
STAFF_COLUMNS = (
    "full_name, phone, username, password_hash, is_active, failed_sign_ins, locked_until"
)
ROLE_CHANGES = """
CREATE FUNCTION role_change_takes_effect() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE staff SET role = NEW.role, composed_role = NEW.composed_role WHERE id = NEW.staff_id;
    RETURN NULL;
END $$;
CREATE TRIGGER role_change_accepted AFTER UPDATE OF decision ON role_change
    FOR EACH ROW WHEN (OLD.decision IS NULL AND NEW.decision = 'accepted')
    EXECUTE FUNCTION role_change_takes_effect();

CREATE FUNCTION role_change_is_decided_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a decision on a role is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER role_change_decided_once BEFORE UPDATE ON role_change
    FOR EACH ROW WHEN (OLD.decision IS NOT NULL)
    EXECUTE FUNCTION role_change_is_decided_once();
"""


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _bytes(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _check(table: str, rule: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _policy(table: str, action: str, rule: str) -> None:
    clauses = {"INSERT": f"WITH CHECK ({rule})", "SELECT": f"USING ({rule})"}
    clause = clauses.get(action, f"USING ({rule}) WITH CHECK ({rule})")
    op.execute(
        f"CREATE POLICY scope_{action.lower()} ON {table} FOR {action} TO roundsman_app {clause}"
    )


def upgrade() -> None:
    _audit_trail()
    _sign_in()
    _roles()


def _audit_trail() -> None:
    op.execute(SEAL_HASH)
    op.create_table(
        "audit_seal",
        _id("branch_id"), sa.Column("no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "follows_no", sa.BigInteger(),
            sa.Computed("CASE WHEN no > 1 THEN no - 1 END", persisted=True), nullable=True,
        ),
        _at("sealed_at"), sa.Column("events", sa.Integer(), nullable=False),
        _bytes("events_hash"), _bytes("previous"), _bytes("hash"),
        _check("audit_seal", "events > 0", "events"),
        _check("audit_seal",
               "hash = audit_seal_hash(no, sealed_at, events, events_hash, previous)", "hash"),
        _check("audit_seal", r"no > 1 OR no = 1 AND previous ="
               r" sha256('roundsman-audit/1 origin\000'::bytea || uuid_send(branch_id))",
               "origin"),
        _key("audit_seal", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("branch_id", "no", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("branch_id", "no", "hash", name="uq_audit_seal_hash"),
        sa.ForeignKeyConstraint(
            ["branch_id", "follows_no", "previous"],
            ["audit_seal.branch_id", "audit_seal.no", "audit_seal.hash"],
            name="fk_audit_seal_previous",
        ),
    )  # fmt: skip
    op.create_table(
        "audit_event",
        _id("branch_id"), _id("id"), _at("at"), _text("kind"), _id("actor_id", nullable=True),
        _text("actor_role"), _text("address", nullable=True), _id("device_id", nullable=True),
        _text("client", nullable=True), _text("action"),
        sa.Column("subjects", postgresql.JSONB(), nullable=False), _text("reason", nullable=True),
        sa.Column("seal_no", sa.BigInteger(), nullable=True), _bytes("hash", nullable=True),
        _check("audit_event", "kind IN ('change', 'read', 'refused')", "kind"),
        _check("audit_event", "(seal_no IS NULL) = (hash IS NULL)", "sealed"),
        _key("audit_event", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("branch_id", "id", name=op.f("pk_audit_event")),
        sa.ForeignKeyConstraint(
            ["branch_id", "seal_no"], ["audit_seal.branch_id", "audit_seal.no"],
            name="fk_audit_event_seal",
        ),
    )  # fmt: skip
    op.create_index(
        "ix_audit_event_unsealed", "audit_event", ["id"],
        postgresql_where=sa.text("seal_no IS NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_audit_event_seal", "audit_event", ["branch_id", "seal_no"],
        postgresql_where=sa.text("seal_no IS NOT NULL"),
    )  # fmt: skip
    op.execute(EVENT_HASH)
    op.execute(NEVER_CHANGED)
    for table in ("audit_event", "audit_seal"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        _policy(table, "SELECT", f"{IN_SCOPE} AND {NO_AGENT}")
    op.execute("GRANT UPDATE (seal_no) ON audit_event TO roundsman_app")
    _policy("audit_event", "INSERT", IN_SCOPE)
    _policy("audit_event", "UPDATE", "(SELECT scope_is_everything())")
    _policy("audit_seal", "INSERT", "(SELECT scope_is_everything())")


def _sign_in() -> None:
    op.add_column(
        "access_token",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_unique_constraint(op.f("uq_access_token_id"), "access_token", ["id"])
    op.add_column("access_token", _text("address", nullable=True))
    op.add_column("access_token", _text("client", nullable=True))
    op.create_table(
        "second_factor",
        _id("staff_id"), _id("branch_id"), _text("secret"), _at("confirmed_at", nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _key("second_factor", "staff_id", "staff.id"),
        _key("second_factor", "branch_id", "branch.id"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_second_factor")),
    )  # fmt: skip
    op.create_index(op.f("ix_second_factor_branch_id"), "second_factor", ["branch_id"])
    op.create_table(
        "recovery_code",
        _id("staff_id"), _bytes("code_hash"), _at("used_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["second_factor.staff_id"], ondelete="CASCADE",
            name=op.f("fk_recovery_code_staff_id"),
        ),
        sa.PrimaryKeyConstraint("staff_id", "code_hash", name=op.f("pk_recovery_code")),
    )  # fmt: skip
    for table in ("second_factor", "recovery_code"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # Secrets are for sign-in alone; whoever has a scope has none of them in it.
        _policy(table, "ALL", "(SELECT scope_is_everything())")


def _roles() -> None:
    op.drop_constraint(op.f("ck_staff_role"), "staff")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", f"role IN {ROLES}")
    op.create_table(
        "composed_role",
        _text("name"), sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        _id("composed_by"), _at("composed_at"),
        _check("composed_role", "cardinality(permissions) > 0", "permissions"),
        _key("composed_role", "composed_by", "staff.id"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_composed_role")),
    )  # fmt: skip
    op.add_column("staff", _text("composed_role", nullable=True))
    op.create_foreign_key(
        op.f("fk_staff_composed_role"), "staff", "composed_role", ["composed_role"], ["name"]
    )
    op.create_table(
        "role_change",
        _id("id"), _id("branch_id"), _id("staff_id"), _text("role"),
        _text("composed_role", nullable=True), _text("reason"), _id("proposed_by"),
        _at("proposed_at"), _text("decision", nullable=True), _id("decided_by", nullable=True),
        _at("decided_at", nullable=True),
        _check("role_change", f"role IN {ROLES}", "role"),
        _check("role_change", f"decision IN {DECISIONS}", "decision"),
        _check("role_change", "(decision IS NULL) = (decided_at IS NULL)", "decided"),
        _check("role_change", "decision IS NULL OR (decision = 'overtaken') ="
               " (decided_by IS NULL)", "decided_by"),
        _check("role_change", "decision <> 'accepted' OR decided_by <> proposed_by", "two_people"),
        _check("role_change", "proposed_by <> staff_id AND (decided_by IS NULL OR"
               " decided_by <> staff_id)", "not_their_own"),
        _key("role_change", "branch_id", "branch.id"),
        _key("role_change", "staff_id", "staff.id"),
        _key("role_change", "composed_role", "composed_role.name"),
        _key("role_change", "proposed_by", "staff.id"),
        _key("role_change", "decided_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_change")),
    )  # fmt: skip
    op.create_index(op.f("ix_role_change_branch_id"), "role_change", ["branch_id"])
    op.create_index(
        "uq_role_change_open", "role_change", ["staff_id"], unique=True,
        postgresql_where=sa.text("decision IS NULL"),
    )  # fmt: skip
    op.create_table(
        "api_key",
        _id("id"), _id("branch_id"), _id("staff_id"), _text("name"),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False), _bytes("key_hash"),
        _id("issued_by"), _at("issued_at"), _at("expires_at"), _at("ended_at", nullable=True),
        _at("last_used_at", nullable=True), _text("last_used_from", nullable=True),
        _check("api_key", "expires_at > issued_at", "expires"),
        _key("api_key", "branch_id", "branch.id"),
        _key("api_key", "staff_id", "staff.id"),
        _key("api_key", "issued_by", "staff.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )  # fmt: skip
    op.create_index(op.f("ix_api_key_branch_id"), "api_key", ["branch_id"])
    op.create_index(op.f("ix_api_key_staff_id"), "api_key", ["staff_id"])
    op.execute("GRANT SELECT, INSERT ON composed_role, role_change, api_key TO roundsman_app")
    op.execute("GRANT UPDATE (decision, decided_by, decided_at) ON role_change TO roundsman_app")
    op.execute("GRANT UPDATE (ended_at, last_used_at, last_used_from) ON api_key TO roundsman_app")
    op.execute("REVOKE UPDATE ON staff FROM roundsman_app")
    op.execute(f"GRANT UPDATE ({STAFF_COLUMNS}) ON staff TO roundsman_app")
    for table in ("role_change", "api_key"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        _policy(table, "ALL", f"{IN_SCOPE} AND {NO_AGENT}")
    op.execute(ROLE_CHANGES)


def downgrade() -> None:
    op.execute("GRANT UPDATE ON staff TO roundsman_app")
    op.drop_table("api_key")
    op.drop_table("role_change")
    op.execute("DROP FUNCTION role_change_takes_effect(), role_change_is_decided_once()")
    op.drop_constraint(op.f("fk_staff_composed_role"), "staff")
    op.drop_column("staff", "composed_role")
    op.drop_table("composed_role")
    former = (
        f"UPDATE staff SET is_active = false, role = 'cash_desk' WHERE role NOT IN {FORMER_ROLES}"  # noqa: S608
    )
    op.execute(former)
    op.drop_constraint(op.f("ck_staff_role"), "staff")
    op.create_check_constraint(op.f("ck_staff_role"), "staff", f"role IN {FORMER_ROLES}")
    for table in ("recovery_code", "second_factor"):
        op.drop_table(table)
    op.drop_constraint(op.f("uq_access_token_id"), "access_token")
    for column in ("client", "address", "id"):
        op.drop_column("access_token", column)
    op.execute("DROP FUNCTION audit_event_hash(audit_event)")
    op.drop_table("audit_event")
    op.drop_table("audit_seal")
    op.execute("DROP FUNCTION audit_event_is_kept(), audit_trail_is_kept()")
    op.execute(
        "DROP FUNCTION audit_seal_hash(bigint, timestamp with time zone, integer, bytea, bytea)"
    )
