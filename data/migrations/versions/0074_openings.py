"""Who alone has opened an account, until another administrator vouches for it: one hand does not
decide what the same hand has asked for through another account."""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

WAYS = ("employed", "password_code", "second_factor_off", "provider_account", "api_key")

# Above row-level security: who has opened an account may be of a branch that the asking one does
# not see, and what they did counts all the same.
FUNCTIONS = """
CREATE FUNCTION hands(of_staff uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT array_agg(hand) FROM (
        SELECT of_staff AS hand
        UNION SELECT opened_by FROM account_opening WHERE staff_id = of_staff AND vouched_at IS NULL
    ) each_one
$$;

CREATE FUNCTION has_another_administrator(at_branch uuid, beside uuid, but uuid[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM branch WHERE id = at_branch
        UNION ALL SELECT b.id, b.parent_id FROM branch b JOIN above ON b.id = above.parent_id
    )
    SELECT EXISTS (
        SELECT FROM staff s LEFT JOIN composed_role r ON r.name = s.composed_role
        WHERE s.branch_id IN (SELECT id FROM above) AND s.id <> ALL (but)
          AND CASE WHEN r.name IS NULL THEN s.role = 'admin'
                   ELSE 'administration.act' = ANY (r.permissions) END
          AND NOT hands(s.id) && hands(beside)
    )
$$;

CREATE FUNCTION note_openings(
    opened uuid[], opened_so text, opened_by_staff uuid, at timestamptz
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public AS $$
    INSERT INTO account_opening (staff_id, opened_by, how, opened_at)
    SELECT s.id, hand, opened_so, at
    FROM staff s CROSS JOIN unnest(hands(opened_by_staff)) AS hand
    WHERE s.id = ANY (opened) AND s.role <> 'agent' AND s.id <> hand
      AND (s.role = 'integration' OR has_another_administrator(
          s.branch_id, opened_by_staff,
          CASE opened_so WHEN 'employed' THEN opened ELSE '{}' END))
$$;

CREATE FUNCTION vouch(for_staff uuid, vouching uuid, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF hands(for_staff) && hands(vouching) THEN
        RETURN false;
    END IF;
    UPDATE account_opening SET vouched_at = at, vouched_by = vouching
        WHERE staff_id = for_staff AND vouched_at IS NULL;
    RETURN true;
END $$;

CREATE FUNCTION another_hand_decides() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    asks uuid := to_jsonb(NEW) ->> TG_ARGV[0];
    decides uuid := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
    IF hands(asks) && hands(decides) THEN
        RAISE EXCEPTION 'one hand asks and decides'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'another_hand', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
"""
CALLABLE = (
    "hands(uuid)", "has_another_administrator(uuid, uuid, uuid[])",
    "note_openings(uuid[], text, uuid, timestamptz)", "vouch(uuid, uuid, timestamptz)",
)  # fmt: skip

DECIDED = (
    ("role_change", "proposed_by", "decided_by", "NEW.decision = 'accepted'"),
    ("limit_change", "proposed_by", "decided_by", "NEW.decision = 'accepted'"),
    ("refund", "asked_by", "settled_by", "NEW.state = 'paid'"),
    ("receipt_reversal", "asked_by", "settled_by", "NEW.state = 'approved'"),
    ("cash_difference", "found_by", "settled_by", "NEW.settled_how = 'written_off'"),
    ("contact_point", "added_by", "verified_by", "NEW.verified_by IS NOT NULL"),
    ("customer_move", "asked_by", "settled_by", "NEW.state = 'accepted'"),
    ("erasure", "asked_by", "decided_by", "NEW.state = 'accepted'"),
    ("policy", "set_by", "seconded_by", "NEW.seconded_by IS NOT NULL"),
)
"""Where two people are asked for: the table, who asks, who decides, and when it is a yes."""


def upgrade() -> None:
    op.create_table(
        "account_opening",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vouched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vouched_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"how IN {WAYS}", name=op.f("ck_account_opening_how")),
        sa.CheckConstraint("opened_by <> staff_id", name=op.f("ck_account_opening_another")),
        sa.CheckConstraint(
            "vouched_by <> opened_by AND vouched_by <> staff_id",
            name=op.f("ck_account_opening_third_person"),
        ),
        sa.CheckConstraint(
            "vouched_by IS NULL OR vouched_at IS NOT NULL", name=op.f("ck_account_opening_vouched")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_account_opening_staff_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["staff.id"], name=op.f("fk_account_opening_opened_by")
        ),
        sa.ForeignKeyConstraint(
            ["vouched_by"], ["staff.id"], name=op.f("fk_account_opening_vouched_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_opening")),
    )
    op.create_index(op.f("ix_account_opening_staff_id"), "account_opening", ["staff_id"])
    op.execute("GRANT SELECT ON account_opening TO roundsman_app")
    op.execute("ALTER TABLE account_opening ENABLE ROW LEVEL SECURITY")
    # In scope with the person, also when they go to another branch.
    op.execute(
        "CREATE POLICY scope ON account_opening FOR SELECT TO roundsman_app USING"
        " ((SELECT scope_agent()) IS NULL AND EXISTS (SELECT FROM staff s WHERE s.id = staff_id))"
    )
    op.execute(FUNCTIONS)
    for function in CALLABLE:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO roundsman_app")
    for table, asks, decides, is_yes in DECIDED:
        op.execute(
            f"CREATE TRIGGER another_hand AFTER INSERT OR UPDATE OF {decides} ON {table} FOR EACH ROW"
            f" WHEN (NEW.{asks} IS NOT NULL AND {is_yes})"
            f" EXECUTE FUNCTION another_hand_decides('{asks}', '{decides}')"
        )
    # Whoever has issued a key knows it.
    op.execute(
        "INSERT INTO account_opening (staff_id, opened_by, how, opened_at)"
        " SELECT staff_id, issued_by, 'api_key', issued_at FROM api_key"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION another_hand_decides() CASCADE")
    for function in CALLABLE[1:]:
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("account_opening")
    op.execute("DROP FUNCTION hands(uuid)")
