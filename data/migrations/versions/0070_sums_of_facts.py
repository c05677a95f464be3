"""What the facts of days add up to by day and by month, kept as facts are kept."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OFFICE = f"{IN_SCOPE} AND (SELECT scope_agent()) IS NULL"

MINOR = (
    "collected_cash_minor", "collected_card_minor", "collected_transfer_minor",
    "collected_upi_minor", "collected_cheque_minor", "collected_mobile_minor", "paid_current_minor",
    "paid_arrears_minor", "demand_minor", "deposited_minor", "promised_minor",
    "promises_settled_minor", "promises_paid_minor", "ridden_m",
)  # fmt: skip
COUNTS = (
    "receipts", "promises_made", "promises_kept", "promises_part_kept", "promises_broken",
    "visits_planned", "visits_as_planned", "visits_done", "visits_verified", "visits_productive",
    "agent_days",
)  # fmt: skip
LEVELS_MINOR = ("overdue_minor", "in_hand_minor")
LEVELS_COUNTS = ("cases", "cases_late")
FLOWS = (*MINOR, *COUNTS)
SUMMED = {"day_sum": (*FLOWS, *LEVELS_MINOR, *LEVELS_COUNTS), "month_sum": FLOWS}
"""What stands at a day's end adds up over agents, not over days."""

MONTH = "date_trunc('month', day::timestamp)::date"
SUMS = {
    "day_sum": {"branch_id": "branch_id", "day": "day", "product_code": "product_code"},
    "month_sum": {
        "branch_id": "branch_id", "month": MONTH, "agent_id": "agent_id",
        "product_code": "product_code",
    },
}  # fmt: skip


def _added(table: str, source: str, sign: str = "") -> str:
    """Rows of facts added to a table of sums. In one order, so that two at once wait in turn."""
    keys, summed = SUMS[table], SUMMED[table]
    return f"""
        INSERT INTO {table} ({", ".join(keys)}, {", ".join(summed)})
        SELECT {", ".join(keys.values())}, {", ".join(f"{sign}sum({name})" for name in summed)}
        FROM {source} GROUP BY {", ".join(keys.values())} ORDER BY {", ".join(keys.values())}
        ON CONFLICT ({", ".join(keys)}) DO UPDATE
        SET {", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in summed)};
    """  # noqa: S608 our own constants


SUM_UP = f"""
CREATE FUNCTION day_fact_is_summed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        {_added("day_sum", "removed", "-")}
        {_added("month_sum", "removed", "-")}
    END IF;
    IF TG_OP <> 'DELETE' THEN
        {_added("day_sum", "added")}
        {_added("month_sum", "added")}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER day_fact_added AFTER INSERT ON day_fact
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION day_fact_is_summed();
CREATE TRIGGER day_fact_changed AFTER UPDATE ON day_fact
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION day_fact_is_summed();
CREATE TRIGGER day_fact_removed AFTER DELETE ON day_fact
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION day_fact_is_summed();
"""


def _columns(minor: Sequence[str], counts: Sequence[str]) -> list[sa.Column[int]]:
    none = sa.text("0")
    return [
        *(sa.Column(name, sa.BigInteger(), server_default=none, nullable=False) for name in minor),
        *(sa.Column(name, sa.Integer(), server_default=none, nullable=False) for name in counts),
    ]


def upgrade() -> None:
    op.create_table(
        "day_sum",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("product_code", sa.Text(), nullable=False),
        *_columns((*MINOR, *LEVELS_MINOR), (*COUNTS, *LEVELS_COUNTS)),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_day_sum_branch_id")),
        sa.PrimaryKeyConstraint("branch_id", "day", "product_code", name=op.f("pk_day_sum")),
    )
    op.create_table(
        "month_sum",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("product_code", sa.Text(), nullable=False),
        *_columns(MINOR, COUNTS),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_month_sum_month")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_month_sum_branch_id")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_month_sum_agent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_sum")),
        sa.UniqueConstraint(
            "branch_id", "month", "agent_id", "product_code",
            name=op.f("uq_month_sum_branch_id_month_agent_id_product_code"),
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_month_sum_agent_id"), "month_sum", ["agent_id"], unique=False)
    for table in SUMS:
        op.execute(_added(table, "day_fact"))
        op.execute(f"REVOKE ALL ON {table} FROM roundsman_app")
        op.execute(f"GRANT SELECT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} TO roundsman_app USING ({OFFICE})")
    op.execute(SUM_UP)


def downgrade() -> None:
    for name in ("added", "changed", "removed"):
        op.execute(f"DROP TRIGGER day_fact_{name} ON day_fact")
    op.execute("DROP FUNCTION day_fact_is_summed()")
    op.drop_index(op.f("ix_month_sum_agent_id"), table_name="month_sum")
    op.drop_table("month_sum")
    op.drop_table("day_sum")
