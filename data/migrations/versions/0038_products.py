"""Product types, their terms in versions, and what follows from them."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

SHIPPED = Path(__file__).parent.parent / "seeds" / "0038_product_types.json"

HEADS = ("charges", "penal", "interest", "principal")

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
TO_SCOPE = IN_SCOPE.replace(" branch_id", " to_branch_id")
NO_AGENT = "(SELECT scope_agent()) IS NULL"

# Product types are the whole lender's: who sees the branch above all others may change them.
OF_LENDER = (
    "(SELECT scope_agent()) IS NULL AND ((SELECT scope_is_everything())"
    " OR EXISTS (SELECT FROM branch WHERE parent_id IS NULL))"
)

# A day that is beginning somewhere is waited for; one that begins later sees the new terms. No
# account is of a product type before its first terms.
RULES = """
CREATE FUNCTION first_open_day(today date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT greatest(today, (SELECT max(day) + 1 FROM portfolio_day))
$$;
REVOKE ALL ON FUNCTION first_open_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION first_open_day(date) TO roundsman_app;

CREATE FUNCTION product_terms_of_open_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    LOCK TABLE portfolio_day IN SHARE MODE;
    IF NEW.version > 1 AND NEW.since <= (SELECT max(day) FROM portfolio_day) THEN
        RAISE EXCEPTION 'a day that has begun keeps its terms'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_product_terms_since';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER product_terms_of_open_days BEFORE INSERT ON product_terms
    FOR EACH ROW EXECUTE FUNCTION product_terms_of_open_days();
"""


# What is the customer's follows; what was done, and money, stays with the branch that did it. Who
# decides sees the other branch alone, so the database carries it out.
MOVES = """
CREATE FUNCTION branch_called(of_code text) RETURNS TABLE (id uuid, code text, currency text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT b.id, b.code, b.currency FROM branch b WHERE b.code = of_code
$$;

CREATE FUNCTION move_customer(of_move uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    m customer_move;
    accounts uuid[];
    cases uuid[];
    places uuid[];
BEGIN
    SELECT * INTO STRICT m FROM customer_move
    WHERE id = of_move AND state = 'accepted' AND moved_at IS NULL FOR UPDATE;
    accounts := ARRAY (SELECT a.id FROM account a WHERE a.customer_id = m.customer_id
                       ORDER BY a.id FOR NO KEY UPDATE);
    cases := ARRAY (SELECT c.id FROM case_file c WHERE c.customer_id = m.customer_id);
    places := ARRAY (SELECT d.id FROM address d WHERE d.customer_id = m.customer_id);
    IF EXISTS (SELECT FROM assignment g JOIN offline_lease l ON l.agent_id = g.agent_id
               WHERE g.case_id = ANY (cases) AND upper_inf(g.during)
                 AND l.closed_at IS NULL AND l.expires_at > at) THEN
        RETURN false;
    END IF;
    UPDATE customer SET branch_id = m.to_branch_id, center_id = NULL, member_group_id = NULL
    WHERE id = m.customer_id;
    UPDATE address SET branch_id = m.to_branch_id WHERE id = ANY (places);
    UPDATE fence SET branch_id = m.to_branch_id WHERE address_id = ANY (places);
    UPDATE fence_shape SET branch_id = m.to_branch_id
    WHERE fence_id IN (SELECT id FROM fence WHERE address_id = ANY (places));
    UPDATE address_point SET branch_id = m.to_branch_id WHERE address_id = ANY (places);
    UPDATE account SET branch_id = m.to_branch_id WHERE id = ANY (accounts);
    UPDATE demand SET branch_id = m.to_branch_id WHERE account_id = ANY (accounts);
    UPDATE installment_plan SET branch_id = m.to_branch_id WHERE account_id = ANY (accounts);
    UPDATE case_file SET branch_id = m.to_branch_id WHERE id = ANY (cases);
    UPDATE promise SET branch_id = m.to_branch_id
    WHERE account_id = ANY (accounts) AND state = 'open';
    UPDATE next_action SET branch_id = m.to_branch_id
    WHERE case_id = ANY (cases) AND ended_at IS NULL;
    UPDATE meeting_chance SET branch_id = m.to_branch_id WHERE case_id = ANY (cases);
    UPDATE case_tag SET branch_id = m.to_branch_id WHERE case_id = ANY (cases);
    UPDATE contact_point SET branch_id = m.to_branch_id WHERE customer_id = m.customer_id;
    UPDATE number_tag SET branch_id = m.to_branch_id WHERE customer_id = m.customer_id;
    UPDATE contact_preference SET branch_id = m.to_branch_id WHERE customer_id = m.customer_id;
    UPDATE occasion_hold SET branch_id = m.to_branch_id WHERE customer_id = m.customer_id;
    UPDATE assignment SET during = tstzrange(lower(during), greatest(at, lower(during)))
    WHERE case_id = ANY (cases) AND upper_inf(during);
    UPDATE planned_move SET settled_at = at, outcome = 'cancelled'
    WHERE case_id = ANY (cases) AND settled_at IS NULL;
    UPDATE case_pin SET ended_at = at, ended_by = m.settled_by
    WHERE case_id = ANY (cases) AND ended_at IS NULL;
    DELETE FROM unallocated WHERE case_id = ANY (cases);
    UPDATE customer_move SET moved_at = at WHERE id = of_move;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION branch_called(text), move_customer(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION branch_called(text), move_customer(uuid, timestamptz) TO roundsman_app;
"""


def upgrade() -> None:
    _tables()
    _ship()
    op.execute(RULES)
    _columns()
    _heads()
    _refunds("'cash', 'transfer', 'account'")
    op.create_check_constraint(
        op.f("ck_refund_to_account"), "refund", "way <> 'account' OR receipt_id IS NOT NULL"
    )
    _contacts()
    _moves()
    _scope()


def _moves() -> None:
    op.create_table(
        "customer_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("to_branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_ref", sa.Text(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("from_branch", sa.Text(), nullable=False),
        sa.Column("to_branch", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'asked'"), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("branch_id <> to_branch_id", name=op.f("ck_customer_move_elsewhere")),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'declined')", name=op.f("ck_customer_move_state")
        ),
        sa.CheckConstraint(
            "(state = 'asked') = (settled_at IS NULL)"
            " AND (settled_at IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_customer_move_settled"),
        ),
        sa.CheckConstraint("settled_by <> asked_by", name=op.f("ck_customer_move_another_person")),
        sa.CheckConstraint(
            "moved_at IS NULL OR state = 'accepted'", name=op.f("ck_customer_move_moved")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_customer_move_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_branch_id"], ["branch.id"], name=op.f("fk_customer_move_to_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_move_customer_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_customer_move_asked_by")),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["staff.id"], name=op.f("fk_customer_move_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_move")),
    )
    op.create_index(op.f("ix_customer_move_branch_id"), "customer_move", ["branch_id"])
    op.create_index(op.f("ix_customer_move_to_branch_id"), "customer_move", ["to_branch_id"])
    op.create_index(
        "uq_customer_move_open",
        "customer_move",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.execute(MOVES)
    op.execute("GRANT SELECT, INSERT ON customer_move TO roundsman_app")
    op.execute("GRANT UPDATE (state, settled_by, settled_at) ON customer_move TO roundsman_app")
    op.execute("ALTER TABLE customer_move ENABLE ROW LEVEL SECURITY")
    policies = (
        ("SELECT", f"USING ({NO_AGENT} AND ({IN_SCOPE} OR {TO_SCOPE}))"),
        ("INSERT", f"WITH CHECK ({NO_AGENT} AND {IN_SCOPE})"),
        ("UPDATE", f"USING ({NO_AGENT} AND {TO_SCOPE}) WITH CHECK ({NO_AGENT} AND {TO_SCOPE})"),
    )
    for action, rule in policies:
        op.execute(
            f"CREATE POLICY scope_{action.lower()} ON customer_move FOR {action}"
            f" TO roundsman_app {rule}"
        )


def _contacts() -> None:
    # A demand file tells of others than the customer, and nobody in particular added them.
    op.alter_column("contact_point", "added_by", nullable=True)
    op.create_check_constraint(
        op.f("ck_contact_point_added"), "contact_point", "(source = 'file') = (added_by IS NULL)"
    )


def _tables() -> None:
    op.create_table(
        "product_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,39}$'", name=op.f("ck_product_type_code")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_product_type_name")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_product_type")),
    )
    op.create_table(
        "product_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("product_type", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "code = upper(code) AND length(code) BETWEEN 1 AND 64",
            name=op.f("ck_product_code_code"),
        ),
        sa.ForeignKeyConstraint(
            ["product_type"], ["product_type.code"], name=op.f("fk_product_code_product_type")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_product_code")),
    )
    op.create_index(op.f("ix_product_code_product_type"), "product_code", ["product_type"])
    op.create_table(
        "product_terms",
        sa.Column("product_type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("dpd_basis", sa.Text(), nullable=False),
        sa.Column("counted_in", sa.Text(), nullable=False),
        sa.Column("buckets", postgresql.JSONB(), nullable=False),
        sa.Column("last_overdue", sa.Integer(), nullable=False),
        sa.Column("head_order", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("partial_payments", sa.Boolean(), nullable=False),
        sa.Column("pays_ahead", sa.Boolean(), nullable=False),
        sa.Column("over_payment", sa.Text(), nullable=False),
        sa.Column("is_loan", sa.Boolean(), nullable=False),
        sa.Column("stages", postgresql.JSONB(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_product_terms_version")),
        sa.CheckConstraint(
            "dpd_basis IN ('exclusive', 'rbi_day_end')", name=op.f("ck_product_terms_dpd_basis")
        ),
        sa.CheckConstraint(
            "counted_in IN ('days', 'months')", name=op.f("ck_product_terms_counted_in")
        ),
        sa.CheckConstraint(
            "jsonb_typeof(buckets) = 'array'", name=op.f("ck_product_terms_buckets")
        ),
        sa.CheckConstraint("last_overdue >= 0", name=op.f("ck_product_terms_last_overdue")),
        sa.CheckConstraint(
            "cardinality(head_order) = 4 AND head_order @>"
            " ARRAY['charges', 'penal', 'interest', 'principal']::text[]",
            name=op.f("ck_product_terms_head_order"),
        ),
        sa.CheckConstraint(
            "over_payment IN ('advance', 'suspense')", name=op.f("ck_product_terms_over_payment")
        ),
        sa.CheckConstraint("jsonb_typeof(stages) = 'object'", name=op.f("ck_product_terms_stages")),
        sa.ForeignKeyConstraint(
            ["product_type"], ["product_type.code"], name=op.f("fk_product_terms_product_type")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_product_terms_set_by")),
        sa.PrimaryKeyConstraint("product_type", "version", name=op.f("pk_product_terms")),
    )
    op.create_index(
        "ix_product_terms_product_type_since", "product_terms", ["product_type", "since"]
    )


def _ship() -> None:
    for code, its in json.loads(SHIPPED.read_text()).items():
        op.get_bind().execute(
            sa.text("INSERT INTO product_type (code, name) VALUES (:code, :name)"),
            {"code": code, "name": its["name"]},
        )
        op.get_bind().execute(
            sa.text("INSERT INTO product_code (code, product_type) VALUES (upper(:code), :code)"),
            {"code": code},
        )
        buckets = [
            {"code": name, "from": first, "to": last} for name, first, last in its["buckets"]
        ]
        op.get_bind().execute(
            sa.text(
                "INSERT INTO product_terms VALUES (:code, 1, '1970-01-01', :dpd_basis, :counted_in,"
                " CAST(:in_buckets AS jsonb), :last_overdue, :head_order, :partial_payments,"
                " :pays_ahead, :over_payment, :is_loan, CAST(:by_stage AS jsonb),"
                " '2000-01-01T00:00:00Z', NULL)"
            ),
            {**its, "code": code, "in_buckets": json.dumps(buckets),
             "by_stage": json.dumps(its["stages"])},
        )  # fmt: skip


def _columns() -> None:
    op.add_column(
        "account",
        sa.Column(
            "product_type", sa.Text(), server_default=sa.text("'individual_loan'"), nullable=False
        ),
    )
    op.create_foreign_key(
        op.f("fk_account_product_type"), "account", "product_type", ["product_type"], ["code"]
    )
    op.add_column(
        "case_file",
        sa.Column("section", sa.Text(), server_default=sa.text("'overdue'"), nullable=False),
    )
    op.execute("UPDATE case_file SET section = 'recovery' WHERE dpd > 90")
    op.create_check_constraint(
        op.f("ck_case_file_section"), "case_file", "section IN ('overdue', 'recovery')"
    )
    op.add_column(
        "receipt",
        sa.Column("suspense_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_receipt_suspense"),
        "receipt",
        "suspense_minor BETWEEN 0 AND amount_minor - advance_minor",
    )


def _heads() -> None:
    for head in HEADS:
        op.add_column(
            "receipt_allocation",
            sa.Column(
                f"{head}_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
            ),
        )
    op.create_check_constraint(
        op.f("ck_receipt_allocation_heads"),
        "receipt_allocation",
        "least(charges_minor, penal_minor, interest_minor, principal_minor) >= 0 AND"
        " charges_minor + penal_minor + interest_minor + principal_minor IN (0, amount_minor)",
    )


def _refunds(ways: str) -> None:
    op.drop_constraint(op.f("ck_refund_way"), "refund")
    op.create_check_constraint(op.f("ck_refund_way"), "refund", f"way IN ({ways})")


def _scope() -> None:
    for table in ("product_type", "product_code", "product_terms"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        # What a trade's terms are is no secret: agents' phones work with them too.
        op.execute(f"CREATE POLICY seen ON {table} FOR SELECT TO roundsman_app USING (true)")
        op.execute(
            f"CREATE POLICY scope_insert ON {table} FOR INSERT TO roundsman_app"
            f" WITH CHECK ({OF_LENDER})"
        )
    op.execute("GRANT UPDATE (name) ON product_type TO roundsman_app")
    op.execute(
        f"CREATE POLICY scope_update ON product_type FOR UPDATE TO roundsman_app"
        f" USING ({OF_LENDER}) WITH CHECK ({OF_LENDER})"
    )
    op.execute("GRANT DELETE ON product_code TO roundsman_app")
    op.execute(
        f"CREATE POLICY scope_delete ON product_code FOR DELETE TO roundsman_app"
        f" USING ({OF_LENDER})"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION branch_called(text), move_customer(uuid, timestamptz)")
    op.drop_table("customer_move")
    op.execute("DELETE FROM contact_point WHERE source = 'file'")
    op.drop_constraint(op.f("ck_contact_point_added"), "contact_point")
    op.alter_column("contact_point", "added_by", nullable=False)
    op.drop_constraint(op.f("ck_refund_to_account"), "refund")
    _refunds("'cash', 'transfer'")
    op.drop_constraint(op.f("ck_receipt_allocation_heads"), "receipt_allocation")
    for head in HEADS:
        op.drop_column("receipt_allocation", f"{head}_minor")
    op.drop_constraint(op.f("ck_receipt_suspense"), "receipt")
    op.drop_column("receipt", "suspense_minor")
    op.drop_constraint(op.f("ck_case_file_section"), "case_file")
    op.drop_column("case_file", "section")
    op.drop_constraint(op.f("fk_account_product_type"), "account", type_="foreignkey")
    op.drop_column("account", "product_type")
    op.execute("DROP TRIGGER product_terms_of_open_days ON product_terms")
    op.execute("DROP FUNCTION product_terms_of_open_days(), first_open_day(date)")
    for table in ("product_terms", "product_code", "product_type"):
        op.drop_table(table)
