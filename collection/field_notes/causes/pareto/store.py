"""SQL of what root causes add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
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


class Every(StrEnum):
    """The periods of a trend; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_KEYS = {
    By.GROUP: "group_label", By.REASON: "label", By.BRANCH: "branch", By.AGENT: "agent",
    By.PRODUCT: "product_code",
}  # fmt: skip
# Two agents may have one name.
_GROUPED = _KEYS | {By.AGENT: "agent, agent_id"}


@dataclass(frozen=True, slots=True)
class ParetoRow:
    """Causes of one kind; `cumulative` is the share of it and those before it, from 0 to 1.

    `keys` has the value of each thing that was counted by, of agents the name; `gap` what was paid
    too little.
    """

    keys: dict[str, str | None]
    agent_id: UUID | None
    causes: int
    open: int
    gap: Money
    share: float
    cumulative: float


@dataclass(frozen=True, slots=True)
class TrendRow:
    """Causes of one kind in the period that begins on `begins_on`."""

    begins_on: date
    keys: dict[str, str | None]
    agent_id: UUID | None
    causes: int
    gap: Money


_OF_BRANCH = f"""
    SELECT x.*, greatest(demanded_minor - paid_minor, 0) AS gap_minor,
           (x.opened_at AT TIME ZONE b.zone)::date AS day
    FROM ({CAUSES}) x JOIN branch b ON b.id = x.branch_id
    WHERE EXISTS (SELECT FROM branch_line(x.branch_id) l WHERE l.branch_id = :branch)
      AND (x.opened_at AT TIME ZONE b.zone)::date BETWEEN :since AND :until
"""  # noqa: S608 our own constant


def _told(r: Any, by: Sequence[By]) -> tuple[dict[str, str | None], UUID | None]:
    keys = {each.value: getattr(r, _KEYS[each]) for each in by}
    return keys, r.agent_id if By.AGENT in by else None


async def pareto(
    session: Session, branch_id: UUID, by: Sequence[By], since: date, until: date
) -> Sequence[ParetoRow]:
    """What root causes of a branch and those below it come to, the most frequent first.

    Those of both days and between them, by the branches' own clocks.
    """
    keys = ", ".join(_GROUPED[each] for each in by)
    found = await rows(
        session,
        f"""
        WITH x AS ({_OF_BRANCH}), counted AS (
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
            *_told(r, by), r.causes, r.open,
            Money(r.gap_minor, r.currency), float(r.share), float(r.cumulative),
        )
        for r in found
    ]  # fmt: skip


async def trend(
    session: Session, branch_id: UUID, by: Sequence[By], every: Every, since: date, until: date
) -> Sequence[TrendRow]:
    """What root causes of a branch and those below it come to in each period, the most frequent of
    each first; a period without any has no row. Days as in `pareto`; what is cut off by them of the
    first and last period is not counted."""
    keys = ", ".join(_GROUPED[each] for each in by)
    found = await rows(
        session,
        f"""
        SELECT date_trunc(:every, day)::date AS begins_on, {keys}, currency,
               count(*)::int AS causes, sum(gap_minor)::bigint AS gap_minor
        FROM ({_OF_BRANCH}) x GROUP BY 1, {keys}, currency
        ORDER BY 1, causes DESC, gap_minor DESC, {keys}, currency
        """,  # noqa: S608 our own constants
        every=every.value,
        branch=branch_id,
        since=since,
        until=until,
    )
    return [
        TrendRow(r.begins_on, *_told(r, by), r.causes, Money(r.gap_minor, r.currency))
        for r in found
    ]
