"""SQL of when the pings came that decided a version of a visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.session import Session, rows
from geofence.revision import Change
from geofence.waiting.work import AgentDay

AROUND_S = 600.0
"""Pings so long before and after a stay decide on it, too: they show the way there and back."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """From when to when pings were received, and how long one of them was under way at most."""

    first_at: datetime
    last_at: datetime
    longest_s: float


async def deliveries_of(
    session: Session, day: AgentDay, changes: Sequence[Change]
) -> list[Delivery | None]:
    """For each change the delivery of the pings that brought it about.

    Of a visit that is new, those are the pings of the stay; of another version, what has come in
    of them, and of those shortly around it, since the former one was decided. None when it was no
    ping: a plan, a fence or a check-in has changed.
    """
    # Bounds are columns, made beforehand, so that pings are found by their index.
    found = await rows(
        session,
        """
        WITH stay AS MATERIALIZED (
            SELECT n, to_timestamp(began - CASE WHEN is_new THEN 0 ELSE :around END) AS since,
                   to_timestamp(ended + CASE WHEN is_new THEN 0 ELSE :around END) AS until,
                   to_timestamp(CASE WHEN is_new THEN '-infinity' ELSE decided END) AS told_at
            FROM unnest(CAST(:began AS float8[]), CAST(:ended AS float8[]),
                        CAST(:decided AS float8[]), CAST(:is_new AS boolean[]))
                 WITH ORDINALITY AS t (began, ended, decided, is_new, n)
        ), phone AS MATERIALIZED (
            SELECT DISTINCT device_id FROM sign_on
            WHERE agent_id = :agent AND during && tstzrange(:begin, :end)
        )
        SELECT s.n - 1 AS n, min(p.received_at) AS first_at, max(p.received_at) AS last_at,
               max(extract(epoch FROM p.received_at - p.captured_at))::float8 AS longest_s
        FROM stay s CROSS JOIN phone JOIN ping p ON p.device_id = phone.device_id
             AND p.captured_at >= s.since AND p.captured_at <= s.until
             AND p.agent_id = :agent AND p.received_at > s.told_at
        GROUP BY s.n
        """,
        began=[change.visit.began_at for change in changes],
        ended=[change.visit.ended_at for change in changes],
        decided=[change.former.decided_at if change.former else 0.0 for change in changes],
        is_new=[change.former is None for change in changes],
        around=AROUND_S,
        agent=day.agent.agent_id,
        begin=day.begin,
        end=day.end,
    )
    by_change = {r.n: Delivery(r.first_at, r.last_at, max(0.0, r.longest_s)) for r in found}
    return [by_change.get(n) for n in range(len(changes))]
