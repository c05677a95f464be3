"""Custody: reversals, leases, handovers, counts, day close; what the ledger guarantees itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

IN_SCOPE = "((SELECT scope_is_everything()) OR branch_id = ANY ((SELECT scope_branches())::uuid[]))"
OWN = "((SELECT scope_agent()) IS NULL OR agent_id = (SELECT scope_agent()))"
NO_AGENT = "(SELECT scope_agent()) IS NULL"

SCOPED = {
    "cash_lot": f"{IN_SCOPE} AND {OWN}",
    "offline_lease": f"{IN_SCOPE} AND {OWN}",
    "safe_keeping": f"{IN_SCOPE} AND {OWN}",
    "receipt_reversal": f"{IN_SCOPE} AND {OWN}",
    "cash_handover": f"{IN_SCOPE} AND ({NO_AGENT} OR (SELECT scope_agent()) IN (giver_id, taker_id))",
    "deposit_allocation": "EXISTS (SELECT FROM deposit d WHERE d.id = deposit_id)",
    "handover_allocation": "EXISTS (SELECT FROM cash_handover h WHERE h.id = handover_id)",
    "cash_difference": f"{IN_SCOPE} AND ({NO_AGENT} OR owner_id = (SELECT scope_agent()))",
    "counterfeit_note": f"{IN_SCOPE} AND {NO_AGENT}",
    "day_close": IN_SCOPE,
    "vault_count": f"{IN_SCOPE} AND {NO_AGENT}",
    "balance_confirmation": f"{IN_SCOPE} AND {NO_AGENT}",
    "remittance": f"{IN_SCOPE} AND {NO_AGENT}",
}
"""What each new table shows: an agent sees only what concerns that agent."""

WRITTEN = {"day_close": f"{IN_SCOPE} AND {NO_AGENT}"}
"""Where less may be written than is seen."""

MAY_CHANGE = {
    "cash_lot": "left_minor",
    "offline_lease": "left_minor, closed_at, closed_because",
    "receipt_reversal": "state, settled_at, settled_by, from_hand_minor",
    "cash_handover": "state, settled_at",
    "deposit_allocation": None,
    "handover_allocation": None,
    "cash_difference": "settled_at, settled_by, settled_how, note",
    "safe_keeping": None,
    "counterfeit_note": None,
    "day_close": None,
    "vault_count": "confirmed_at",
    "balance_confirmation": "told_minor, note, answered_at, answered_by",
    "remittance": "proven_minor",
    "till": "limit_minor, in_hand_minor, reserved_minor, pending_minor, in_transit_minor,"
    " over_minor, blocked_for",
    "deposit": "proven_minor, acknowledged_at, acknowledged_by, counted_minor, rejected_at,"
    " rejected_by, rejected_because",
}
"""The columns that change after a row was written; all else is append-only."""

# Each part guards what the application's own transactions already keep to.
GUARDS = """
-- The day on which an entry counts: the branch's first open one. Closing a day waits for the entries
-- that are being written (they hold the branch's row), and those behind it find the day closed.
CREATE FUNCTION journal_entry_is_booked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE its_zone text;
BEGIN
    SELECT zone INTO its_zone FROM branch WHERE id = NEW.branch_id FOR KEY SHARE;
    NEW.booked_on := greatest(
        (NEW.entered_at AT TIME ZONE its_zone)::date,
        (SELECT max(day) + 1 FROM day_close WHERE branch_id = NEW.branch_id));
    RETURN NEW;
END $$;
CREATE TRIGGER journal_entry_booked BEFORE INSERT ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_is_booked();

CREATE FUNCTION journal_entry_mirrors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        (SELECT ledger_account, owner_id, currency, -amount_minor FROM posting
         WHERE entry_id = NEW.reverses_id
         EXCEPT ALL
         SELECT ledger_account, owner_id, currency, amount_minor FROM posting
         WHERE entry_id = NEW.id)
        UNION ALL
        (SELECT ledger_account, owner_id, currency, amount_minor FROM posting
         WHERE entry_id = NEW.id
         EXCEPT ALL
         SELECT ledger_account, owner_id, currency, -amount_minor FROM posting
         WHERE entry_id = NEW.reverses_id)) THEN
        RAISE EXCEPTION 'journal entry % is no mirror of %', NEW.id, NEW.reverses_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journal_entry_mirror';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_entry_mirror AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL)
    EXECUTE FUNCTION journal_entry_mirrors();

