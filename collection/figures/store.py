"""SQL of reading figures: facts of ended days, of days that run, and costs, as one set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collection.figures.measure import KEPT, LEVELS, Measure
from collection.figures.period import Grouping, Question
from collection.figures.sources.store import counted
from data.session import Session, rows


@dataclass(frozen=True, slots=True)
class SumsRow:
    """The sums of measures of one group: a period's first day, or the code and name of what it is
    (of an agent, the id and name)."""

    key: str
    label: str
    sums: Mapping[str, int]


GROUPS = {
    Grouping.ALL: ("''", "''", ""),
    Grouping.DAY: ("day", "''", ""),
    Grouping.WEEK: ("date_trunc('week', day)::date", "''", ""),
    Grouping.MONTH: ("date_trunc('month', day)::date", "''", ""),
    Grouping.BRANCH: (
        "branch_id",
        "(SELECT name FROM asked WHERE branch_id = g.key)",
        "(SELECT code FROM asked WHERE branch_id = g.key)",
    ),
    Grouping.AGENT: ("agent_id", "(SELECT full_name FROM staff WHERE id = g.key)", ""),
    Grouping.PRODUCT: ("product_code", "g.key", ""),
}
"""What a row is grouped by; how a group ``g`` is called by its ``key``; and how it is named, where
not by the key itself."""

_PERIOD = {
    Grouping.DAY: "day", Grouping.WEEK: "date_trunc('week', day)::date",
    Grouping.MONTH: "date_trunc('month', day)::date",
}  # fmt: skip

# The branches asked for, and up to which day each has ended its days. Days behind that are counted
# live: today, and what a worker that was away has not ended, no more than a few.
ASKED = """
asked AS (
    WITH RECURSIVE below AS (
        SELECT id FROM branch
        WHERE CASE WHEN CAST(:branch AS text) IS NULL
                   THEN parent_id IS NULL OR parent_id NOT IN (SELECT id FROM branch)
                   ELSE code = :branch END
        UNION ALL SELECT b.id FROM branch b JOIN below ON b.parent_id = below.id
    )
    SELECT b.id AS branch_id, b.code, b.name, b.zone,
           (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date AS today,
           (SELECT max(day) FROM ended_day e WHERE e.branch_id = b.id) AS ended
    FROM branch b JOIN below ON below.id = b.id WHERE b.currency = :currency
)
"""
_DAYS = """
days AS (
    SELECT a.branch_id, a.zone, g.day::date AS day, g.day::timestamp AT TIME ZONE a.zone AS begins,
           (g.day + interval '1 day')::timestamp AT TIME ZONE a.zone AS ends,
           least(CAST(:now AS timestamptz), (g.day + interval '1 day')::timestamp
                 AT TIME ZONE a.zone - interval '1 microsecond') AS until
    FROM asked a CROSS JOIN LATERAL generate_series(
        greatest(CAST(:first AS date), coalesce(a.ended + 1, a.today), a.today - 6)::timestamp,
        least(CAST(:last AS date), a.today)::timestamp, interval '1 day') AS g (day)
),
today AS (SELECT d.* FROM days d JOIN asked a USING (branch_id) WHERE d.day = a.today)
"""

# Each day bears floor(amount * n / days) less what the days before it bear, so that the days of a
# month make its amount exactly.
SPREAD = """
    CROSS JOIN LATERAL generate_series(
        greatest(CAST(:first AS date), c.month)::timestamp,
        least(CAST(:last AS date), (c.month + interval '1 month')::date - 1)::timestamp,
        interval '1 day') AS g (day)
    CROSS JOIN LATERAL (
        SELECT extract(day FROM g.day)::bigint AS n,
               extract(day FROM c.month + interval '1 month' - interval '1 day')::bigint AS days
    ) m
"""
SHARE = "({amount} * m.n / m.days - {amount} * (m.n - 1) / m.days)"


async def sums(
    session: Session, question: Question, measures: frozenset[Measure], now: datetime
) -> tuple[Sequence[SumsRow], SumsRow]:
    """The sums of these measures in scope, group by group, by name; and of all together.

    Of levels a branch's last day in the group counts of which they were seen. Whatever the
    grouping, the groups add up to the same.
    """
    by, label, name = GROUPS[question.grouping]
    wanted = [m for m in Measure if m in measures]
    found = await rows(
        session,
        f"""
        WITH {ASKED}, {_DAYS}, facts AS ({_facts(measures)}), {_last_days(question.grouping)},
        g AS (
            SELECT f.key, grouping(f.key) = 1 AS is_total, {", ".join(_summed(m) for m in wanted)}
            FROM (
                SELECT {by} AS key, facts.*, l.branch_id IS NOT NULL AS is_last,
                       coalesce(l.is_last_of_all, false) AS is_last_of_all
                FROM facts LEFT JOIN last_day l USING (branch_id, day)
                WHERE (CAST(:agent AS uuid) IS NULL OR agent_id = :agent)
                  AND (CAST(:product AS text) IS NULL OR product_code = :product)
            ) f
            GROUP BY GROUPING SETS ((f.key), ())
        )
        SELECT coalesce({name or "g.key::text"}, '') AS key, coalesce({label}, '') AS label, g.*
        FROM g ORDER BY 2, 1
        """,  # noqa: S608 our own constants
        **parameters(question),
        now=now,
    )
    told = [
        (r.is_total, SumsRow(r[0], r[1], {m: getattr(r, m.value) for m in wanted})) for r in found
    ]
    [total] = [SumsRow("", "", row.sums) for is_total, row in told if is_total]
    return [row for is_total, row in told if not is_total], total


def parameters(question: Question) -> dict[str, Any]:
    """What the statements of a question take, but for the time."""
    return {
        "first": question.first, "last": question.last, "branch": question.branch,
        "agent": question.agent_id, "product": question.product, "currency": question.currency,
    }  # fmt: skip


def _facts(measures: frozenset[Measure]) -> str:
    wanted = [m for m in Measure if m in measures]
    kept = [m for m in wanted if m in KEPT]
    parts = []
    keys = "branch_id, day, agent_id, product_code"

    def columns(present: Sequence[Measure]) -> str:
        return ", ".join(f"{m} " if m in present else f"0::bigint AS {m}" for m in wanted)

    if kept:
        parts.append(
            f"SELECT {keys}, {columns(kept)} FROM day_fact"  # noqa: S608
            " WHERE branch_id = ANY (ARRAY (SELECT branch_id FROM asked))"
            " AND day BETWEEN :first AND :last"
        )
        flows = frozenset(m for m in kept if m not in LEVELS)
        for some, source in ((flows, "days"), (frozenset(kept) & LEVELS, "today")):
            select = counted(some, levels=True, live=True)
            if select:
                live = select.replace("FROM days d", f"FROM {source} d")
                parts.append(f"SELECT {keys}, {columns(list(some))} FROM ({live}) live")  # noqa: S608
    if Measure.COST in measures:
        share = SHARE.format(amount="c.amount_minor")
        costs = ", ".join(
            f"{share} AS {m}" if m is Measure.COST else f"0::bigint AS {m}" for m in wanted
        )
        parts.append(
            f"SELECT c.branch_id, g.day::date AS day, c.agent_id, '' AS product_code, {costs}"  # noqa: S608
            f" FROM cost c {SPREAD} WHERE c.branch_id = ANY (ARRAY (SELECT branch_id FROM asked))"
        )
    return " UNION ALL ".join(parts)


def _last_days(grouping: Grouping) -> str:
    period = _PERIOD.get(grouping, "1")
    return f"""
    last_day AS (
        SELECT branch_id, day, last_of_all = day AS is_last_of_all FROM (
            SELECT branch_id, day, max(day) OVER (PARTITION BY branch_id, {period}) AS last,
                   max(day) OVER (PARTITION BY branch_id) AS last_of_all
            FROM (
                SELECT branch_id, day FROM ended_day WHERE saw_levels
                    AND branch_id = ANY (ARRAY (SELECT branch_id FROM asked))
                    AND day BETWEEN :first AND :last
                UNION SELECT branch_id, day FROM today
            ) seen
        ) lasts WHERE day = last
    )
    """  # noqa: S608


def _summed(measure: Measure) -> str:
    if measure not in LEVELS:
        return f"coalesce(sum(f.{measure}), 0)::bigint AS {measure}"
    return (
        f"coalesce(CASE WHEN grouping(f.key) = 1"
        f" THEN sum(f.{measure}) FILTER (WHERE f.is_last_of_all)"
        f" ELSE sum(f.{measure}) FILTER (WHERE f.is_last) END, 0)::bigint AS {measure}"
    )
