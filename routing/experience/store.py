"""SQL of what past visits teach."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from data.session import Session, rows
from data.tables.routing import LearnedServiceTime
from data.tables.routing import MeetingChance as MeetingChanceRow
from routing.experience.meeting import MeetingChance, Tries, band_of
from routing.experience.service_time import LearnedTime, Stays

SINCE = timedelta(days=180)
"""How far back visits count."""

SHORTEST_S, LONGEST_S = 60, 2 * 3600
"""Stays that say how long a visit lasts; shorter and longer ones had other reasons."""


async def stays(session: Session, now: datetime) -> dict[UUID, list[Stays]]:
    """Verified visits to one case alone, by branch and kind of case."""
    found = await rows(
        session,
        """
        WITH bounds AS MATERIALIZED (SELECT CAST(:since AS timestamptz) AS since)
        SELECT v.branch_id, a.product_code, c.bucket, count(*) AS visits,
               avg(extract(epoch FROM v.ended_at - v.began_at))::float8 AS mean_s,
               coalesce(var_samp(extract(epoch FROM v.ended_at - v.began_at)), 0)::float8
                   AS variance_s2
        FROM bounds b JOIN visit v ON v.began_at > b.since
        JOIN case_file c ON c.id = v.case_ids[1] JOIN account a ON a.id = c.account_id
        WHERE v.replaced_at IS NULL AND v.is_closed AND v.verdict = 'verified'
          AND cardinality(v.case_ids) = 1
          AND extract(epoch FROM v.ended_at - v.began_at) BETWEEN :shortest AND :longest
        GROUP BY v.branch_id, a.product_code, c.bucket ORDER BY 1, 2, 3
        """,
        since=now - SINCE,
        shortest=SHORTEST_S,
        longest=LONGEST_S,
    )
    by_branch: dict[UUID, list[Stays]] = defaultdict(list)
    for r in found:
        by_branch[r.branch_id].append(
            Stays(r.product_code, r.bucket, r.visits, r.mean_s, r.variance_s2)
        )
    return by_branch


async def tries(session: Session, now: datetime) -> dict[UUID, list[Tries]]:
    """Visits of which it is known whether they met the customer, by branch, case and band."""
    found = await rows(
        session,
        """
        WITH bounds AS MATERIALIZED (SELECT CAST(:since AS timestamptz) AS since)
        SELECT c.branch_id, w.case_id,
               extract(hour FROM w.began_at AT TIME ZONE b.zone)::int AS hour,
               count(*) AS tried, count(*) FILTER (WHERE w.met = 'met') AS met
        FROM bounds s JOIN visit v ON v.began_at > s.since
        JOIN visit_case w ON w.visit_id = v.id
        JOIN case_file c ON c.id = w.case_id JOIN branch b ON b.id = c.branch_id
        WHERE v.replaced_at IS NULL AND w.is_told AND w.met IN ('met', 'not_met')
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        since=now - SINCE,
    )
    counted: dict[tuple[UUID, UUID, int], list[int]] = defaultdict(lambda: [0, 0])
    for r in found:
        band = band_of(r.hour)
        if band is not None:
            sums = counted[r.branch_id, r.case_id, band]
            sums[0], sums[1] = sums[0] + r.tried, sums[1] + r.met
    by_branch: dict[UUID, list[Tries]] = defaultdict(list)
    for (branch_id, case_id, band), (tried, met) in counted.items():
        by_branch[branch_id].append(Tries(case_id, band, tried, met))
    return by_branch


async def keep_times(
    session: Session, branch_id: UUID, times: Sequence[LearnedTime], now: datetime
) -> None:
    """Put learned times in place of the former ones."""
    values = [{"branch_id": branch_id, "learned_at": now, **asdict(one)} for one in times]
    await _put(session, LearnedServiceTime, ["branch_id", "product_code", "bucket"], values)


async def keep_chances(
    session: Session, branch_id: UUID, chances: Sequence[MeetingChance], now: datetime
) -> None:
    """Put learned chances in place of the former ones."""
    values = [
        {
            "case_id": one.case_id,
            "branch_id": branch_id,
            "tried": one.tried,
            "met": one.met,
            "by_hour": [asdict(hour) for hour in one.by_hour],
            "best_from": time(one.best.from_hour),
            "best_to": time(one.best.to_hour),
            "best_chance": one.best.chance,
            "learned_at": now,
        }
        for one in chances
    ]
    await _put(session, MeetingChanceRow, ["case_id"], values)


async def _put(session: Session, table: Any, key: list[str], values: list[dict[str, Any]]) -> None:
    if not values:
        return
    put = insert(table)
    renewed = {name: put.excluded[name] for name in values[0] if name not in key}
    await session.execute(put.on_conflict_do_update(index_elements=key, set_=renewed), values)


async def forget_older(session: Session, now: datetime) -> None:
    """Drop what the visits of the last half year do not show any more."""
    for table in ("learned_service_time", "meeting_chance"):
        await session.execute(
            text(f"DELETE FROM {table} WHERE learned_at < :now"),  # noqa: S608 - our own names
            {"now": now},
        )
