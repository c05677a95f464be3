"""Where each measure is counted: its one definition, in SQL over the facts of days.

A source is a SELECT from ``days`` (branch_id, zone, day, begins, ends, until: the end of the day,
or now) that gives branch_id, day, agent_id, product_code and some measures, summed up later.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from collection.figures.measure import COLLECTED, LEVELS, Measure


@dataclass(frozen=True, slots=True)
class Source:
    """A SELECT and the measures that it gives, in this order behind the four keys."""

    measures: tuple[Measure, ...]
    sql: str
    only_ended: bool = False
    """Too dear to count again and again while the day runs."""

    @property
    def is_level(self) -> bool:
        """Whether it can only be seen while it stands."""
        return all(measure in LEVELS for measure in self.measures)


_BY_MODE = ", ".join(
    f"{{sign}}CASE WHEN r.mode = '{measure.split('_')[1]}' THEN r.amount_minor ELSE 0 END"
    for measure in COLLECTED
)
_PAID_IN = "date_trunc('month', r.taken_at AT TIME ZONE d.zone)"
_PAID = f"""
    {{sign}}CASE WHEN date_trunc('month', m.due_on) = {_PAID_IN} THEN l.amount_minor ELSE 0 END,
    {{sign}}CASE WHEN m.due_on < {_PAID_IN} THEN l.amount_minor ELSE 0 END
"""
_TAKEN = """
    FROM days d JOIN receipt r ON r.branch_id = d.branch_id
        AND r.taken_at >= d.begins AND r.taken_at < d.ends
    JOIN account a ON a.id = r.account_id
"""
_UNDONE = """
    FROM days d JOIN receipt_reversal v ON v.branch_id = d.branch_id AND v.state = 'approved'
        AND v.settled_at >= d.begins AND v.settled_at < d.ends
    JOIN receipt r ON r.id = v.receipt_id JOIN account a ON a.id = r.account_id
"""
_ALLOCATED = """
    JOIN receipt_allocation l ON l.receipt_id = r.id JOIN demand m ON m.id = l.demand_id
"""
# A case has one owner at a time: the database sees to it.
_OWNED = """
    LEFT JOIN assignment o ON o.case_id = c.id AND o.channel = 'visit' AND o.during @> d.until
