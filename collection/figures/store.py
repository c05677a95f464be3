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
    Grouping.DAY: ("f.day::text", "''", ""),
    Grouping.WEEK: ("date_trunc('week', f.day)::date::text", "''", ""),
    Grouping.MONTH: ("date_trunc('month', f.day)::date::text", "''", ""),
    Grouping.BRANCH: ("s.code", "s.name", ""),
    Grouping.AGENT: (
        "coalesce(f.agent_id::text, '')",
        "coalesce(w.full_name, '')",
        "LEFT JOIN staff w ON w.id = f.agent_id",
    ),
    Grouping.PRODUCT: ("f.product_code", "f.product_code", ""),
}
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
) -> Sequence[SumsRow]:
    """The sums of these measures in scope, group by group, by key.

    Of levels a branch's last day in the group counts of which they were seen. Whatever the
    grouping, the groups add up to the same.
    """
    key, label, joins = GROUPS[question.grouping]
    wanted = [m for m in Measure if m in measures]
    found = await rows(
        session,
        f"""
        WITH {ASKED}, {_DAYS}, facts AS ({_facts(measures)}), {_last_days(question.grouping)}
        SELECT {key} AS key, {label} AS label, {", ".join(_summed(m) for m in wanted)}
        FROM facts f JOIN asked s ON s.branch_id = f.branch_id {joins}
        LEFT JOIN last_day l ON l.branch_id = f.branch_id AND l.day = f.day
        WHERE (CAST(:agent AS uuid) IS NULL OR f.agent_id = :agent)
          AND (CAST(:product AS text) IS NULL OR f.product_code = :product)
        GROUP BY 1, 2 ORDER BY 2, 1
        """,  # noqa: S608 our own constants
        **parameters(question),
        now=now,
    )
    return [SumsRow(r.key, r.label, {m: r._mapping[m.value] for m in wanted}) for r in found]


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
            " WHERE branch_id IN (SELECT branch_id FROM asked) AND day BETWEEN :first AND :last"
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
            f" FROM cost c {SPREAD} WHERE c.branch_id IN (SELECT branch_id FROM asked)"
        )
    return " UNION ALL ".join(parts)


def _last_days(grouping: Grouping) -> str:
    period = f", {_PERIOD[grouping]}" if grouping in _PERIOD else ""
    return f"""
    last_day AS (
        SELECT branch_id, max(day) AS day FROM (
            SELECT branch_id, day FROM ended_day WHERE saw_levels
                AND branch_id IN (SELECT branch_id FROM asked) AND day BETWEEN :first AND :last
            UNION ALL SELECT branch_id, day FROM today
        ) seen GROUP BY branch_id{period}
    )
    """  # noqa: S608


def _summed(measure: Measure) -> str:
    only = " FILTER (WHERE l.day IS NOT NULL)" if measure in LEVELS else ""
    return f"coalesce(sum(f.{measure}){only}, 0)::bigint AS {measure}"
