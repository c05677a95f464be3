"""Books of numbered paper receipts: who holds which leaves, and what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
POLICIES = {
    "receipt_book": f"{IN_SCOPE} AND ({NO_AGENT} OR agent_id = (SELECT scope_agent()))",
    "book_leaf": f"{IN_SCOPE} AND EXISTS (SELECT FROM receipt_book b WHERE b.id = book_id)",
}

# Both run as the owner: what the caller may not see (a receipt on a lent case) still counts.
HOLDS = """
CREATE FUNCTION book_leaf_holds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE book receipt_book;
BEGIN
    SELECT * INTO book FROM receipt_book WHERE id = NEW.book_id FOR KEY SHARE;
    IF NEW.number NOT BETWEEN book.first_number AND book.held_to
        OR NEW.branch_id <> book.branch_id THEN
        RAISE EXCEPTION 'leaf % is not in book %', NEW.number, NEW.book_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_book_leaf_of_book';
    END IF;
    IF NEW.receipt_id IS NOT NULL AND book.agent_id IS DISTINCT FROM
        (SELECT agent_id FROM receipt WHERE id = NEW.receipt_id) THEN
        RAISE EXCEPTION 'receipt % is not of who holds book %', NEW.receipt_id, NEW.book_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_book_leaf_holder';
    END IF;
    IF book.agent_id IN (NEW.declared_by, NEW.used_by) THEN
        RAISE EXCEPTION 'who holds book % accounts for no leaf of it', NEW.book_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_book_leaf_another_person';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.receipt_id IS NOT NULL THEN
        RAISE EXCEPTION 'leaf % of book % is used already', NEW.number, NEW.book_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_book_leaf_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER book_leaf_holds BEFORE INSERT OR UPDATE ON book_leaf
    FOR EACH ROW EXECUTE FUNCTION book_leaf_holds();

CREATE FUNCTION receipt_book_holds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF OLD.returned_at IS NOT NULL THEN
        RAISE EXCEPTION 'book % has been returned', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_receipt_book_once';
    END IF;
    IF EXISTS (SELECT FROM book_leaf WHERE book_id = NEW.id AND number > NEW.held_to) THEN
        RAISE EXCEPTION 'leaves of book % that are said to be blank are not', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_receipt_book_blank';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER receipt_book_holds BEFORE UPDATE ON receipt_book
    FOR EACH ROW EXECUTE FUNCTION receipt_book_holds();
"""


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [of], name=op.f(f"fk_{table}_{column}"))
        for column, of in columns.items()
    ]


def upgrade() -> None:
    op.create_table(
        "receipt_book",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("held_to", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_to", sa.Uuid(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "series ~ '^[A-Z0-9](-?[A-Z0-9]){0,19}$'", name=op.f("ck_receipt_book_series")
        ),
        sa.CheckConstraint(
            "first_number >= 1 AND last_number - first_number BETWEEN 0 AND 999",
            name=op.f("ck_receipt_book_numbers"),
        ),
        sa.CheckConstraint(
            "held_to BETWEEN first_number - 1 AND last_number", name=op.f("ck_receipt_book_held")
        ),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (returned_to IS NULL)"
            " AND (returned_at IS NOT NULL OR held_to = last_number)",
            name=op.f("ck_receipt_book_returned"),
        ),
        sa.CheckConstraint(
            "issued_by <> agent_id AND returned_to <> agent_id",
            name=op.f("ck_receipt_book_another_person"),
        ),
        *_keys(
            "receipt_book", branch_id="branch.id", agent_id="agent_profile.agent_id",
            issued_by="staff.id", returned_to="staff.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_book")),
    )  # fmt: skip
    op.create_table(
        "book_leaf",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.Column("fate", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("fate IN ('cancelled', 'lost')", name=op.f("ck_book_leaf_fate")),
        sa.CheckConstraint(
            "num_nulls(receipt_id, used_at, used_by) IN (0, 3)", name=op.f("ck_book_leaf_used")
        ),
        sa.CheckConstraint(
            "num_nulls(fate, reason, declared_at, declared_by) IN (0, 4)",
            name=op.f("ck_book_leaf_declared"),
        ),
        sa.CheckConstraint(
            "receipt_id IS NOT NULL OR fate IS NOT NULL", name=op.f("ck_book_leaf_accounted")
        ),
        *_keys(
            "book_leaf", book_id="receipt_book.id", branch_id="branch.id", used_by="staff.id",
            declared_by="staff.id",
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_book_leaf_receipt_id")
        ),
        sa.PrimaryKeyConstraint("book_id", "number", name=op.f("pk_book_leaf")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_book_leaf_receipt_id")),
    )  # fmt: skip
    for table, column in (
        ("receipt_book", "branch_id"), ("receipt_book", "agent_id"), ("book_leaf", "branch_id"),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.execute(
        "ALTER TABLE receipt_book ADD CONSTRAINT ex_receipt_book_leaves EXCLUDE USING gist"
        " (series WITH =, int4range(first_number, held_to + 1) WITH &&)"
    )
    op.execute(HOLDS)
    op.execute("REVOKE UPDATE, DELETE ON receipt_book, book_leaf FROM roundsman_app")
    op.execute("GRANT SELECT, INSERT ON receipt_book, book_leaf TO roundsman_app")
    op.execute("GRANT UPDATE (held_to, returned_at, returned_to) ON receipt_book TO roundsman_app")
    op.execute("GRANT UPDATE (receipt_id, used_at, used_by) ON book_leaf TO roundsman_app")
    for table, rule in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule}) WITH CHECK ({rule})"
        )


def downgrade() -> None:
    op.drop_table("book_leaf")
    op.drop_table("receipt_book")
    op.execute("DROP FUNCTION book_leaf_holds(), receipt_book_holds()")