-- The journal keeps its own sum of each till, which nobody else may write.
CREATE FUNCTION posting_fills_till() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE till SET ledger_minor = ledger_minor + NEW.amount_minor WHERE agent_id = NEW.owner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_till AFTER INSERT ON posting
    FOR EACH ROW WHEN (NEW.ledger_account = 'agent_cash') EXECUTE FUNCTION posting_fills_till();

CREATE FUNCTION till_agrees() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM till WHERE agent_id = NEW.agent_id
               AND in_hand_minor <> ledger_minor) THEN
        RAISE EXCEPTION 'till % is not what its ledger account says', NEW.agent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_till_ledger';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER till_ledger AFTER INSERT OR UPDATE ON till
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION till_agrees();

-- A note that is added to a deposit later would not be in its amount.
CREATE FUNCTION denomination_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(face_minor * count) FROM denomination WHERE deposit_id = NEW.deposit_id)
        <> (SELECT amount_minor FROM deposit WHERE id = NEW.deposit_id) THEN
        RAISE EXCEPTION 'denominations of deposit % do not make its amount', NEW.deposit_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_deposit_denominations';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER denomination_counted AFTER INSERT ON denomination
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION denomination_counts();

CREATE FUNCTION deposit_is_covered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(amount_minor), 0) FROM deposit_allocation WHERE deposit_id = NEW.id)
        <> NEW.amount_minor THEN
        RAISE EXCEPTION 'deposit % is not the cash of receipts', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_deposit_covered';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_covered AFTER INSERT ON deposit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION deposit_is_covered();

CREATE FUNCTION receipt_is_not_overdrawn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF (SELECT coalesce(sum(a.amount_minor), 0) FROM deposit_allocation a
        JOIN deposit d ON d.id = a.deposit_id AND d.rejected_at IS NULL
        WHERE a.receipt_id = NEW.receipt_id)
        > (SELECT amount_minor FROM receipt WHERE id = NEW.receipt_id AND mode = 'cash') THEN
        RAISE EXCEPTION 'more was deposited of receipt % than it brought', NEW.receipt_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_deposit_allocation_receipt';
    END IF;
    IF (SELECT sum(amount_minor) FROM deposit_allocation WHERE deposit_id = NEW.deposit_id)
        <> (SELECT amount_minor FROM deposit WHERE id = NEW.deposit_id) THEN
        RAISE EXCEPTION 'deposit % is not the cash of receipts', NEW.deposit_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_deposit_covered';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_allocation_receipt AFTER INSERT ON deposit_allocation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION receipt_is_not_overdrawn();

-- No gap: each number but the first follows one that is there.
CREATE FUNCTION receipt_follows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.number < 1 OR NEW.number > 1 AND NOT EXISTS (
        SELECT FROM receipt WHERE series_id = NEW.series_id AND number = NEW.number - 1) THEN
        RAISE EXCEPTION 'receipt number % would leave a gap', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_receipt_no_gap';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER receipt_no_gap AFTER INSERT ON receipt
    FOR EACH ROW EXECUTE FUNCTION receipt_follows();

