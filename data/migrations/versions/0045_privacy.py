"""Numbers, addresses and texts of people are encrypted, with keys outside the database."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from data.sealed import cipher

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

AT_ONCE = 5_000
SEALED = (
    ("customer", "phone", True), ("contact_point", "value", False),
    ("contact_point", "person_name", True), ("message", "sent_to", False),
    ("message", "body", False), ("number_tag", "value", False), ("staff", "phone", True),
)  # fmt: skip
"""A table, its column, and whether it may be null."""

INDEXED = (
    ("customer", "phone", True), ("contact_point", "value", False), ("number_tag", "value", False),
)  # fmt: skip
LIVE = (
    ("uq_contact_point_live", "contact_point", "customer_id, {}", "ended_at IS NULL"),
    ("uq_number_tag_live", "number_tag", "customer_id, {}, word", "lifted_at IS NULL"),
)


IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
CHANGEABLE = {
    "consent": "withdrawn_at, withdrawn_by",
    "legal_hold": "lifted_at, lifted_by",
    "erasure": "state, decided_at, decided_by, report",
    "retention_run": None,
}
"""The new tables of branches, and what of their rows may change."""

SEALED_ANEW = {
    "contact_point": "value, person_name",
    "message": "sent_to, body",
    "number_tag": "value",
    "staff": "phone",
}
"""Columns that a rotation of keys writes; of other tables, all columns may be."""

# What the product itself may not do: rows that are only ever added to lose what tells of a person.
# It does so for an accepted request alone, once.
ERASE = """
CREATE FUNCTION erase_customer(
    wanted uuid, nothing bytea, reference bytea, at timestamptz
) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    who uuid;
    number text;
    cases uuid[];
    places uuid[];
    n bigint;
    done jsonb := '{}';
BEGIN
    SELECT customer_id INTO who FROM erasure
    WHERE id = wanted AND state = 'accepted' AND report IS NULL;
    IF who IS NULL THEN
        RAISE EXCEPTION 'no accepted request' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT source_ref INTO number FROM customer WHERE id = who;
    SELECT coalesce(array_agg(id), '{}') INTO cases FROM case_file WHERE customer_id = who;
    SELECT coalesce(array_agg(id), '{}') INTO places FROM address WHERE customer_id = who;
    INSERT INTO erased_reference (reference_index, erased_at) VALUES (reference, at)
    ON CONFLICT DO NOTHING;

    UPDATE customer SET full_name = 'Erased', phone = NULL, phone_index = NULL, language = NULL,
        agent_gender = NULL, source_ref = 'erased-' || id WHERE id = who;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('customer', n);
    -- About a kilometer is left of where they lived: figures of areas go on to be right.
    UPDATE address SET line = 'erased-' || id, locality = NULL, location = CASE
            WHEN location IS NOT NULL THEN ST_SetSRID(ST_MakePoint(
                round(ST_X(location::geometry)::numeric, 2)::float8,
                round(ST_Y(location::geometry)::numeric, 2)::float8), 4326)::geography END,
        geocode_quality = CASE WHEN location IS NOT NULL THEN 'area' END WHERE id = ANY (places);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('address', n);
    UPDATE fence SET polygon = NULL, center = ST_SetSRID(ST_MakePoint(
        round(lon::numeric, 2)::float8, round(lat::numeric, 2)::float8), 4326)::geography
    WHERE address_id = ANY (places);
    UPDATE address_pin SET note = NULL WHERE address_id = ANY (places) AND note IS NOT NULL;

    DELETE FROM contact_point WHERE customer_id = who;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('contact_point', n);
    DELETE FROM number_tag WHERE customer_id = who;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('number_tag', n);
    DELETE FROM contact_preference WHERE customer_id = who;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('contact_preference', n);
    DELETE FROM access_token WHERE customer_id = who;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('access_token', n);

    UPDATE message SET sent_to = nothing, body = nothing WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('message', n);
    UPDATE disposition SET note = NULL, person_name = NULL
    WHERE case_id = ANY (cases) AND num_nonnulls(note, person_name) > 0;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('disposition', n);
    UPDATE next_action SET note = NULL WHERE case_id = ANY (cases) AND note IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('next_action', n);
    UPDATE root_cause SET note = 'Erased' WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('root_cause', n);
    UPDATE check_out o SET note = NULL FROM check_in i
    WHERE i.id = o.check_in_id AND i.case_id = ANY (cases) AND o.note IS NOT NULL;
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('check_out', n);
    UPDATE occasion_hold SET note = '' WHERE customer_id = who AND note <> '';
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('occasion_hold', n);
    UPDATE contact_fact SET evidence = '' WHERE customer_id = who AND evidence <> '';
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('contact_fact', n);
    UPDATE alert SET title = 'Erased', detail = '', facts = '{}', acknowledged_note = NULL
    WHERE case_id = ANY (cases);
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('alert', n);
    UPDATE demand_file_import SET unplaced = coalesce((
        SELECT jsonb_agg(row) FROM jsonb_array_elements(unplaced) row
        WHERE row ->> 'customer_id' <> number), '[]')
    WHERE unplaced @> jsonb_build_array(jsonb_build_object('customer_id', number));
    GET DIAGNOSTICS n = ROW_COUNT; done := done || jsonb_build_object('demand_file_import', n);
    RETURN done;
