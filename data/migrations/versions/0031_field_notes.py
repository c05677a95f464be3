"""What is noted of contacts; stages; contacts added beside the source; records seen as one."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SHIPPED = Path(__file__).parents[1] / "seeds" / "0031_value_lists.json"

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"
OFFICE = f"{IN_SCOPE} AND {NO_AGENT}"
OWN = "agent_id = (SELECT scope_agent())"
ITS_CASE = "EXISTS (SELECT FROM case_file c WHERE c.id = case_id)"
OF_ITS_CASE = f"({NO_AGENT} AND {IN_SCOPE}) OR (NOT {NO_AGENT} AND {ITS_CASE})"
"""An agent sees what was noted on a case whoever noted it, as long as the case is theirs."""

SEEN = "USING (EXISTS (SELECT FROM customer u WHERE u.id = customer_id))"
ITS_LIST = f"EXISTS (SELECT FROM value_list WHERE id = list_id AND {OFFICE})"

APPEND_ONLY = ("value_list", "listed_value", "disposition", "stage_move", "stage_change")

MOVES = {
    "pre_due": ("due", "closed"),
    "due": ("reminder", "closed"),
    "reminder": ("multi_channel", "field", "closed"),
    "multi_channel": ("reminder", "risk_watch", "field", "closed"),
    "risk_watch": ("multi_channel", "field", "legal", "closed"),
    "field": ("multi_channel", "risk_watch", "legal", "closed"),
    "legal": ("field", "closed"),
    "closed": ("reminder",),
}

STAGE_RULES = """
-- Of two changes at once the second one finds the case elsewhere than it began.
CREATE FUNCTION stage_change_moves_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE case_file
    SET stage = NEW.to_stage, closure = NEW.closure,
        closed_at = CASE WHEN NEW.to_stage = 'closed' THEN NEW.changed_at END
    WHERE id = NEW.case_id AND branch_id = NEW.branch_id AND stage = NEW.from_stage
      AND (stage <> 'closed' OR closure IN ('paid_in_full', 'reinstated'));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'case % is not where this change begins', NEW.case_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_stage_change_from';
    END IF;
    IF NEW.to_stage = 'closed' THEN
        UPDATE next_action SET ended_at = NEW.changed_at, ended_because = 'case_closed'
        WHERE case_id = NEW.case_id AND ended_at IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER stage_change_moves_case AFTER INSERT ON stage_change
    FOR EACH ROW EXECUTE FUNCTION stage_change_moves_case();

CREATE FUNCTION case_stage_is_guarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a case changes its stage by a stage_change alone'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ck_case_file_stage_change';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_stage_guarded BEFORE UPDATE OF stage, closed_at, closure ON case_file
    FOR EACH ROW WHEN ((OLD.stage, OLD.closed_at, OLD.closure)
                       IS DISTINCT FROM (NEW.stage, NEW.closed_at, NEW.closure))
    EXECUTE FUNCTION case_stage_is_guarded();

-- Whatever makes it owe again: the next miss, or a payment that was taken back.
CREATE FUNCTION case_owes_again() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO stage_change (id, branch_id, case_id, from_stage, to_stage, reason, changed_at)
    SELECT gen_random_uuid(), NEW.branch_id, NEW.id, 'closed', 'reminder',
           CASE NEW.closure WHEN 'reinstated' THEN 'A due was missed after it was reinstated'
                            ELSE 'It owes again after it was paid in full' END,
           greatest(NEW.as_of::timestamp AT TIME ZONE b.zone, NEW.closed_at + interval '1 second')
    FROM branch b WHERE b.id = NEW.branch_id;
    RETURN NULL;
END $$;
CREATE TRIGGER case_owes_again AFTER UPDATE OF overdue_minor ON case_file
    FOR EACH ROW WHEN (NEW.closure IN ('paid_in_full', 'reinstated') AND NEW.overdue_minor > 0)
    EXECUTE FUNCTION case_owes_again();
