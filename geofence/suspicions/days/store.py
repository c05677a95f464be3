"""SQL of days to judge: theirs all at once, each question asked once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from core.geometry import LatLon
from data.binary_array import read_floats, read_instants, read_reals
from data.session import Session, rows
from geofence.gaming.away import ReceiptClaim
from geofence.gaming.locked_doors import Outcomes
from geofence.gaming.on_the_way import CheckInClaim, Stay
from geofence.gaming.reused import ReusedFile
from geofence.spoofing.phone_day import PhoneDay
from geofence.suspicions.work import Claims, DayToJudge, Span

AGAIN_AFTER = timedelta(minutes=10)
"""How soon a day that goes on is looked at again."""

OVER_AFTER = timedelta(hours=1)
"""How long after its end a day's late pings are waited for."""

LATE_DAYS = 3
"""For how many days back pings that came later still have a day judged again."""


async def begin_sweep(session: Session) -> bool:
    """Whether no other worker is judging days; until the transaction's end."""
    (found,) = await rows(
        session, "SELECT pg_try_advisory_xact_lock(hashtext('judge_days')) AS is_ours"
    )
    is_ours: bool = found.is_ours
    return is_ours


# A day that is over is judged once as a whole, and again when late pings have changed its visits
# since: whoever forges a day does it for those.
_WAITING = """
WITH day AS MATERIALIZED (
    SELECT a.agent_id, a.branch_id, d.day, d.ago, a.received_at,
           d.day::timestamp AT TIME ZONE a.zone AS begins,
           (d.day + 1)::timestamp AT TIME ZONE a.zone AS ends
    FROM (SELECT p.agent_id, p.branch_id, b.zone, at.received_at,
                 (CAST(:now AS timestamptz) AT TIME ZONE b.zone)::date AS today
          FROM agent_profile p JOIN branch b ON b.id = p.branch_id
          LEFT JOIN agent_position at ON at.agent_id = p.agent_id) a
    CROSS JOIN LATERAL (SELECT a.today - ago AS day, ago
                        FROM generate_series(0, CAST(:late_days AS integer)) ago) d
)
SELECT d.agent_id, d.branch_id, d.day, d.begins, d.ends, d.ago > 0 AS is_over
FROM day d LEFT JOIN judged_day j ON j.agent_id = d.agent_id AND j.day = d.day
WHERE CASE WHEN d.ago = 0
    THEN d.received_at > coalesce(j.judged_at, d.begins)
         AND coalesce(j.judged_at <= CAST(:again AS timestamptz), true)
    ELSE d.ends <= CAST(:over AS timestamptz)
         AND (j.is_whole IS NOT true OR EXISTS (
             SELECT FROM visit v WHERE v.agent_id = d.agent_id AND v.day = d.day
             AND v.replaced_at IS NULL AND v.decided_at > j.judged_at))
    END
  AND EXISTS (SELECT FROM sign_on s WHERE s.agent_id = d.agent_id
              AND s.during && tstzrange(d.begins, d.ends))
ORDER BY coalesce(j.judged_at, d.begins), d.agent_id LIMIT :most
"""


async def days_waiting(session: Session, now: datetime, most: int) -> list[DayToJudge]:
    """The days that have waited longest: today's with new pings, and those that are over."""
    found = await rows(
        session,
        _WAITING,
        now=now,
        again=now - AGAIN_AFTER,
        over=now - OVER_AFTER,
        late_days=LATE_DAYS,
        most=most,
    )
    return [DayToJudge(*r) for r in found]


async def mark_judged(session: Session, days: Sequence[DayToJudge], now: datetime) -> None:
    """Write down that these days have been looked at."""
    await rows(
        session,
        """
        INSERT INTO judged_day (agent_id, day, branch_id, judged_at, is_whole)
        SELECT agent_id, day, branch_id, :now, is_over
        FROM unnest(CAST(:agents AS uuid[]), CAST(:days AS date[]), CAST(:branches AS uuid[]),
                    CAST(:over AS boolean[])) AS d (agent_id, day, branch_id, is_over)
        ON CONFLICT (agent_id, day)
        DO UPDATE SET judged_at = excluded.judged_at, is_whole = excluded.is_whole RETURNING 1
        """,
        now=now,
        agents=[day.agent_id for day in days],
        days=[day.day for day in days],
        branches=[day.branch_id for day in days],
        over=[day.is_over for day in days],
    )