"""
_RECEIPT = "SELECT d.branch_id, d.day, r.agent_id, a.product_code,"
_PAYING = (*COLLECTED, Measure.RECEIPTS)
_ON_DEMANDS = (Measure.PAID_CURRENT, Measure.PAID_ARREARS)

SOURCES: Mapping[str, Source] = {
    "receipts": Source(_PAYING, f"{_RECEIPT} {_BY_MODE.format(sign='')}, 1 {_TAKEN}"),
    "reversals": Source(_PAYING, f"{_RECEIPT} {_BY_MODE.format(sign='-')}, -1 {_UNDONE}"),
    "paid": Source(_ON_DEMANDS, f"{_RECEIPT} {_PAID.format(sign='')} {_TAKEN} {_ALLOCATED}"),
    "unpaid": Source(_ON_DEMANDS, f"{_RECEIPT} {_PAID.format(sign='-')} {_UNDONE} {_ALLOCATED}"),
    "demands": Source(
        (Measure.DEMAND,),
        f"""
        SELECT d.branch_id, d.day, o.agent_id, a.product_code, m.total_minor + m.moved_minor
        FROM days d JOIN demand m ON m.branch_id = d.branch_id AND m.due_on = d.day
        JOIN account a ON a.id = m.account_id JOIN case_file c ON c.account_id = a.id {_OWNED}
        """,  # noqa: S608
    ),
    "deposits": Source(
        (Measure.DEPOSITED,),
        """
        SELECT d.branch_id, d.day, p.agent_id, '', p.amount_minor
        FROM days d JOIN deposit p ON p.branch_id = d.branch_id
            AND p.deposited_at >= d.begins AND p.deposited_at < d.ends
        """,
    ),
    "deposits sent back": Source(
        (Measure.DEPOSITED,),
        """
        SELECT d.branch_id, d.day, p.agent_id, '', -p.amount_minor
        FROM days d JOIN deposit p ON p.branch_id = d.branch_id
            AND p.rejected_at >= d.begins AND p.rejected_at < d.ends
        """,
    ),
    "promises": Source(
        (Measure.PROMISES_MADE, Measure.PROMISED),
        """
        SELECT d.branch_id, d.day, p.agent_id, a.product_code, 1, p.amount_minor
        FROM days d JOIN promise p ON p.branch_id = d.branch_id
            AND p.made_at >= d.begins AND p.made_at < d.ends
        JOIN account a ON a.id = p.account_id
        """,
    ),
    "settled promises": Source(
        (Measure.PROMISES_KEPT, Measure.PROMISES_PART_KEPT, Measure.PROMISES_BROKEN,
         Measure.PROMISES_SETTLED, Measure.PROMISES_PAID),
        """
        SELECT d.branch_id, d.day, p.agent_id, a.product_code,
               (p.state = 'kept')::int, (p.state = 'part_kept')::int, (p.state = 'broken')::int,
               p.amount_minor, p.paid_minor
        FROM days d JOIN promise p ON p.branch_id = d.branch_id
            AND p.settled_at >= d.begins AND p.settled_at < d.ends
        JOIN account a ON a.id = p.account_id
        """,
    ),
    "planned visits": Source(
        (Measure.VISITS_PLANNED, Measure.VISITS_AS_PLANNED),
        """
        SELECT d.branch_id, d.day, r.agent_id, a.product_code, 1,
               EXISTS (SELECT FROM visit v WHERE v.agent_id = r.agent_id AND v.day = d.day
                       AND v.replaced_at IS NULL AND s.case_id = ANY (v.case_ids))::int
        FROM days d JOIN round r ON r.branch_id = d.branch_id AND r.day = d.day
            AND r.replaced_at IS NULL
        JOIN stop s ON s.round_id = r.id AND s.kind = 'visit'
        JOIN case_file c ON c.id = s.case_id JOIN account a ON a.id = c.account_id
        """,
    ),
    "visits": Source(
        (Measure.VISITS_DONE, Measure.VISITS_VERIFIED, Measure.VISITS_PRODUCTIVE),
        """
        SELECT d.branch_id, d.day, v.agent_id, coalesce(a.product_code, ''), 1,
               (v.verdict = 'verified')::int,
               (EXISTS (SELECT FROM receipt r WHERE r.agent_id = v.agent_id
                        AND r.taken_at >= d.begins AND r.taken_at < d.ends
                        AND r.case_id = ANY (v.case_ids))
                OR EXISTS (SELECT FROM promise p WHERE p.agent_id = v.agent_id
                           AND p.made_at >= d.begins AND p.made_at < d.ends
                           AND p.case_id = ANY (v.case_ids)))::int
        FROM days d JOIN visit v ON v.branch_id = d.branch_id AND v.day = d.day
            AND v.replaced_at IS NULL
        LEFT JOIN case_file c ON c.id = v.case_ids[1] LEFT JOIN account a ON a.id = c.account_id
        """,
    ),
    "shifts": Source(
        (Measure.AGENT_DAYS,),
        """
        SELECT DISTINCT d.branch_id, d.day, s.agent_id, '', 1
        FROM days d JOIN shift s ON s.branch_id = d.branch_id
            AND lower(s.during) >= d.begins AND lower(s.during) < d.ends
        WHERE s.absent_since IS NULL OR s.absent_since > lower(s.during)
        """,
    ),
    # One ping a minute, so that a phone that lies on a table does not ride; two that are more than
    # ten minutes or 50 m/s apart are no way.
    "ways": Source(
        (Measure.RIDDEN,),
        """
        SELECT branch_id, day, agent_id, '', meters FROM (
            SELECT branch_id, day, agent_id,
                   sum(CASE WHEN meters > 25 AND apart_s <= 600 AND meters <= 50 * apart_s
                            THEN meters ELSE 0 END)::bigint AS meters
            FROM (
                SELECT branch_id, day, agent_id,
                       extract(epoch FROM captured_at - lag(captured_at) OVER way) AS apart_s,
                       2 * 6371000 * asin(least(1, sqrt(
                           power(sin(radians(lat - lag(lat) OVER way) / 2), 2)
                           + cos(radians(lat)) * cos(radians(lag(lat) OVER way))
                           * power(sin(radians(lon - lag(lon) OVER way) / 2), 2)))) AS meters
                FROM (
                    SELECT DISTINCT ON (p.agent_id, date_trunc('minute', p.captured_at))
                           d.branch_id, d.day, p.agent_id, p.captured_at, p.lat, p.lon
                    FROM days d JOIN ping p ON p.branch_id = d.branch_id
                        AND p.captured_at >= d.begins AND p.captured_at < d.ends
                        AND coalesce(p.accuracy_m, 0) <= 50
                    ORDER BY p.agent_id, date_trunc('minute', p.captured_at), p.captured_at
                ) a_minute
                WINDOW way AS (PARTITION BY branch_id, day, agent_id ORDER BY captured_at)
            ) legs
            GROUP BY branch_id, day, agent_id
        ) ridden
        """,
        only_ended=True,
    ),
    "cases": Source(
        (Measure.CASES, Measure.CASES_LATE, Measure.OVERDUE),
        f"""
        SELECT d.branch_id, d.day, o.agent_id, a.product_code, 1, (c.dpd > 0)::int, c.overdue_minor
        FROM days d JOIN case_file c ON c.branch_id = d.branch_id AND c.closed_at IS NULL
        JOIN account a ON a.id = c.account_id {_OWNED}
        """,  # noqa: S608
    ),
    "tills": Source(
        (Measure.IN_HAND,),
        """
        SELECT d.branch_id, d.day, t.agent_id, '', t.in_hand_minor
        FROM days d JOIN till t ON t.branch_id = d.branch_id AND t.in_hand_minor > 0
        """,
    ),
}  # fmt: skip
"""By what is counted there."""


def counted(measures: frozenset[Measure], *, levels: bool, live: bool) -> str | None:
    """One SELECT of the sums of these measures by branch, day, agent and product; None where
    nothing is to be counted. `levels` asks for what stands, `live` leaves out what is too dear."""
    parts = []
    wanted = [measure for measure in Measure if measure in measures]
    for source in SOURCES.values():
        if not measures & set(source.measures) or (live and source.only_ended):
            continue
        if source.is_level and not levels:
            continue
        names = ", ".join(f"m{n}" for n, _ in enumerate(source.measures))
        columns = ", ".join(
            f"m{source.measures.index(measure)}" if measure in source.measures else "0"
            for measure in wanted
        )
        parts.append(
            f"SELECT branch_id, day, agent_id, product_code, {columns}"  # noqa: S608
            f" FROM ({source.sql}) source (branch_id, day, agent_id, product_code, {names})"
        )
    if not parts:
        return None
    names = ", ".join(wanted)
    sums = ", ".join(f"sum({measure})::bigint AS {measure}" for measure in wanted)
    union = " UNION ALL ".join(parts)
    return (
        f"SELECT branch_id, day, agent_id, product_code, {sums}"  # noqa: S608
        f" FROM ({union}) facts (branch_id, day, agent_id, product_code, {names})"
        " GROUP BY branch_id, day, agent_id, product_code"
    )