END $$;
REVOKE ALL ON FUNCTION erase_customer(uuid, bytea, bytea, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_customer(uuid, bytea, bytea, timestamptz) TO roundsman_app;
"""

# Likewise for what has grown old: a row of its own says what was removed.
FORGET = """
CREATE FUNCTION forget_contacts(branch uuid, before timestamptz) RETURNS TABLE (
    removed bigint, held bigint, oldest timestamptz
) LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    WITH old AS (
        SELECT p.id, p.ended_at, EXISTS (
            SELECT FROM legal_hold h WHERE h.customer_id = p.customer_id AND h.lifted_at IS NULL
        ) AS is_held
        FROM contact_point p WHERE p.branch_id = branch AND p.ended_at < before
    ), gone AS (
        DELETE FROM contact_point p USING old WHERE p.id = old.id AND NOT old.is_held
        RETURNING old.ended_at
    )
    SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM old WHERE is_held),
           (SELECT min(ended_at) FROM gone)
$$;
REVOKE ALL ON FUNCTION forget_contacts(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_contacts(uuid, timestamptz) TO roundsman_app;
"""


def upgrade() -> None:
    op.create_table(
        "column_key",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_column_key")),
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON column_key TO roundsman_app")
    for table, column, nullable in INDEXED:
        op.add_column(table, sa.Column(f"{column}_index", sa.LargeBinary(), nullable=True))
        _rewrite(table, column, f"{column}_index", "bytea", lambda text: cipher().index(text))
        if not nullable:
            op.alter_column(table, f"{column}_index", nullable=False)
    for name, table, columns, where in LIVE:
        op.execute(f"DROP INDEX {name}")
        op.execute(
            f"CREATE UNIQUE INDEX {name} ON {table} ({columns.format('value_index')}) WHERE {where}"
        )
    for table, column, nullable in SEALED:
        _replace(table, column, "bytea", nullable, lambda text: cipher().seal(text))
        op.create_check_constraint(
            op.f(f"ck_{table}_{column}_sealed"), table, f"octet_length({column}) >= 30"
        )
    op.create_check_constraint(
        op.f("ck_customer_phone_index"), "customer", "(phone IS NULL) = (phone_index IS NULL)"
    )
    for table, columns in SEALED_ANEW.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO roundsman_app")
    _add_tables()
    op.execute(ERASE)
    op.execute(FORGET)


def _add_tables() -> None:
    op.create_table(
        "erased_reference",
        sa.Column("reference_index", sa.LargeBinary(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reference_index", name=op.f("pk_erased_reference")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kept_days", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("oldest", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('message', 'contact', 'import_report', 'alert')",
            name=op.f("ck_retention_run_kind"),
        ),
        sa.CheckConstraint("kept_days > 0", name=op.f("ck_retention_run_kept_days")),
        sa.CheckConstraint("least(removed, held) >= 0", name=op.f("ck_retention_run_counts")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_retention_run_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "basis IN ('consent', 'contract', 'legal_duty', 'legitimate_interest')",
            name=op.f("ck_consent_basis"),
        ),
        sa.CheckConstraint(
            "purpose IN ('contact_by_message', 'contact_at_work', 'contact_of_relatives', 'photographs', 'call_recording', 'analysis')",
            name=op.f("ck_consent_purpose"),
        ),
        sa.CheckConstraint(
            "num_nulls(withdrawn_at, withdrawn_by) IN (0, 2)", name=op.f("ck_consent_withdrawn")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_consent_branch_id")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff.id"], name=op.f("fk_consent_recorded_by")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["staff.id"], name=op.f("fk_consent_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_customer_id"), "consent", ["customer_id"], unique=False)
    op.create_index(
        "uq_consent_live",
        "consent",
        ["customer_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(decided_at, decided_by) = CASE state WHEN 'asked' THEN 2 ELSE 0 END",
            name=op.f("ck_erasure_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'rejected')", name=op.f("ck_erasure_state")
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_erasure_another_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_erasure_asked_by")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_erasure_branch_id")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_erasure_customer_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_erasure_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(
        "uq_erasure_customer_id",
        "erasure",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(lifted_at, lifted_by) IN (0, 2)", name=op.f("ck_legal_hold_lifted")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_legal_hold_branch_id")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_legal_hold_customer_id")
        ),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name=op.f("fk_legal_hold_lifted_by")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_legal_hold_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(op.f("ix_legal_hold_customer_id"), "legal_hold", ["customer_id"], unique=False)
    for table, columns in CHANGEABLE.items():
        op.create_index(op.f(f"ix_{table}_branch_id"), table, ["branch_id"])
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        if columns:
            op.execute(f"GRANT UPDATE ({columns}) ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app"
            f" USING ({IN_SCOPE} AND {NO_AGENT}) WITH CHECK ({IN_SCOPE} AND {NO_AGENT})"
        )
    op.execute("GRANT SELECT ON erased_reference TO roundsman_app")
    op.execute("GRANT UPDATE (problems, unplaced) ON demand_file_import TO roundsman_app")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (problems, unplaced) ON demand_file_import FROM roundsman_app")
    op.execute("DROP FUNCTION forget_contacts(uuid, timestamptz)")
    op.execute("DROP FUNCTION erase_customer(uuid, bytea, bytea, timestamptz)")
    for table in (*reversed(CHANGEABLE), "erased_reference"):
        op.drop_table(table)
    op.drop_constraint("ck_customer_phone_index", "customer")
    for table, column, nullable in SEALED:
        _replace(table, column, "text", nullable, lambda value: cipher().open(value))
    op.execute("GRANT UPDATE (phone) ON staff TO roundsman_app")
    op.execute("GRANT UPDATE (body) ON message TO roundsman_app")
    for name, table, columns, where in LIVE:
        op.execute(f"DROP INDEX {name}")
        op.execute(
            f"CREATE UNIQUE INDEX {name} ON {table} ({columns.format('value')}) WHERE {where}"
        )
    for table, column, _ in INDEXED:
        op.drop_column(table, f"{column}_index")
    op.drop_table("column_key")


def _replace(
    table: str,
    column: str,
    kind: str,
    nullable: bool,
    converted: Callable[[Any], Any],
) -> None:
    type_ = sa.Text() if kind == "text" else sa.LargeBinary()
    op.add_column(table, sa.Column(f"{column}_new", type_, nullable=True))
    _rewrite(table, column, f"{column}_new", kind, converted)
    if not nullable:
        op.alter_column(table, f"{column}_new", nullable=False)
    op.drop_column(table, column)
    op.alter_column(table, f"{column}_new", new_column_name=column)


def _rewrite(
    table: str, column: str, into: str, kind: str, converted: Callable[[Any], Any]
) -> None:
    """Fill a column of a kind from another, some thousand rows at a time."""
    connection: Connection = op.get_bind()
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        found = connection.execute(
            sa.text(
                f"SELECT id, {column} AS value FROM {table}"  # noqa: S608
                f" WHERE {column} IS NOT NULL AND id > :after ORDER BY id LIMIT {AT_ONCE}"
            ),
            {"after": after},
        ).all()
        if not found:
            return
        connection.execute(
            sa.text(
                f"UPDATE {table} t SET {into} = n.value"  # noqa: S608
                f" FROM unnest(CAST(:ids AS uuid[]), CAST(:values AS {kind}[])) AS n (id, value)"
                " WHERE t.id = n.id"
            ),
            {"ids": [r.id for r in found], "values": [converted(r.value) for r in found]},
        )
        after = found[-1].id