# Pings are indexed by device and time, and the agents' phones lead to them without another index.
# One row for each phone, arrays in binary form: a million pings as rows would cost many seconds.
_PINGS = """
SELECT w.n - 1, p.* FROM unnest(%(agents)s::uuid[], %(begins)s::timestamptz[],
                                %(ends)s::timestamptz[])
     WITH ORDINALITY AS w (agent_id, begins, ends, n)
CROSS JOIN LATERAL (
    SELECT DISTINCT device_id FROM sign_on s
    WHERE s.agent_id = w.agent_id AND s.during && tstzrange(w.begins, w.ends)) c
CROSS JOIN LATERAL (
    SELECT array_agg(captured_at) AS captured_at, array_agg(received_at) AS received_at,
           array_agg(lat) AS lat, array_agg(lon) AS lon,
           array_agg(coalesce(accuracy_m, 'NaN')) AS accuracy_m,
           array_agg(coalesce(speed_mps, 'NaN')) AS speed_mps,
           array_agg(coalesce(heading_deg, 'NaN')) AS heading_deg,
           array_agg(coalesce(altitude_m, 'NaN')) AS altitude_m,
           array_agg(is_mock::integer::real) AS mock
    FROM ping WHERE device_id = c.device_id AND agent_id = w.agent_id
      AND captured_at >= w.begins AND captured_at < w.ends
) p WHERE p.captured_at IS NOT NULL ORDER BY 1, c.device_id
"""
_READERS = (
    read_instants, read_instants, read_floats, read_floats, read_reals, read_reals, read_reals,
    read_reals, read_reals,
)  # fmt: skip


async def pings_of(session: Session, spans: Sequence[Span]) -> list[PhoneDay]:
    """The pings of each of these stretches of time, in their order."""
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    parts: dict[int, list[list[np.ndarray[Any, Any]]]] = {}
    async with driver.cursor(binary=True) as cursor:
        asked = {
            "agents": [span.agent_id for span in spans],
            "begins": [span.begin for span in spans],
            "ends": [span.end for span in spans],
        }
        await cursor.execute(_PINGS, asked)
        for row in range(cursor.rowcount):
            number, *cells = (cursor.pgresult.get_value(row, column) for column in range(10))
            columns = [read(cell) for read, cell in zip(_READERS, cells, strict=True)]
            of_span = parts.setdefault(int.from_bytes(number), [])
            of_span.append([*columns, np.full(len(columns[0]), len(of_span))])
    nothing = [[np.zeros(0)] * 10]
    days = []
    for number in range(len(spans)):
        columns = [np.concatenate(c) for c in zip(*parts.get(number, nothing), strict=True)]
        t_s, received_s, lat, lon, *attributes, mock, device = columns
        accuracy_m, speed_mps, heading_deg, altitude_m = attributes
        days.append(
            PhoneDay(
                t_s, received_s, lat, lon, accuracy_m, speed_mps, heading_deg, altitude_m,
                mock.astype(bool), device.astype(int),
            )
        )  # fmt: skip
    return days


def older_than(day: DayToJudge, days: int) -> list[Span]:
    """The stretches of 24 hours before a day, in which its track may have been recorded."""
    backs = (timedelta(days=back) for back in range(1, days + 1))
    return [Span(day.agent_id, day.begin - back, day.end - back) for back in backs]


def _asked(days: Sequence[DayToJudge]) -> dict[str, Any]:
    return {
        "agents": [day.agent_id for day in days],
        "days": [day.day for day in days],
        "begins": [day.begin for day in days],
        "ends": [day.end for day in days],
    }


_DAYS = """unnest(CAST(:agents AS uuid[]), CAST(:days AS date[]),
                  CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[]))
           WITH ORDINALITY AS w (agent_id, day, begins, ends, n)"""


async def claims_of(session: Session, days: Sequence[DayToJudge]) -> list[Claims]:
    """What each of these days is held against."""
    asked, claims = _asked(days), [Claims() for _ in days]
    for r in await rows(session, _DOORS, **asked):
        claims[r.n].doors.append(LatLon(r.lat, r.lon))
    for r in await rows(session, _CHECK_INS, **asked):
        claims[r.n].check_ins.append(CheckInClaim(r.id, r.case_id, r.at_s))
    for r in await rows(session, _STAYS, **asked):
        claims[r.n].stays.append(Stay(r.began_s, r.ended_s, frozenset(r.case_ids)))
    for r in await rows(session, _RECEIPTS, **asked):
        claims[r.n].receipts.append(ReceiptClaim(*r[1:]))
    return claims