-- What the facts leave of each agent's cash, sums only: receipts on lent cases are rows of the branch
-- that owns the case, which the agent's own branch does not see.
CREATE FUNCTION agent_cash_facts(of_branch uuid, upto date) RETURNS TABLE (agent_id uuid, minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT f.agent_id, sum(f.minor)::bigint FROM (
        SELECT r.agent_id, r.amount_minor AS minor, r.id AS source_id, 'receipt' AS kind
        FROM receipt r WHERE r.mode = 'cash'
        UNION ALL SELECT v.agent_id, -v.from_hand_minor, v.id, 'receipt_reversal'
        FROM receipt_reversal v WHERE v.state = 'approved'
        UNION ALL SELECT d.agent_id, -d.amount_minor, d.id, 'deposit' FROM deposit d
        UNION ALL SELECT d.agent_id, d.amount_minor, d.id, 'deposit_rejection'
        FROM deposit d WHERE d.rejected_at IS NOT NULL
        UNION ALL SELECT h.giver_id, -h.amount_minor, h.id, 'handover'
        FROM cash_handover h WHERE h.state = 'accepted'
        UNION ALL SELECT h.taker_id, h.amount_minor, h.id, 'handover'
        FROM cash_handover h WHERE h.state = 'accepted'
    ) f JOIN journal_entry j ON j.kind = f.kind AND j.source_id = f.source_id
        AND j.booked_on <= upto AND j.branch_id = of_branch
    WHERE scope_is_everything() OR of_branch = ANY (scope_branches())
    GROUP BY f.agent_id
$$;
REVOKE ALL ON FUNCTION agent_cash_facts(uuid, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION agent_cash_facts(uuid, date) TO roundsman_app;

-- Days are closed in order.
CREATE FUNCTION day_close_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM day_close WHERE branch_id = NEW.branch_id AND day >= NEW.day) THEN
        RAISE EXCEPTION 'a later day of this branch is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_day_close_order';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER day_close_order BEFORE INSERT ON day_close
    FOR EACH ROW EXECUTE FUNCTION day_close_follows();
"""

FUNCTIONS = (
    "journal_entry_is_booked", "journal_entry_mirrors", "posting_fills_till", "till_agrees",
    "denomination_counts", "deposit_is_covered", "receipt_is_not_overdrawn", "receipt_follows",
    "day_close_follows",
)  # fmt: skip
TRIGGERS = {
    "journal_entry_booked": "journal_entry", "journal_entry_mirror": "journal_entry",
    "posting_till": "posting", "till_ledger": "till", "denomination_counted": "denomination",
    "deposit_covered": "deposit", "deposit_allocation_receipt": "deposit_allocation",
    "receipt_no_gap": "receipt", "day_close_order": "day_close",
}  # fmt: skip

# What was deposited so far is taken to be the oldest cash of each agent: where the run of receipts
# and the run of deposits overlap, laid end to end.
HISTORY = """
UPDATE journal_entry e SET booked_on = (e.entered_at AT TIME ZONE b.zone)::date
FROM branch b WHERE b.id = e.branch_id;

UPDATE deposit SET counted_minor = amount_minor WHERE acknowledged_at IS NOT NULL;

WITH came AS (
    SELECT id, agent_id, amount_minor,
           sum(amount_minor) OVER (PARTITION BY agent_id ORDER BY received_at, id) AS upto
    FROM receipt WHERE mode = 'cash'
), went AS (
    SELECT id, agent_id, amount_minor,
           sum(amount_minor) OVER (PARTITION BY agent_id ORDER BY posted_at, id) AS upto
    FROM deposit
)
INSERT INTO deposit_allocation (deposit_id, receipt_id, amount_minor)
SELECT went.id, came.id, least(came.upto, went.upto)
       - greatest(came.upto - came.amount_minor, went.upto - went.amount_minor)
FROM came JOIN went USING (agent_id)
WHERE came.upto - came.amount_minor < went.upto AND went.upto - went.amount_minor < came.upto;

INSERT INTO cash_lot (receipt_id, agent_id, branch_id, came_at, left_minor)
SELECT r.id, r.agent_id, t.branch_id, r.taken_at, r.amount_minor - coalesce(
    (SELECT sum(amount_minor) FROM deposit_allocation WHERE receipt_id = r.id), 0)
FROM receipt r JOIN till t ON t.agent_id = r.agent_id WHERE r.mode = 'cash';

UPDATE till t SET
    ledger_minor = coalesce((SELECT sum(amount_minor) FROM posting
        WHERE ledger_account = 'agent_cash' AND owner_id = t.agent_id), 0),
    in_transit_minor = coalesce((SELECT sum(amount_minor) FROM deposit
        WHERE agent_id = t.agent_id AND acknowledged_at IS NULL), 0);
"""

CHECKS = {
    "receipt": {
        "lease": "(lease_id IS NULL) = (lease_number IS NULL) AND lease_number > 0",
        "taken": "num_nonnulls(agent_id, taken_by) = 1 AND (agent_id IS NULL) = (headroom_minor IS NULL)",
    },
    "journal_entry": {
        "kind": "kind IN ('receipt', 'receipt_reversal', 'refund_due', 'deposit', 'deposit_rejection', 'acknowledgment', 'handover', 'remittance', 'reconciliation', 'reconciliation_reversal', 'vault_count', 'difference_settled')",
        "reverses": "(reverses_id IS NOT NULL) = (kind IN ('receipt_reversal', 'deposit_rejection', 'reconciliation_reversal'))",
    },
    "posting": {
        "ledger_account": "ledger_account IN ('agent_cash', 'agent_cheque', 'psp_clearing', 'in_transit', 'branch_vault', 'bank', 'collections_control', 'suspense', 'agent_shortage', 'cash_excess', 'cash_loss', 'charges_bank')",
    },
    "till": {
        "blocked_for": "blocked_for IN ('limit_breach', 'aged_cash')",
        "cash_limit": "in_hand_minor + reserved_minor + pending_minor <= limit_minor + over_minor",
        "not_negative": "in_hand_minor >= 0 AND reserved_minor >= 0 AND pending_minor >= 0 AND in_transit_minor >= pending_minor AND over_minor >= 0",
    },
    "deposit": {
        "acknowledged": "(acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND (acknowledged_at IS NULL) = (counted_minor IS NULL) AND counted_minor >= 0",
        "another_person": "acknowledged_by <> agent_id AND rejected_by <> agent_id",
        "one_end": "rejected_at IS NULL OR acknowledged_at IS NULL",
        "proven": "proven_minor BETWEEN 0 AND amount_minor",
        "proven_by_bank": "proven_minor = 0 OR target = 'bank'",
        "proven_or_rejected": "proven_minor = 0 OR rejected_at IS NULL",
        "rejected": "(rejected_at IS NULL) = (rejected_by IS NULL) AND (rejected_at IS NULL) = (rejected_because IS NULL)",
    },
}
"""What rows must keep to now; `FORMER` is what some had to before."""

FORMER = {
    "till": {
        "cash_limit": "in_hand_minor + reserved_minor <= limit_minor",
        "not_negative": "in_hand_minor >= 0 AND reserved_minor >= 0",
    },
    "deposit": {
        "acknowledged": "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
        "another_person": "acknowledged_by <> agent_id",
    },
}


def upgrade() -> None:
    op.create_table(
        "cash_difference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_how", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (settled_how IS NULL) AND settled_how IN ('paid', 'written_off', 'returned', 'kept')",
            name=op.f("ck_cash_difference_settled"),
        ),
        sa.CheckConstraint(
            "cause IN ('count', 'counterfeit')", name=op.f("ck_cash_difference_cause")
        ),
        sa.CheckConstraint("kind IN ('shortage', 'excess')", name=op.f("ck_cash_difference_kind")),
        sa.CheckConstraint(
            "settled_by <> owner_id AND (settled_how <> 'written_off' OR settled_by <> found_by)",
            name=op.f("ck_cash_difference_another_person"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_cash_difference_amount")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_cash_difference_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_by"], ["staff.id"], name=op.f("fk_cash_difference_found_by")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["staff.id"], name=op.f("fk_cash_difference_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["staff.id"], name=op.f("fk_cash_difference_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_difference")),
    )
    op.create_index(
        op.f("ix_cash_difference_branch_id"), "cash_difference", ["branch_id"], unique=False
    )
    op.create_index(
        "ix_cash_difference_open",
        "cash_difference",
        ["branch_id", "found_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        op.f("ix_cash_difference_owner_id"), "cash_difference", ["owner_id"], unique=False
    )
    op.create_index(
        op.f("ix_cash_difference_source_id"), "cash_difference", ["source_id"], unique=False
    )
    op.create_table(
        "counterfeit_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("face_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("face_minor > 0", name=op.f("ck_counterfeit_note_face")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_counterfeit_note_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["found_by"], ["staff.id"], name=op.f("fk_counterfeit_note_found_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counterfeit_note")),
    )
    op.create_index(
        op.f("ix_counterfeit_note_branch_id"), "counterfeit_note", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_counterfeit_note_source_id"), "counterfeit_note", ["source_id"], unique=False
    )
    op.create_table(
        "day_close",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_day_close_branch_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_day_close_closed_by")),
        sa.PrimaryKeyConstraint("branch_id", "day", name=op.f("pk_day_close")),
    )
    op.create_table(
        "remittance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("denominations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("slip_no", sa.Text(), nullable=False),
        sa.Column("remitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remitted_by", sa.Uuid(), nullable=False),
        sa.Column("proven_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_remittance_amount")),
        sa.CheckConstraint(
            "proven_minor BETWEEN 0 AND amount_minor", name=op.f("ck_remittance_proven")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_remittance_branch_id")),
        sa.ForeignKeyConstraint(
            ["remitted_by"], ["staff.id"], name=op.f("fk_remittance_remitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance")),
    )
    op.create_index(op.f("ix_remittance_branch_id"), "remittance", ["branch_id"], unique=False)
    op.create_table(
        "vault_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("counted_by", sa.Uuid(), nullable=False),
        sa.Column("handed_by", sa.Uuid(), nullable=True),
        sa.Column("expected_minor", sa.BigInteger(), nullable=False),
        sa.Column("counted_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("denominations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(occasion = 'handover') = (handed_by IS NOT NULL)", name=op.f("ck_vault_count_handed")
        ),
        sa.CheckConstraint(
            "occasion IN ('opening', 'handover', 'closing')", name=op.f("ck_vault_count_occasion")
        ),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR handed_by IS NOT NULL", name=op.f("ck_vault_count_confirmed")
        ),
        sa.CheckConstraint("counted_minor >= 0", name=op.f("ck_vault_count_counted")),
        sa.CheckConstraint("handed_by <> counted_by", name=op.f("ck_vault_count_two_people")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_vault_count_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["counted_by"], ["staff.id"], name=op.f("fk_vault_count_counted_by")
        ),
        sa.ForeignKeyConstraint(["handed_by"], ["staff.id"], name=op.f("fk_vault_count_handed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_count")),
    )
    op.create_index(op.f("ix_vault_count_branch_id"), "vault_count", ["branch_id"], unique=False)
    op.create_index(
        "ix_vault_count_branch_id_counted_at",
        "vault_count",
        ["branch_id", "counted_at"],
        unique=False,
    )
    op.create_table(
        "cash_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("taker_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("denominations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'offered'"), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(state = 'offered') = (settled_at IS NULL)", name=op.f("ck_cash_handover_settled")
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'withdrawn')",
            name=op.f("ck_cash_handover_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_cash_handover_amount")),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_cash_handover_two_people")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_cash_handover_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["agent_profile.agent_id"], name=op.f("fk_cash_handover_giver_id")
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"], ["agent_profile.agent_id"], name=op.f("fk_cash_handover_taker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_handover")),
    )
    op.create_index(
        op.f("ix_cash_handover_branch_id"), "cash_handover", ["branch_id"], unique=False
    )
    op.create_index(op.f("ix_cash_handover_giver_id"), "cash_handover", ["giver_id"], unique=False)
    op.create_index(op.f("ix_cash_handover_taker_id"), "cash_handover", ["taker_id"], unique=False)
    op.create_table(
        "offline_lease",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_because IS NULL) AND closed_because IN ('returned', 'expired')",
            name=op.f("ck_offline_lease_closed"),
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND left_minor BETWEEN 0 AND amount_minor",
            name=op.f("ck_offline_lease_left"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_offline_lease_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_offline_lease_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_lease")),
        sa.UniqueConstraint("prefix", name=op.f("uq_offline_lease_prefix")),
    )
    op.create_index(op.f("ix_offline_lease_agent_id"), "offline_lease", ["agent_id"], unique=False)
    op.create_index(
        op.f("ix_offline_lease_branch_id"), "offline_lease", ["branch_id"], unique=False
    )
    op.create_index(
        "uq_offline_lease_open",
        "offline_lease",
        ["agent_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "safe_keeping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("keeper", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kept_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_safe_keeping_amount")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_safe_keeping_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_safe_keeping_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safe_keeping")),
    )
    op.create_index(
        "ix_safe_keeping_agent_id_kept_from",
        "safe_keeping",
        ["agent_id", "kept_from"],
        unique=False,
    )
    op.create_index(op.f("ix_safe_keeping_branch_id"), "safe_keeping", ["branch_id"], unique=False)
    op.create_table(
        "balance_confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("stated_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.Column("told_minor", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (told_minor IS NULL)",
            name=op.f("ck_balance_confirmation_answered"),
        ),
        sa.CheckConstraint(
            "answered_by <> agent_id", name=op.f("ck_balance_confirmation_another_person")
        ),
        sa.CheckConstraint(
            "stated_minor >= 0 AND told_minor >= 0", name=op.f("ck_balance_confirmation_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_balance_confirmation_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["staff.id"], name=op.f("fk_balance_confirmation_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_balance_confirmation_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_balance_confirmation_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by"], ["staff.id"], name=op.f("fk_balance_confirmation_drawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_confirmation")),
    )
    op.create_index(
        op.f("ix_balance_confirmation_branch_id"),
        "balance_confirmation",
        ["branch_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_balance_confirmation_case_id"), "balance_confirmation", ["case_id"], unique=False
    )
    op.create_table(
        "cash_lot",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("left_minor >= 0", name=op.f("ck_cash_lot_left")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_cash_lot_agent_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_cash_lot_branch_id")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_cash_lot_receipt_id")
        ),
        sa.PrimaryKeyConstraint("receipt_id", "agent_id", name=op.f("pk_cash_lot")),
    )
    op.create_index(
        "ix_cash_lot_in_hand",
        "cash_lot",
        ["agent_id", "came_at", "receipt_id"],
        unique=False,
        postgresql_where=sa.text("left_minor > 0"),
    )
    op.create_table(
        "deposit_allocation",
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_deposit_allocation_amount")),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_allocation_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_deposit_allocation_receipt_id")
        ),
        sa.PrimaryKeyConstraint("deposit_id", "receipt_id", name=op.f("pk_deposit_allocation")),
    )
    op.create_index(
        op.f("ix_deposit_allocation_receipt_id"), "deposit_allocation", ["receipt_id"], unique=False
    )
    op.create_table(
        "handover_allocation",
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_handover_allocation_amount")),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["cash_handover.id"], name=op.f("fk_handover_allocation_handover_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_handover_allocation_receipt_id")
        ),
        sa.PrimaryKeyConstraint("handover_id", "receipt_id", name=op.f("pk_handover_allocation")),
    )
    op.create_table(
        "receipt_reversal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'asked'"), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("from_hand_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') = (settled_at IS NULL) AND (settled_at IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_receipt_reversal_settled"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'declined')", name=op.f("ck_receipt_reversal_state")
        ),
        sa.CheckConstraint("from_hand_minor >= 0", name=op.f("ck_receipt_reversal_from_hand")),
        sa.CheckConstraint(
            "settled_by <> asked_by AND settled_by <> agent_id",
            name=op.f("ck_receipt_reversal_another_person"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent_profile.agent_id"], name=op.f("fk_receipt_reversal_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff.id"], name=op.f("fk_receipt_reversal_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branch.id"], name=op.f("fk_receipt_reversal_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_reversal_receipt_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["staff.id"], name=op.f("fk_receipt_reversal_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_reversal")),
    )
    op.create_index(
        op.f("ix_receipt_reversal_agent_id"), "receipt_reversal", ["agent_id"], unique=False
    )
    op.create_index(
        op.f("ix_receipt_reversal_branch_id"), "receipt_reversal", ["branch_id"], unique=False
    )
    op.create_index(
        op.f("ix_receipt_reversal_receipt_id"), "receipt_reversal", ["receipt_id"], unique=False
    )
    op.create_index(
        "uq_receipt_reversal_live",
        "receipt_reversal",
        ["receipt_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'declined'"),
    )
    op.add_column(
        "deposit",
        sa.Column("frees_at_once", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )
    op.add_column(
        "deposit",
        sa.Column("proven_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("deposit", sa.Column("counted_minor", sa.BigInteger(), nullable=True))
    op.add_column("deposit", sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deposit", sa.Column("rejected_by", sa.Uuid(), nullable=True))
    op.add_column("deposit", sa.Column("rejected_because", sa.Text(), nullable=True))
    op.create_index(
        "ix_deposit_open",
        "deposit",
        ["branch_id", "posted_at"],
        unique=False,
        postgresql_where=sa.text("acknowledged_at IS NULL AND rejected_at IS NULL"),
    )
    op.create_foreign_key(
        op.f("fk_deposit_rejected_by"), "deposit", "staff", ["rejected_by"], ["id"]
    )
    op.add_column("journal_entry", sa.Column("booked_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_journal_entry_branch_id_booked_on",
        "journal_entry",
        ["branch_id", "booked_on"],
        unique=False,
    )
    op.add_column("receipt", sa.Column("taken_by", sa.Uuid(), nullable=True))
    op.add_column("receipt", sa.Column("lease_id", sa.Uuid(), nullable=True))
    op.add_column("receipt", sa.Column("lease_number", sa.Integer(), nullable=True))
    op.alter_column("receipt", "agent_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("receipt", "headroom_minor", existing_type=sa.BIGINT(), nullable=True)
    op.create_unique_constraint(
        op.f("uq_receipt_lease_id_lease_number"), "receipt", ["lease_id", "lease_number"]
    )
    op.create_foreign_key(
        op.f("fk_receipt_lease_id"), "receipt", "offline_lease", ["lease_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_receipt_taken_by"), "receipt", "staff", ["taken_by"], ["id"])
    op.alter_column("receipt_series", "agent_id", existing_type=sa.UUID(), nullable=True)
    op.create_index(
        "uq_receipt_series_branch",
        "receipt_series",
        ["branch_id"],
        unique=True,
        postgresql_where=sa.text("agent_id IS NULL"),
    )
    op.add_column(
        "till",
        sa.Column("pending_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "till",
        sa.Column("in_transit_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "till",
        sa.Column("over_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "till",
        sa.Column("ledger_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("till", sa.Column("blocked_for", sa.Text(), nullable=True))
    op.execute(HISTORY)
    op.alter_column("journal_entry", "booked_on", nullable=False)
    _checks(FORMER, CHECKS)
    op.execute(GUARDS)
    for table, columns in MAY_CHANGE.items():
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM roundsman_app")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO roundsman_app")
        if columns:
            op.execute(f"GRANT UPDATE ({columns}) ON {table} TO roundsman_app")
    for table, rule in SCOPED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table} TO roundsman_app USING ({rule})"
            f" WITH CHECK ({WRITTEN.get(table, rule)})"
        )


def _checks(former: dict[str, dict[str, str]], wanted: dict[str, dict[str, str]]) -> None:
    for table, checks in former.items():
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    for table, checks in wanted.items():
        for name, rule in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def downgrade() -> None:
    _checks(CHECKS, FORMER)
    for table in SCOPED:
        op.execute(f"DROP POLICY scope ON {table}")
    for table in ("till", "deposit"):
        op.execute(f"REVOKE UPDATE ON {table} FROM roundsman_app")
        op.execute(f"GRANT UPDATE, DELETE ON {table} TO roundsman_app")
    for trigger, table in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    op.execute(f"DROP FUNCTION {', '.join(f'{name}()' for name in FUNCTIONS)}")
    op.execute("DROP FUNCTION agent_cash_facts(uuid, date)")
    op.drop_column("till", "blocked_for")
    op.drop_column("till", "ledger_minor")
    op.drop_column("till", "over_minor")
    op.drop_column("till", "in_transit_minor")
    op.drop_column("till", "pending_minor")
    op.drop_index(
        "uq_receipt_series_branch",
        table_name="receipt_series",
        postgresql_where=sa.text("agent_id IS NULL"),
    )
    op.alter_column("receipt_series", "agent_id", existing_type=sa.UUID(), nullable=False)
    op.drop_constraint(op.f("fk_receipt_taken_by"), "receipt", type_="foreignkey")
    op.drop_constraint(op.f("fk_receipt_lease_id"), "receipt", type_="foreignkey")
    op.drop_constraint(op.f("uq_receipt_lease_id_lease_number"), "receipt", type_="unique")
    op.alter_column("receipt", "headroom_minor", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("receipt", "agent_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("receipt", "lease_number")
    op.drop_column("receipt", "lease_id")
    op.drop_column("receipt", "taken_by")
    op.drop_index("ix_journal_entry_branch_id_booked_on", table_name="journal_entry")
    op.drop_column("journal_entry", "booked_on")
    op.drop_constraint(op.f("fk_deposit_rejected_by"), "deposit", type_="foreignkey")
    op.drop_index(
        "ix_deposit_open",
        table_name="deposit",
        postgresql_where=sa.text("acknowledged_at IS NULL AND rejected_at IS NULL"),
    )
    op.drop_column("deposit", "rejected_because")
    op.drop_column("deposit", "rejected_by")
    op.drop_column("deposit", "rejected_at")
    op.drop_column("deposit", "counted_minor")
    op.drop_column("deposit", "proven_minor")
    op.drop_column("deposit", "frees_at_once")
    op.drop_index(
        "uq_receipt_reversal_live",
        table_name="receipt_reversal",
        postgresql_where=sa.text("state <> 'declined'"),
    )
    op.drop_index(op.f("ix_receipt_reversal_receipt_id"), table_name="receipt_reversal")
    op.drop_index(op.f("ix_receipt_reversal_branch_id"), table_name="receipt_reversal")
    op.drop_index(op.f("ix_receipt_reversal_agent_id"), table_name="receipt_reversal")
    op.drop_table("receipt_reversal")
    op.drop_table("handover_allocation")
    op.drop_index(op.f("ix_deposit_allocation_receipt_id"), table_name="deposit_allocation")
    op.drop_table("deposit_allocation")
    op.drop_index(
        "ix_cash_lot_in_hand", table_name="cash_lot", postgresql_where=sa.text("left_minor > 0")
    )
    op.drop_table("cash_lot")
    op.drop_index(op.f("ix_balance_confirmation_case_id"), table_name="balance_confirmation")
    op.drop_index(op.f("ix_balance_confirmation_branch_id"), table_name="balance_confirmation")
    op.drop_table("balance_confirmation")
    op.drop_index(op.f("ix_safe_keeping_branch_id"), table_name="safe_keeping")
    op.drop_index("ix_safe_keeping_agent_id_kept_from", table_name="safe_keeping")
    op.drop_table("safe_keeping")
    op.drop_index(
        "uq_offline_lease_open",
        table_name="offline_lease",
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index(op.f("ix_offline_lease_branch_id"), table_name="offline_lease")
    op.drop_index(op.f("ix_offline_lease_agent_id"), table_name="offline_lease")
    op.drop_table("offline_lease")
    op.drop_index(op.f("ix_cash_handover_taker_id"), table_name="cash_handover")
    op.drop_index(op.f("ix_cash_handover_giver_id"), table_name="cash_handover")
    op.drop_index(op.f("ix_cash_handover_branch_id"), table_name="cash_handover")
    op.drop_table("cash_handover")
    op.drop_index("ix_vault_count_branch_id_counted_at", table_name="vault_count")
    op.drop_index(op.f("ix_vault_count_branch_id"), table_name="vault_count")
    op.drop_table("vault_count")
    op.drop_index(op.f("ix_remittance_branch_id"), table_name="remittance")
    op.drop_table("remittance")
    op.drop_table("day_close")
    op.drop_index(op.f("ix_counterfeit_note_source_id"), table_name="counterfeit_note")
    op.drop_index(op.f("ix_counterfeit_note_branch_id"), table_name="counterfeit_note")
    op.drop_table("counterfeit_note")
    op.drop_index(op.f("ix_cash_difference_source_id"), table_name="cash_difference")
    op.drop_index(op.f("ix_cash_difference_owner_id"), table_name="cash_difference")
    op.drop_index(
        "ix_cash_difference_open",
        table_name="cash_difference",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index(op.f("ix_cash_difference_branch_id"), table_name="cash_difference")
    op.drop_table("cash_difference")
