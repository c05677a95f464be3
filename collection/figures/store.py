"""SQL of reading figures: facts of ended days, of days that run, and costs, as one set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from collection.figures.measure import KEPT, LEVELS, Measure
from collection.figures.period import Grouping, Question, whole_months
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
    Grouping.WEEK: ("date_trunc('week', day::timestamp)::date", "''", ""),
    Grouping.MONTH: ("date_trunc('month', day::timestamp)::date", "''", ""),
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
    Grouping.DAY: "day", Grouping.WEEK: "date_trunc('week', day::timestamp)::date",
    Grouping.MONTH: "date_trunc('month', day::timestamp)::date",
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
    _, label, name = GROUPS[question.grouping]
    wanted = [m for m in Measure if m in measures]
    found = await rows(
        session,
        f"""
        WITH {ASKED}, {_DAYS}, {_last_days(question.grouping)},
        parts AS ({_parts(wanted, question)}),
        g AS (
            SELECT key, grouping(key) = 1 AS is_total, {", ".join(_summed(m) for m in wanted)}
            FROM parts GROUP BY GROUPING SETS ((key), ())
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
    months_from, months_end = whole_months(question.first, question.last)
    return {
        "first": question.first, "last": question.last, "branch": question.branch,
        "agent": question.agent_id, "product": question.product, "currency": question.currency,
        "months_from": months_from, "months_end": months_end,
    }  # fmt: skip


_OF_PRODUCT = "(CAST(:product AS text) IS NULL OR product_code = :product)"
_SOME = f"(CAST(:agent AS uuid) IS NULL OR agent_id = :agent) AND {_OF_PRODUCT}"
_OF_ASKED = "branch_id = ANY (ARRAY (SELECT branch_id FROM asked))"
_IN_SPAN = f"{_OF_ASKED} AND day BETWEEN :first AND :last"


def _at_last(question: Question) -> str:
    """Where the levels of ended days are read."""
    of_agents = question.grouping is Grouping.AGENT or question.agent_id is not None
    facts, some = ("day_fact", _SOME) if of_agents else ("day_sum", _OF_PRODUCT)
    return f"{facts} JOIN last_day USING (branch_id, day) WHERE {some}"


def _kept(question: Question) -> Sequence[str]:
    """Where the flows of ended days are read: as little added up already as will do."""
    if question.grouping is Grouping.AGENT:
        in_months = "month >= :months_from AND month < :months_end"
        return (
            f"month_sum WHERE {_OF_ASKED} AND {in_months} AND {_SOME}",
            f"day_fact WHERE {_IN_SPAN} AND (day < :months_from OR day >= :months_end) AND {_SOME}",
        )
    if question.agent_id is not None:
        return (f"day_fact WHERE {_IN_SPAN} AND {_SOME}",)
    return (f"day_sum WHERE {_IN_SPAN} AND {_OF_PRODUCT}",)


def _parts(wanted: Sequence[Measure], question: Question) -> str:
    """What the facts of each origin come to by group. Each is summed where it is read: rows of
    facts are many, and to put them beside each other first costs more than to sum them."""
    flows = [m for m in wanted if m in KEPT and m not in LEVELS]
    levels = [m for m in wanted if m in LEVELS]
    live_flows = counted(frozenset(flows), levels=False, live=True)
    live_levels = counted(frozenset(levels), levels=True, live=True)
    by = GROUPS[question.grouping][0]

    def part(source: str, sums: Mapping[str, str]) -> str:
        columns = ", ".join(
            f"{sums.get(name, '0')}::bigint AS {name}" for m in wanted for name in _columns(m)
        )
        return f"SELECT {by} AS key, {columns} FROM {source} GROUP BY 1"  # noqa: S608

    summed = {m.value: f"sum({m})" for m in flows}
    standing = {m.value: f"sum({m})" for m in levels} | {
        f"{m}_of_all": f"sum({m}) FILTER (WHERE is_last_of_all)" for m in levels
    }
    ended = {Measure.VISITS_MEASURED.value: f"sum({Measure.VISITS_DONE})"}
    parts = [part(source, summed | ended) for source in _kept(question)]
    if live_flows:
        parts.append(part(f"({live_flows}) live WHERE {_SOME}", summed))
    if live_levels:
        today = live_levels.replace("FROM days d", "FROM today d")
        live = f"(SELECT *, true AS is_last_of_all FROM ({today}) stands) live WHERE {_SOME}"  # noqa: S608
        parts += [part(source, standing) for source in (_at_last(question), live)]
    if Measure.COST in wanted:
        share = SHARE.format(amount="c.amount_minor")
        costs = f"""
            SELECT c.branch_id, g.day::date AS day, c.agent_id, '' AS product_code, {share} AS minor
            FROM cost c {SPREAD} WHERE c.{_OF_ASKED}
        """  # noqa: S608
        costs = f"({costs}) costs WHERE {_SOME}"
        parts.append(part(costs, {Measure.COST.value: "sum(minor)"}))
    return " UNION ALL ".join(parts)


def _columns(measure: Measure) -> Sequence[str]:
    """Of a level two sums: at each group's last day, and at the last day of all."""
    return [measure, f"{measure}_of_all"] if measure in LEVELS else [measure]


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
    summed = f"sum({measure})"
    if measure in LEVELS:
        summed = f"CASE WHEN grouping(key) = 1 THEN sum({measure}_of_all) ELSE {summed} END"
    return f"coalesce({summed}, 0)::bigint AS {measure}"