_DOORS = f"""
SELECT DISTINCT w.n - 1 AS n, f.lat, f.lon FROM {_DAYS}
JOIN assignment a ON a.agent_id = w.agent_id AND a.during && tstzrange(w.begins, w.ends)
JOIN case_file c ON c.id = a.case_id JOIN fence f ON f.address_id = c.address_id
"""  # noqa: S608 our own constant
_CHECK_INS = f"""
SELECT w.n - 1 AS n, i.id, i.case_id, extract(epoch FROM i.device_time)::float8 AS at_s
FROM {_DAYS} JOIN check_in i ON i.agent_id = w.agent_id
     AND i.device_time >= w.begins AND i.device_time < w.ends
"""  # noqa: S608 our own constant
_STAYS = f"""
SELECT w.n - 1 AS n, v.case_ids, extract(epoch FROM v.began_at)::float8 AS began_s,
       extract(epoch FROM v.ended_at)::float8 AS ended_s
FROM {_DAYS} JOIN visit v ON v.agent_id = w.agent_id AND v.day = w.day AND v.replaced_at IS NULL
"""  # noqa: S608 our own constant
_RECEIPTS = f"""
SELECT w.n - 1 AS n, r.id, s.prefix || '-' || lpad(r.number::text, 6, '0') AS number,
       extract(epoch FROM r.taken_at)::float8 AS at_s, r.distance_m,
       CAST(r.fix ->> 'accuracy_m' AS float8) AS accuracy_m, g.radius_m,
       EXISTS (SELECT FROM visit v WHERE v.agent_id = w.agent_id AND v.day = w.day
               AND v.replaced_at IS NULL AND r.case_id = ANY(v.case_ids)) AS visited
FROM {_DAYS} JOIN receipt r ON r.agent_id = w.agent_id
     AND r.taken_at >= w.begins AND r.taken_at < w.ends
JOIN receipt_series s ON s.id = r.series_id
JOIN case_file c ON c.id = r.case_id JOIN fence f ON f.address_id = c.address_id
-- Premises with a shape count as the circle around their box, as when the receipt was taken.
CROSS JOIN LATERAL (SELECT coalesce(
    ST_DistanceSphere(ST_MakePoint(f.west, f.south), ST_MakePoint(f.east, f.north)) / 2,
    f.radius_m) AS radius_m) g
WHERE r.distance_m > g.radius_m AND NOT 'fix_stale' = ANY(r.flags)
"""  # noqa: S608 our own constant


# The agent's own figures against those of the branch without him.
_OUTCOMES = """
WITH visited AS MATERIALIZED (
    SELECT o.agent_id, o.branch_id, count(*) AS visits,
           count(*) FILTER (WHERE o.outcome = ANY(CAST(:nobody AS text[]))) AS locked,
           array_agg(o.check_in_id ORDER BY o.device_time DESC)
               FILTER (WHERE o.outcome = ANY(CAST(:nobody AS text[]))) AS check_in_ids
    FROM check_out o WHERE o.device_time >= :since AND o.device_time < :until
    GROUP BY o.agent_id, o.branch_id
), branches AS (
    SELECT branch_id, sum(visits) AS visits, sum(locked) AS locked FROM visited GROUP BY branch_id
)
SELECT v.agent_id, v.branch_id, v.visits, v.locked, (b.visits - v.visits)::bigint AS others_visits,
       (b.locked - v.locked)::bigint AS others_locked,
       coalesce(v.check_in_ids[1:50], '{}') AS check_in_ids
FROM visited v JOIN branches b ON b.branch_id = v.branch_id WHERE v.locked > 0
"""


async def outcomes(
    session: Session, since: datetime, until: datetime, nobody: Sequence[str]
) -> list[Outcomes]:
    """What agents in scope reported when leaving customers; `nobody` are the outcomes that say
    that none answered."""
    found = await rows(session, _OUTCOMES, since=since, until=until, nobody=list(nobody))
    return [
        Outcomes(
            r.agent_id, r.branch_id, r.visits, r.locked, r.others_visits, r.others_locked,
            tuple(r.check_in_ids),
        )
        for r in found
    ]  # fmt: skip


# A customer's two accounts may share a photo of one visit. Bytes as the phone sent them: what a
# camera makes twice is never the same.
_REUSED = """
SELECT n.id, n.branch_id, n.agent_id, (n.device_time AT TIME ZONE b.zone)::date AS day, n.kind,
       n.device_time, f.id AS first_id, f.device_time AS first_taken_at,
       f.agent_id = n.agent_id AS same_agent, f.customer_id = c.customer_id AS same_customer
FROM attachment n JOIN branch b ON b.id = n.branch_id JOIN case_file c ON c.id = n.case_id
CROSS JOIN LATERAL (
    SELECT e.id, e.device_time, e.agent_id, d.customer_id
    FROM attachment e JOIN case_file d ON d.id = e.case_id
    WHERE e.original_sha256 = n.original_sha256 AND e.id <> n.id
      AND (e.server_time, e.id) < (n.server_time, n.id)
      AND (d.customer_id <> c.customer_id OR e.agent_id <> n.agent_id
           OR abs(extract(epoch FROM n.device_time - e.device_time)) > :apart_s)
    ORDER BY e.server_time, e.id LIMIT 1) f
WHERE n.server_time >= :since AND n.kind IN ('photo', 'signature', 'group_image')
"""


async def reused_files(session: Session, since: datetime, apart_s: float) -> list[ReusedFile]:
    """Photos and signatures taken in since then that were there before, for another customer or
    from another agent, or more than so long apart."""
    found = await rows(session, _REUSED, since=since, apart_s=apart_s)
    return [ReusedFile(*r) for r in found]
