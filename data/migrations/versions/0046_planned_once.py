"""Functions whose statements the database plans once per connection, no more at every call.

A function in SQL that runs with its owner's rights is planned anew whenever it is called; row-level
security and triggers call these for nearly every statement. In PL/pgSQL their plans are kept.
"""

from dataclasses import dataclass

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


@dataclass(frozen=True)
class _Function:
    """Its signature, what it returns, and the statement that it is."""

    signature: str
    returns: str
    statement: str
    is_stable: bool = True

    @property
    def is_set(self) -> bool:
        return self.returns.startswith(("SETOF", "TABLE"))

    def create(self, language: str, body: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {self.signature} RETURNS {self.returns}"
            f" LANGUAGE {language} {'STABLE' if self.is_stable else 'VOLATILE'}"
            f" SECURITY DEFINER SET search_path = public AS $${body}$$"
        )

    @property
    def planned_once(self) -> str:
        answer = f"QUERY {self.statement}" if self.is_set else f"({self.statement})"
        return self.create("plpgsql", f"#variable_conflict use_column\nBEGIN RETURN {answer}; END")

    @property
    def planned_anew(self) -> str:
        return self.create("sql", self.statement)


FUNCTIONS = (
    _Function("branch_policy(of_branch uuid, of_key text)", "jsonb", """
    WITH RECURSIVE above(id, parent_id, steps) AS (
        SELECT id, parent_id, 0 FROM branch WHERE id = of_branch
        UNION ALL SELECT b.id, b.parent_id, steps + 1 FROM branch b JOIN above ON b.id = above.parent_id
    )
    SELECT value FROM above JOIN policy p ON p.branch_id = above.id AND p.key = of_key
    ORDER BY steps LIMIT 1"""),
    _Function("branch_line(of_branch uuid)", "TABLE (branch_id uuid, steps integer)", """
    WITH RECURSIVE line (id, parent_id, steps) AS (
        SELECT id, parent_id, 0 FROM branch WHERE id = of_branch
        UNION ALL SELECT b.id, b.parent_id, l.steps + 1 FROM branch b JOIN line l ON b.id = l.parent_id
    )
    SELECT id, steps FROM line"""),
    _Function("scope_above()", "uuid[]", """
    WITH RECURSIVE line (id) AS (
        SELECT parent_id FROM branch WHERE id = ANY (scope_branches())
        UNION SELECT b.parent_id FROM branch b JOIN line l ON b.id = l.id
    )
    SELECT array_agg(id) FROM line WHERE id IS NOT NULL"""),
    _Function("scope_lent_cases()", "uuid[]", """
    SELECT coalesce(array_agg(case_id), '{}') FROM assignment
    WHERE lent_to_branch_id IS NOT NULL AND upper_inf(during)
      AND lent_to_branch_id = ANY (scope_branches())
      AND (scope_agent() IS NULL OR agent_id = scope_agent())"""),
    _Function("scope_lent(what text)", "uuid[]", """
    SELECT coalesce(array_agg(CASE what WHEN 'account' THEN account_id
                                        WHEN 'customer' THEN customer_id
                                        WHEN 'address' THEN address_id
                                        WHEN 'branch' THEN branch_id END), '{}')
    FROM case_file WHERE id = ANY (scope_lent_cases())"""),
    _Function("scope_lent_above()", "uuid[]", """
    SELECT coalesce(array_agg(DISTINCT l.branch_id), '{}')
    FROM unnest(scope_lent('branch')) AS b (id) CROSS JOIN LATERAL branch_line(b.id) l"""),
    _Function("scope_handed_on()", "uuid[]", """
    SELECT coalesce(array_agg(v.case_id), '{}') FROM absence_visit v
    WHERE v.agent_id = scope_agent() AND v.to_agent_id IS NOT NULL AND v.returned_at IS NULL"""),
    _Function(
        "branch_hours(of_branch uuid)",
        "TABLE (zone text, country text, contact_from time, contact_to time)", """
    SELECT zone, country, contact_from, contact_to FROM branch WHERE id = of_branch"""),
    _Function("certificates_of(of_branch uuid, of_product text)", "text[]", """
    SELECT p.certificates FROM branch_line(of_branch) l
    JOIN product_certificates p ON p.branch_id = l.branch_id
    WHERE p.product_code = of_product ORDER BY l.steps LIMIT 1"""),
    _Function("visits_of_case(of_case uuid)", "SETOF uuid", """
    SELECT id FROM visit WHERE case_ids @> ARRAY[of_case]"""),
    _Function("visits_of_cases(these uuid[])", "TABLE (visit_id uuid, case_id uuid)", """
    SELECT v.id, c.id FROM visit v CROSS JOIN LATERAL unnest(v.case_ids) AS c (id)
    WHERE v.case_ids && these AND v.replaced_at IS NULL AND c.id = ANY (these)"""),
    _Function(
        "cash_of_payer(payer uuid, of_currency text, from_at timestamptz, to_at timestamptz)",
        "bigint", """
    SELECT coalesce(sum(r.amount_minor), 0)::bigint
    FROM case_file c JOIN receipt r ON r.case_id = c.id
    WHERE c.customer_id = payer AND r.mode = 'cash' AND r.currency = of_currency
      AND r.taken_at >= from_at AND r.taken_at < to_at
      AND NOT EXISTS (SELECT FROM receipt_reversal v
                      WHERE v.receipt_id = r.id AND v.state = 'approved')"""),
    _Function("judge_promises(these uuid[], as_of timestamptz)", "SETOF text", """
    WITH judged AS (
        SELECT p.id, least(coalesce(paid.minor, 0), p.amount_minor) AS minor,
               CASE WHEN paid.minor >= p.amount_minor THEN 'kept'
                    WHEN (as_of AT TIME ZONE b.zone)::date > last.day
                        THEN CASE WHEN paid.minor > 0 THEN 'part_kept' ELSE 'broken' END
                    WHEN EXISTS (SELECT FROM promise o WHERE o.account_id = p.account_id
                                 AND o.state = 'open' AND o.id <> p.id) THEN 'replaced'
                    ELSE 'open' END AS state
        FROM promise p JOIN branch b ON b.id = p.branch_id
        CROSS JOIN LATERAL (
            SELECT p.due_on + coalesce((branch_policy(b.id, 'promise_grace_days'))::int, 0) AS day
        ) last
        CROSS JOIN LATERAL (
            SELECT sum(r.amount_minor)::bigint AS minor FROM receipt r
            WHERE r.account_id = p.account_id AND r.taken_at >= p.made_at
              AND r.taken_at < (last.day + 1)::timestamp AT TIME ZONE b.zone
              AND NOT EXISTS (SELECT FROM receipt_reversal v
                              WHERE v.receipt_id = r.id AND v.state = 'approved')
        ) paid
        WHERE p.id = ANY (these) AND p.state <> 'replaced'
    )
    UPDATE promise p
    SET state = j.state, paid_minor = j.minor,
        settled_at = CASE WHEN j.state NOT IN ('kept', 'part_kept', 'broken') THEN NULL
                          WHEN j.state = p.state THEN p.settled_at ELSE as_of END
    FROM judged j WHERE p.id = j.id AND (p.state, p.paid_minor) <> (j.state, j.minor)
    RETURNING p.state""", is_stable=False),
)  # fmt: skip


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function.planned_once)


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function.planned_anew)
