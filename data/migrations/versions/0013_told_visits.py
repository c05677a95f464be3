"""Tell visits: one identity through all versions, when their pings came, whom they were for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Versions of one visit overlap in time and follow one another: each takes the identity of the
# version that it replaced, down to the first.
CHAIN = """
WITH RECURSIVE chain (id, first_id) AS (
    SELECT id, id FROM visit WHERE version = 1
    UNION ALL
    SELECT v.id, c.first_id FROM chain c
    JOIN visit f ON f.id = c.id
    JOIN LATERAL (
        SELECT n.id FROM visit n
        WHERE n.agent_id = f.agent_id AND n.day = f.day AND n.version = f.version + 1
          AND n.decided_at = f.replaced_at
          AND n.began_at <= f.ended_at AND f.began_at <= n.ended_at
        ORDER BY n.began_at, n.id LIMIT 1) v ON true
)
UPDATE visit SET first_id = coalesce((SELECT min(c.first_id::text)::uuid FROM chain c
                                      WHERE c.id = visit.id), visit.id)
"""

WITHDRAWN = """
UPDATE visit v SET withdrawn_why = 'the reason was not kept'
WHERE replaced_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM visit n WHERE n.first_id = v.first_id AND n.version = v.version + 1)
"""

# Whom a visit was for. Facts count that were made there from five minutes before to five minutes
# after it, by the phone's clock (a check-out counts with its check-in): half of what makes two stays at one place one visit, so that no
# fact belongs to two. The end of an open visit lags behind.
#
# `verdict` is what the visit says of the case: all that it says, when the case's customer is the
# only one there or something was done about the case; that it may have been for this one, when
# nothing tells for whom of several it was; and NULL, nothing, when it was for others.
VISIT_CASE = """
CREATE VIEW visit_case WITH (security_invoker = true) AS
SELECT v.id AS visit_id, v.first_id, v.agent_id, v.day, v.began_at, v.ended_at, v.is_closed,
       v.replaced_at, v.case_ids, k.case_id, k.customer_id, k.customers, k.is_told, k.met, k.evidence,
       CASE WHEN k.customers = 1 OR k.is_told THEN v.verdict
            WHEN NOT k.anybody THEN 'unverified' END AS verdict
FROM visit v CROSS JOIN LATERAL (
    SELECT e.case_id, e.customer_id, e.is_told, e.met, e.evidence,
           max(e.nth) OVER () AS customers, bool_or(e.is_told) OVER () AS anybody
    FROM (
        SELECT c.id AS case_id, c.customer_id, dense_rank() OVER (ORDER BY c.customer_id) AS nth,
               w.told > 0 AS is_told,
               CASE WHEN w.met THEN 'met' WHEN NOT w.met THEN 'not_met' ELSE 'place_only' END
                   AS met,
               w.evidence
        FROM case_file c CROSS JOIN LATERAL (
            SELECT count(*) AS told, bool_or(f.met) AS met,
                   jsonb_agg(jsonb_build_object('kind', f.kind, 'id', f.id, 'at', f.at,
                                                'outcome', f.outcome) ORDER BY f.at, f.id)
                       AS evidence
            FROM (
                SELECT 'receipt' AS kind, r.id, r.taken_at AS at, NULL AS outcome, true AS met
                FROM receipt r WHERE r.case_id = c.id AND r.agent_id = v.agent_id
                UNION ALL
                SELECT 'promise', p.id, p.made_at, NULL, true
                FROM promise p WHERE p.case_id = c.id AND p.agent_id = v.agent_id
                UNION ALL
                SELECT 'check_in', i.id, i.device_time, o.outcome,
                       o.outcome IN ('paid', 'part_paid', 'promised', 'refused')
                FROM check_in i LEFT JOIN check_out o ON o.check_in_id = i.id
                WHERE i.case_id = c.id AND i.agent_id = v.agent_id
            ) f
            WHERE f.at >= v.began_at - interval '5 minutes'
              AND f.at <= v.ended_at
                  + CASE WHEN v.is_closed THEN interval '5 minutes' ELSE interval '2 hours' END
        ) w
        WHERE c.id = ANY (v.case_ids)
    ) e
) k
"""

# Row-level security keeps "an array holds this id" from using an index; a function of the owner's
# finds the ids, and what of them may be seen is decided where they are read.
VISITS_OF_CASE = """
CREATE FUNCTION visits_of_case(of_case uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT id FROM visit WHERE case_ids @> ARRAY[of_case]
$$;
REVOKE ALL ON FUNCTION visits_of_case(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visits_of_case(uuid) TO roundsman_app;
"""


def upgrade() -> None:
    op.add_column("visit", sa.Column("first_id", sa.Uuid(), nullable=True))
    op.execute(CHAIN)
    op.alter_column("visit", "first_id", nullable=False)
    op.add_column("visit", sa.Column("pings_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visit", sa.Column("pings_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visit", sa.Column("pings_delay_s", sa.REAL(), nullable=True))
    op.add_column("visit", sa.Column("withdrawn_why", sa.Text(), nullable=True))
    op.execute(WITHDRAWN)
    op.create_check_constraint("pings", "visit", "pings_from <= pings_until")
    op.create_check_constraint(
        "withdrawn", "visit", "withdrawn_why IS NULL OR replaced_at IS NOT NULL"
    )
    op.create_index("ix_visit_first_id_version", "visit", ["first_id", "version"], unique=False)
    op.create_index("ix_visit_began_at", "visit", ["began_at", "id"], unique=False)
    op.create_index(
        "ix_visit_case_ids", "visit", ["case_ids"], unique=False, postgresql_using="gin"
    )
    op.add_column("check_in", sa.Column("reason_code", sa.Text(), nullable=True))
    op.add_column("check_out", sa.Column("distance_m", sa.Double(), nullable=True))
    op.add_column(
        "check_out",
        sa.Column(
            "reasons",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )
    op.execute(VISIT_CASE)
    op.execute("GRANT SELECT ON visit_case TO roundsman_app")
    op.execute(VISITS_OF_CASE)


def downgrade() -> None:
    op.execute("DROP FUNCTION visits_of_case(uuid)")
    op.execute("DROP VIEW visit_case")
    op.drop_column("check_out", "reasons")
    op.drop_column("check_out", "distance_m")
    op.drop_column("check_in", "reason_code")
    op.drop_index("ix_visit_case_ids", table_name="visit", postgresql_using="gin")
    op.drop_index("ix_visit_began_at", table_name="visit")
    op.drop_index("ix_visit_first_id_version", table_name="visit")
    op.drop_constraint("withdrawn", "visit", type_="check")
    op.drop_constraint("pings", "visit", type_="check")
    op.drop_column("visit", "withdrawn_why")
    op.drop_column("visit", "pings_delay_s")
    op.drop_column("visit", "pings_until")
    op.drop_column("visit", "pings_from")
    op.drop_column("visit", "first_id")