"""

# What had fallen due and was unpaid when a receipt was taken: unpaid now, and what it and the
# receipts behind it have paid since. It sees the receipts of all agents, whoever asks.
RECEIPT_DEMANDED = """
CREATE FUNCTION receipt_demanded(of_receipt uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT coalesce(sum(d.total_minor - d.paid_minor + coalesce(since.minor, 0)), 0)::bigint
    FROM receipt r JOIN branch b ON b.id = r.branch_id
    JOIN demand d ON d.account_id = r.account_id
                 AND d.due_on <= (r.taken_at AT TIME ZONE b.zone)::date
    LEFT JOIN LATERAL (
        SELECT sum(a.amount_minor) AS minor
        FROM receipt_allocation a JOIN receipt o ON o.id = a.receipt_id
        WHERE a.demand_id = d.id AND (o.received_at, o.id) >= (r.received_at, r.id)
          AND NOT EXISTS (SELECT FROM receipt_reversal v
                          WHERE v.receipt_id = o.id AND v.state = 'approved')
    ) since ON true
    WHERE r.id = of_receipt
$$;
REVOKE ALL ON FUNCTION receipt_demanded(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receipt_demanded(uuid) TO roundsman_app;
"""

# Which visits were at which of these cases. It looks at all; whoever asks joins the visits, and sees
# those in scope. (Under row-level security the index on arrays would not be used.)
VISITS_OF_CASES = """
CREATE FUNCTION visits_of_cases(these uuid[]) RETURNS TABLE (visit_id uuid, case_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT v.id, c.id FROM visit v CROSS JOIN LATERAL unnest(v.case_ids) AS c (id)
    WHERE v.case_ids && these AND v.replaced_at IS NULL AND c.id = ANY (these)
$$;
REVOKE ALL ON FUNCTION visits_of_cases(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visits_of_cases(uuid[]) TO roundsman_app;
"""


def _policy(table: str, action: str, rule: str) -> None:
    clauses = {"INSERT": f"WITH CHECK ({rule})", "SELECT": f"USING ({rule})"}
    clause = clauses.get(action, f"USING ({rule}) WITH CHECK ({rule})")
    op.execute(
        f"CREATE POLICY scope_{action.lower()} ON {table} FOR {action} TO roundsman_app {clause}"
    )


def upgrade() -> None:
    _tables()
    _cases()
    _scope()
    _ship()


def _tables() -> None:
    op.create_table(
        "stage_move",
        sa.Column("from_stage", sa.Text(), nullable=False),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("from_stage", "to_stage", name=op.f("pk_stage_move")),
    )
    op.create_table(
        "value_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "topic IN ('visit', 'call', 'message', 'cause')", name=op.f("ck_value_list_topic")
        ),
        sa.CheckConstraint(
            "(branch_id IS NULL) = (published_by IS NULL)", name=op.f("ck_value_list_published")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_value_list_version")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_value_list_branch_id")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["staff.id"], name=op.f("fk_value_list_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_list")),
        sa.UniqueConstraint(
            "branch_id", "topic", "version", name=op.f("uq_value_list_branch_id_topic_version")
        ),
    )
    op.create_index(op.f("ix_value_list_branch_id"), "value_list", ["branch_id"], unique=False)
    op.create_table(
        "listed_value",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("reaches", sa.Text(), nullable=True),
        sa.Column(
            "asks", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "asks <@ ARRAY['assessment', 'cause', 'note', 'promise']::text[]",
            name=op.f("ck_listed_value_asks"),
        ),
        sa.CheckConstraint(
            "reaches IN ('customer', 'other', 'nobody')", name=op.f("ck_listed_value_reaches")
        ),
        sa.CheckConstraint("active_from <= active_until", name=op.f("ck_listed_value_active")),
        sa.CheckConstraint(
            "parent_code IS NULL OR reaches IS NULL", name=op.f("ck_listed_value_reaches_topmost")
        ),
        sa.ForeignKeyConstraint(
            ["list_id", "parent_code"],
            ["listed_value.list_id", "listed_value.code"],
            name="fk_listed_value_parent",
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["value_list.id"], name=op.f("fk_listed_value_list_id")
        ),
        sa.PrimaryKeyConstraint("list_id", "code", name=op.f("pk_listed_value")),
    )
    op.create_table(
        "contact_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), server_default=sa.text("'customer'"), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_contact_point_kind")),
        sa.CheckConstraint(
            "num_nulls(ended_at, ended_by, ended_because) IN (0, 3)",
            name=op.f("ck_contact_point_ended"),
        ),
        sa.CheckConstraint(
            "num_nulls(verified_at, verified_by) IN (0, 2)", name=op.f("ck_contact_point_verified")
        ),
        sa.CheckConstraint("verified_by <> added_by", name=op.f("ck_contact_point_another_person")),
        sa.ForeignKeyConstraint(["added_by"], ["staff.id"], name=op.f("fk_contact_point_added_by")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_contact_point_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_point_customer_id")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["staff.id"], name=op.f("fk_contact_point_ended_by")),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["staff.id"], name=op.f("fk_contact_point_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
    )
    op.create_index(
        op.f("ix_contact_point_branch_id"), "contact_point", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_contact_point_customer_id"), "contact_point", ["customer_id"], unique=False
    )
    op.create_index(
        "uq_contact_point_live",
        "contact_point",
        ["customer_id", "value"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_because", sa.Text(), nullable=True),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_customer_merge_two")),
        sa.CheckConstraint(
            "num_nulls(undone_at, undone_by, undone_because) IN (0, 3)",
            name=op.f("ck_customer_merge_undone"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_customer_merge_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["customer.id"], name=op.f("fk_customer_merge_kept_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["staff.id"], name=op.f("fk_customer_merge_merged_by")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["customer.id"], name=op.f("fk_customer_merge_merged_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["staff.id"], name=op.f("fk_customer_merge_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
    )
    op.create_index(
        op.f("ix_customer_merge_branch_id"), "customer_merge", ["branch_id"], unique=False
    )
    op.create_index(op.f("ix_customer_merge_kept_id"), "customer_merge", ["kept_id"], unique=False)
    op.create_index(
        "uq_customer_merge_live",
        "customer_merge",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "number_tag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "word IN ('changed_hands', 'wrong_number', 'do_not_use', 'out_of_order')",
            name=op.f("ck_number_tag_word"),
        ),
        sa.CheckConstraint(
            "num_nulls(lifted_at, lifted_by) IN (0, 2)", name=op.f("ck_number_tag_lifted")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_number_tag_branch_id")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_number_tag_customer_id")
        ),
        sa.ForeignKeyConstraint(["lifted_by"], ["staff.id"], name=op.f("fk_number_tag_lifted_by")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_number_tag_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_tag")),
    )
    op.create_index(op.f("ix_number_tag_branch_id"), "number_tag", ["branch_id"], unique=False)
    op.create_index(op.f("ix_number_tag_customer_id"), "number_tag", ["customer_id"], unique=False)
    op.create_index(
        "uq_number_tag_live",
        "number_tag",
        ["customer_id", "value", "word"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "stage_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_stage", sa.Text(), nullable=False),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("closure", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(to_stage = 'closed') = (closure IS NOT NULL)", name=op.f("ck_stage_change_closure")
        ),
        sa.CheckConstraint(
            "closure IN ('paid_in_full', 'settled', 'written_off', 'reinstated')",
            name=op.f("ck_stage_change_closures"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_stage_change_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_stage_change_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["staff.id"], name=op.f("fk_stage_change_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["from_stage", "to_stage"],
            ["stage_move.from_stage", "stage_move.to_stage"],
            name="fk_stage_change_move",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_change")),
    )
    op.create_index(op.f("ix_stage_change_branch_id"), "stage_change", ["branch_id"], unique=False)
    op.create_index(
        "ix_stage_change_case_id_changed_at",
        "stage_change",
        ["case_id", "changed_at"],
        unique=False,
    )
    op.create_table(
        "disposition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("contact_code", sa.Text(), nullable=False),
        sa.Column("result_code", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=True),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("ability", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("promise_id", sa.Uuid(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "ability IN ('able', 'partly', 'unable')", name=op.f("ck_disposition_ability")
        ),
        sa.CheckConstraint(
            "channel IN ('visit', 'call', 'message')", name=op.f("ck_disposition_channel")
        ),
        sa.CheckConstraint(
            "intent IN ('willing', 'wavering', 'unwilling')", name=op.f("ck_disposition_intent")
        ),
        sa.CheckConstraint(
            "person IN ('customer', 'co_borrower', 'guarantor', 'spouse', 'relative', 'neighbor', 'colleague', 'other')",
            name=op.f("ck_disposition_person"),
        ),
        sa.CheckConstraint(
            "(intent IS NULL) = (ability IS NULL)", name=op.f("ck_disposition_assessment")
        ),
        sa.CheckConstraint(
            "agent_id IS NULL OR agent_id = recorded_by", name=op.f("ck_disposition_recorded_by")
        ),
        sa.CheckConstraint(
            "person IS NOT NULL OR person_name IS NULL", name=op.f("ck_disposition_person_name")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_disposition_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_disposition_branch_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_disposition_case_id")),
        sa.ForeignKeyConstraint(
            ["list_id", "contact_code"],
            ["listed_value.list_id", "listed_value.code"],
            name="fk_disposition_contact",
        ),
        sa.ForeignKeyConstraint(
            ["list_id", "reason_code"],
            ["listed_value.list_id", "listed_value.code"],
            name="fk_disposition_reason",
        ),
        sa.ForeignKeyConstraint(
            ["list_id", "result_code"],
            ["listed_value.list_id", "listed_value.code"],
            name="fk_disposition_result",
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["value_list.id"], name=op.f("fk_disposition_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_disposition_promise_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_disposition_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    op.create_index(
        "ix_disposition_agent_id_happened_at",
        "disposition",
        ["agent_id", "happened_at"],
        unique=False,
    )
    op.create_index(op.f("ix_disposition_branch_id"), "disposition", ["branch_id"], unique=False)
    op.create_index(
        "ix_disposition_case_id_happened_at",
        "disposition",
        ["case_id", "happened_at"],
        unique=False,
    )
    op.create_index("ix_disposition_list_id", "disposition", ["list_id"], unique=False)
    op.create_table(
        "next_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("disposition_id", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ended_because IN ('replaced', 'overtaken', 'case_closed')",
            name=op.f("ck_next_action_ended_because"),
        ),
        sa.CheckConstraint(
            "kind IN ('visit', 'call', 'message', 'letter', 'await_payment', 'check_address', 'supervisor', 'legal')",
            name=op.f("ck_next_action_kind"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_next_action_ended")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_next_action_branch_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_next_action_case_id")),
        sa.ForeignKeyConstraint(
            ["disposition_id"], ["disposition.id"], name=op.f("fk_next_action_disposition_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_next_action_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_action")),
        sa.UniqueConstraint("disposition_id", name=op.f("uq_next_action_disposition_id")),
    )
    op.create_index(op.f("ix_next_action_branch_id"), "next_action", ["branch_id"], unique=False)
    op.create_index("ix_next_action_case_id", "next_action", ["case_id", "set_at"], unique=False)
    op.create_index(
        "ix_next_action_due",
        "next_action",
        ["branch_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_next_action_open",
        "next_action",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "root_cause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column("disposition_id", sa.Uuid(), nullable=True),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("cause_code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("demanded_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("action_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("action_by", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("action_at <= closed_at", name=op.f("ck_root_cause_order")),
        sa.CheckConstraint(
            "closed_at IS NULL OR action_at IS NOT NULL", name=op.f("ck_root_cause_action_first")
        ),
        sa.CheckConstraint(
            "demanded_minor >= 0 AND paid_minor >= 0", name=op.f("ck_root_cause_amounts")
        ),
        sa.CheckConstraint("length(btrim(note)) > 0", name=op.f("ck_root_cause_note")),
        sa.CheckConstraint(
            "num_nonnulls(receipt_id, disposition_id) = 1", name=op.f("ck_root_cause_subject")
        ),
        sa.CheckConstraint(
            "num_nulls(action, action_at, action_by) IN (0, 3)", name=op.f("ck_root_cause_action")
        ),
        sa.CheckConstraint(
            "num_nulls(outcome, closed_at, closed_by) IN (0, 3)", name=op.f("ck_root_cause_closed")
        ),
        sa.ForeignKeyConstraint(["action_by"], ["staff.id"], name=op.f("fk_root_cause_action_by")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_root_cause_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_root_cause_branch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_root_cause_case_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_root_cause_closed_by")),
        sa.ForeignKeyConstraint(
            ["disposition_id"], ["disposition.id"], name=op.f("fk_root_cause_disposition_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id", "cause_code"],
            ["listed_value.list_id", "listed_value.code"],
            name="fk_root_cause_cause",
        ),
        sa.ForeignKeyConstraint(["list_id"], ["value_list.id"], name=op.f("fk_root_cause_list_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["staff.id"], name=op.f("fk_root_cause_opened_by")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_root_cause_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_root_cause")),
        sa.UniqueConstraint("disposition_id", name=op.f("uq_root_cause_disposition_id")),
        sa.UniqueConstraint("receipt_id", name=op.f("uq_root_cause_receipt_id")),
    )
    op.create_index(op.f("ix_root_cause_branch_id"), "root_cause", ["branch_id"], unique=False)
    op.create_index(
        "ix_root_cause_branch_id_opened_at", "root_cause", ["branch_id", "opened_at"], unique=False
    )
    op.create_index(op.f("ix_root_cause_case_id"), "root_cause", ["case_id"], unique=False)
    op.create_index(op.f("ix_root_cause_list_id"), "root_cause", ["list_id"], unique=False)
    op.create_index(
        "ix_root_cause_open",
        "root_cause",
        ["branch_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.add_column("case_file", sa.Column("closure", sa.Text(), nullable=True))


def _cases() -> None:
    op.execute(
        "UPDATE case_file SET closure = 'paid_in_full', stage = 'closed'"
        " WHERE closed_at IS NOT NULL"
    )
    for name, rule in (
        ("closure", "(closed_at IS NULL) = (closure IS NULL)"),
        ("closures", "closure IN ('paid_in_full', 'settled', 'written_off', 'reinstated')"),
        (
            "stage",
            "stage IN ('pre_due', 'due', 'reminder', 'multi_channel', 'risk_watch', 'field',"
            " 'legal', 'closed')",
        ),
        ("closed", "(stage = 'closed') = (closed_at IS NOT NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_case_file_{name}"), "case_file", rule)
    op.execute(STAGE_RULES)
    op.execute(RECEIPT_DEMANDED)
    op.execute(VISITS_OF_CASES)
    op.create_index("ix_receipt_taken_at", "receipt", ["taken_at"], postgresql_using="brin")
    op.create_index(
        "ix_case_file_worklist",
        "case_file",
        [sa.text("(-urgency)"), "id"],
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _scope() -> None:
    tables = (
        *APPEND_ONLY,
        "next_action",
        "root_cause",
        "contact_point",
        "number_tag",
        "customer_merge",
    )
    for table in tables:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute("REVOKE INSERT ON stage_move FROM roundsman_app")
    op.execute("GRANT UPDATE (ended_at, ended_because) ON next_action TO roundsman_app")
    op.execute(
        "GRANT UPDATE (action, action_at, action_by, outcome, closed_at, closed_by)"
        " ON root_cause TO roundsman_app"
    )
    op.execute(
        "GRANT UPDATE (verified_at, verified_by, ended_at, ended_by, ended_because)"
        " ON contact_point TO roundsman_app"
    )
    op.execute("GRANT UPDATE (lifted_at, lifted_by) ON number_tag TO roundsman_app")
    op.execute(
        "GRANT UPDATE (undone_at, undone_by, undone_because) ON customer_merge TO roundsman_app"
    )
    # What can be chosen is no secret, and branches above theirs publish it.
    for table in ("value_list", "listed_value", "stage_move"):
        _policy(table, "SELECT", "true")
    _policy("value_list", "INSERT", OFFICE)
    _policy("listed_value", "INSERT", ITS_LIST)
    for table in ("disposition", "stage_change"):
        _policy(table, "SELECT", OF_ITS_CASE)
    _policy("disposition", "INSERT", f"({OF_ITS_CASE}) AND ({NO_AGENT} OR {OWN})")
    _policy("stage_change", "INSERT", OFFICE)
    _policy("next_action", "ALL", OF_ITS_CASE)
    _policy("root_cause", "SELECT", f"({NO_AGENT} AND {IN_SCOPE}) OR {OWN}")
    _policy("root_cause", "INSERT", f"({OF_ITS_CASE}) AND ({NO_AGENT} OR {OWN})")
    _policy("root_cause", "UPDATE", OFFICE)
    for table in ("contact_point", "number_tag", "customer_merge"):
        _policy(table, "ALL", OFFICE)
    for table in ("contact_point", "number_tag"):
        op.execute(f"CREATE POLICY of_customer ON {table} FOR SELECT TO roundsman_app {SEEN}")


def _ship() -> None:
    moves = [{"from": a, "to": b} for a, allowed in MOVES.items() for b in allowed]
    op.get_bind().execute(sa.text("INSERT INTO stage_move VALUES (:from, :to)"), moves)
    for topic, values in json.loads(SHIPPED.read_text()).items():
        list_id = uuid4()
        op.get_bind().execute(
            sa.text(
                "INSERT INTO value_list (id, topic, version, active_from, published_at)"
                " VALUES (:id, :topic, 1, '2000-01-01', '2000-01-01T00:00:00Z')"
            ),
            {"id": list_id, "topic": topic},
        )
        op.get_bind().execute(
            sa.text(
                "INSERT INTO listed_value (list_id, code, parent_code, position, label, reaches,"
                " asks) VALUES (:list, :code, :parent, :position, :label, :reaches, :asks)"
            ),
            [{"list": list_id, "position": n, **row} for n, row in enumerate(_flat(values, None))],
        )


def _flat(values: list[dict[str, Any]], parent: str | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for value in values:
        row = {name: value.get(name) for name in ("code", "label", "reaches")}
        rows.append({**row, "parent": parent, "asks": value.get("asks", [])})
        rows += _flat(value.get("below", []), value["code"])
    return rows


def downgrade() -> None:
    op.drop_index("ix_receipt_taken_at", table_name="receipt")
    op.drop_index("ix_case_file_worklist", table_name="case_file")
    op.execute("DROP FUNCTION visits_of_cases(uuid[]), receipt_demanded(uuid)")
    op.execute("DROP TRIGGER case_owes_again ON case_file")
    op.execute("DROP TRIGGER case_stage_guarded ON case_file")
    op.execute("DROP TRIGGER stage_change_moves_case ON stage_change")
    op.execute(
        "DROP FUNCTION case_owes_again(), case_stage_is_guarded(), stage_change_moves_case()"
    )
    for name in ("closed", "stage", "closures", "closure"):
        op.drop_constraint(op.f(f"ck_case_file_{name}"), "case_file", type_="check")
    op.drop_column("case_file", "closure")
    op.drop_index(
        "ix_root_cause_open", table_name="root_cause", postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_index(op.f("ix_root_cause_list_id"), table_name="root_cause")
    op.drop_index(op.f("ix_root_cause_case_id"), table_name="root_cause")
    op.drop_index("ix_root_cause_branch_id_opened_at", table_name="root_cause")
    op.drop_index(op.f("ix_root_cause_branch_id"), table_name="root_cause")
    op.drop_table("root_cause")
    op.drop_index(
        "uq_next_action_open",
        table_name="next_action",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_next_action_due", table_name="next_action", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index("ix_next_action_case_id", table_name="next_action")
    op.drop_index(op.f("ix_next_action_branch_id"), table_name="next_action")
    op.drop_table("next_action")
    op.drop_index("ix_disposition_list_id", table_name="disposition")
    op.drop_index("ix_disposition_case_id_happened_at", table_name="disposition")
    op.drop_index(op.f("ix_disposition_branch_id"), table_name="disposition")
    op.drop_index("ix_disposition_agent_id_happened_at", table_name="disposition")
    op.drop_table("disposition")
    op.drop_index("ix_stage_change_case_id_changed_at", table_name="stage_change")
    op.drop_index(op.f("ix_stage_change_branch_id"), table_name="stage_change")
    op.drop_table("stage_change")
    op.drop_index(
        "uq_number_tag_live", table_name="number_tag", postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.drop_index(op.f("ix_number_tag_customer_id"), table_name="number_tag")
    op.drop_index(op.f("ix_number_tag_branch_id"), table_name="number_tag")
    op.drop_table("number_tag")
    op.drop_index(
        "uq_customer_merge_live",
        table_name="customer_merge",
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index(op.f("ix_customer_merge_kept_id"), table_name="customer_merge")
    op.drop_index(op.f("ix_customer_merge_branch_id"), table_name="customer_merge")
    op.drop_table("customer_merge")
    op.drop_index(
        "uq_contact_point_live",
        table_name="contact_point",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_contact_point_customer_id"), table_name="contact_point")
    op.drop_index(op.f("ix_contact_point_branch_id"), table_name="contact_point")
    op.drop_table("contact_point")
    op.drop_table("listed_value")
    op.drop_index(op.f("ix_value_list_branch_id"), table_name="value_list")
    op.drop_table("value_list")
    op.drop_table("stage_move")
