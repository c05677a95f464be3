"""SQL of what root causes add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from collection.field_notes.causes.store import CAUSES
from core.money import Money
from data.session import Session, rows


class By(StrEnum):
    """What root causes are counted by."""

    GROUP = "group"
    REASON = "reason"
    BRANCH = "branch"
    AGENT = "agent"
    PRODUCT = "product"


_KEYS = {
    By.GROUP: "group_label", By.REASON: "label", By.BRANCH: "branch", By.AGENT: "agent",
    By.PRODUCT: "product_code",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """Causes of one kind; `cumulative` is the share of it and those before it, from 0 to 1.

    `keys` has the value of each thing that was counted by; `gap` what was paid too little.
    """

    keys: dict[str, str | None]
    causes: int
    open: int
    gap: Money
    share: float
    cumulative: float


async def pareto(
    session: Session, branch_id: UUID, by: Sequence[By], since: date, until: date
) -> Sequence[ParetoRow]:
    """What root causes of a branch and those below it come to, the most frequent first.

    Those of both days and between them, by the branches' own clocks.
    """
    keys = ", ".join(_KEYS[each] for each in by)
    found = await rows(
        session,
        f"""
        WITH x AS (
            SELECT x.*, greatest(demanded_minor - paid_minor, 0) AS gap_minor FROM ({CAUSES}) x
            JOIN branch b ON b.id = x.branch_id
            WHERE EXISTS (SELECT FROM branch_line(x.branch_id) l WHERE l.branch_id = :branch)
              AND (x.opened_at AT TIME ZONE b.zone)::date BETWEEN :since AND :until
        ), counted AS (
            SELECT {keys}, currency, count(*) AS causes,
                   count(*) FILTER (WHERE state <> 'closed') AS open,
                   sum(gap_minor)::bigint AS gap_minor
            FROM x GROUP BY {keys}, currency
        )
        SELECT *, causes / sum(causes) OVER ()::float8 AS share,
               sum(causes) OVER (ORDER BY causes DESC, gap_minor DESC, {keys}, currency
                                 ROWS UNBOUNDED PRECEDING) / sum(causes) OVER ()::float8
                   AS cumulative
        FROM counted ORDER BY causes DESC, gap_minor DESC, {keys}, currency
        """,  # noqa: S608 our own constants
        branch=branch_id,
        since=since,
        until=until,
    )
    return [
        ParetoRow(
            {each.value: getattr(r, _KEYS[each]) for each in by}, r.causes, r.open,
            Money(r.gap_minor, r.currency), float(r.share), float(r.cumulative),
        )
        for r in found
    ]  # fmt: skip
