"""SQL of gaps between pings and of agents at two places. Writes nothing."""

from core.geometry import METRES_PER_DEGREE
from data.session import Session
from geofence.findings.finding import Found, Kind
from geofence.findings.store import Asked, page
from identity.policies.policy import DEFAULTS
from tracking.accuracy import FLOOR_M, SCALE, UNKNOWN_M

TOGETHER_S = 60.0
"""Positions so long after another are compared."""

FASTEST_MPS = 35.0
"""Faster than this nobody drives from door to door; so far apart may honest positions be."""

APART_M = 300.0
"""Added to what errors and speed explain: a phone in the car while its agent is in the yard."""

APART_SIGMAS = 3.0

# Duty as the live map has it: in a shift of the branch's day, or signed on where there is none.
# A day of pings is not read for this: a gap of some length holds an empty interval of half the
# length, and whether one is empty the index tells. Bounds are columns, made beforehand: row-level
# security keeps a comparison with anything computed on the spot from using an index.
_PHONES = """
phone AS MATERIALIZED (
    SELECT DISTINCT g.agent_id, s.device_id FROM ground g
    JOIN sign_on s ON s.agent_id = g.agent_id AND s.during && tstzrange(g.begins, g.ends)
)
"""

_GAP = f"""
{_PHONES}, patience AS MATERIALIZED (
    SELECT branch_id, 60 * coalesce(branch_policy(branch_id, 'stale_after_min')::float8, :minutes)
           AS quiet_s
    FROM (SELECT DISTINCT branch_id FROM ground) b
), shifts AS MATERIALIZED (
    SELECT g.agent_id, greatest(lower(s.during), g.begins) AS since,
           least(upper(s.during), s.absent_since, g.ends) AS until
    FROM ground g JOIN shift s ON s.agent_id = g.agent_id
         AND s.during && tstzrange(g.begins, g.ends)
), duty AS MATERIALIZED (
    SELECT d.agent_id, p.quiet_s, d.since, least(d.until, :now) AS until
    FROM (SELECT * FROM shifts UNION ALL
          SELECT g.agent_id, greatest(lower(o.during), g.begins), least(upper(o.during), g.ends)
          FROM ground g JOIN sign_on o ON o.agent_id = g.agent_id
               AND o.during && tstzrange(g.begins, g.ends)
          WHERE g.agent_id NOT IN (SELECT agent_id FROM shifts)) d
    JOIN ground g ON g.agent_id = d.agent_id JOIN patience p ON p.branch_id = g.branch_id
), slot AS MATERIALIZED (
    SELECT agent_id, quiet_s, since, until, t AS slot_from,
           t + make_interval(secs => quiet_s / 2) AS slot_to
    FROM duty CROSS JOIN LATERAL generate_series(
        since, until - make_interval(secs => quiet_s / 2), make_interval(secs => quiet_s / 2)) t
), silent AS MATERIALIZED (
    SELECT s.agent_id, s.quiet_s, s.since, s.until, s.slot_from, s.slot_to
    FROM slot s LEFT JOIN phone f ON f.agent_id = s.agent_id
    LEFT JOIN LATERAL (
        SELECT 1 AS one FROM ping p WHERE p.device_id = f.device_id
        AND p.captured_at >= s.slot_from AND p.captured_at < s.slot_to
        AND p.agent_id = s.agent_id LIMIT 1) p ON true
    GROUP BY s.agent_id, s.quiet_s, s.since, s.until, s.slot_from, s.slot_to
    HAVING count(p.one) = 0
), gap AS (
    SELECT DISTINCT s.agent_id, s.quiet_s, coalesce(e.last_at, s.since) AS began_at,
           coalesce(e.next_at, s.until) AS ended_at
    FROM silent s LEFT JOIN LATERAL (
        SELECT max(b.captured_at) AS last_at, min(a.captured_at) AS next_at FROM phone f
        LEFT JOIN LATERAL (
            SELECT p.captured_at FROM ping p WHERE p.device_id = f.device_id
            AND p.captured_at >= s.since AND p.captured_at < s.slot_from
            AND p.agent_id = s.agent_id ORDER BY p.captured_at DESC LIMIT 1) b ON true
        LEFT JOIN LATERAL (
            SELECT p.captured_at FROM ping p WHERE p.device_id = f.device_id
            AND p.captured_at >= s.slot_to AND p.captured_at <= s.until
            AND p.agent_id = s.agent_id ORDER BY p.captured_at LIMIT 1) a ON true
        WHERE f.agent_id = s.agent_id) e ON true
), found AS (
    SELECT md5('gap' || g.agent_id || g.began_at)::uuid AS id, g.agent_id, g.began_at, g.ended_at,
           jsonb_build_object('lasted_s', extract(epoch FROM g.ended_at - g.began_at),
                              'quiet_s', g.quiet_s) AS figures,
           CAST('{{}}' AS uuid[]) AS visit_ids, CAST('{{}}' AS uuid[]) AS stop_ids,
           CAST('{{}}' AS uuid[]) AS case_ids
    FROM gap g
    WHERE g.ended_at - g.began_at > make_interval(secs => g.quiet_s)
      AND NOT EXISTS (SELECT FROM seen v WHERE v.agent_id = g.agent_id
                      AND v.began_at <= g.began_at AND v.ended_at >= g.ended_at)
)
"""  # noqa: S608 our own constant

_TWO_PLACES = f"""
{_PHONES}, fact AS (
    SELECT 'check_in' AS shown_by, i.id, i.agent_id, i.case_id, i.fix FROM ground g
    JOIN check_in i ON i.agent_id = g.agent_id
         AND i.device_time >= g.begins AND i.device_time < g.ends
    UNION ALL
    SELECT 'check_out', o.id, o.agent_id, i.case_id, o.fix FROM ground g
    JOIN check_in i ON i.agent_id = g.agent_id
         AND i.device_time >= g.begins AND i.device_time < g.ends
    JOIN check_out o ON o.check_in_id = i.id
    UNION ALL
    SELECT 'receipt', r.id, r.agent_id, r.case_id, r.fix FROM ground g
    JOIN receipt r ON r.agent_id = g.agent_id AND r.taken_at >= g.begins AND r.taken_at < g.ends
), several AS (
    SELECT agent_id FROM phone GROUP BY agent_id HAVING count(*) > 1
), shown AS (
    SELECT shown_by, id, agent_id, case_id, NULL::uuid AS device_id,
           CAST(fix->>'captured_at' AS timestamptz) AS at, CAST(fix->>'lat' AS float8) AS lat,
           CAST(fix->>'lon' AS float8) AS lon, CAST(fix->>'accuracy_m' AS float8) AS accuracy_m
    FROM fact WHERE fix IS NOT NULL AND jsonb_typeof(fix) = 'object'
    UNION ALL
    SELECT 'phone', f.device_id, f.agent_id, NULL, f.device_id, p.captured_at, p.lat, p.lon,
           p.accuracy_m
    FROM several s JOIN ground g ON g.agent_id = s.agent_id
    JOIN phone f ON f.agent_id = s.agent_id
    JOIN ping p ON p.device_id = f.device_id AND p.agent_id = f.agent_id
         AND p.captured_at >= g.begins AND p.captured_at < g.ends
), bounded AS MATERIALIZED (
    SELECT *, at - make_interval(secs => :together) AS since,
           at + make_interval(secs => :together) AS until,
           :metres * cos(radians(lat)) AS metres_lon
    FROM shown
), apart AS (
    SELECT b.*, n.device_id AS other_id, n.apart_s,
           sqrt(((n.lat - b.lat) * :metres) ^ 2 + ((n.lon - b.lon) * b.metres_lon) ^ 2)
               AS distance_m,
           CASE WHEN b.accuracy_m > 0 THEN greatest(:floor, :scale * b.accuracy_m)
                ELSE :unknown END AS sigma_m,
           CASE WHEN n.accuracy_m > 0 THEN greatest(:floor, :scale * n.accuracy_m)
                ELSE :unknown END AS other_sigma_m
    FROM bounded b JOIN phone f ON f.agent_id = b.agent_id
         AND (b.device_id IS NULL OR f.device_id > b.device_id)
    CROSS JOIN LATERAL (
        SELECT p.device_id, p.lat, p.lon, p.accuracy_m,
               abs(extract(epoch FROM p.captured_at - b.at))::float8 AS apart_s
        FROM ping p WHERE p.device_id = f.device_id AND p.captured_at >= b.since
          AND p.captured_at <= b.until AND p.agent_id = b.agent_id
        ORDER BY abs(extract(epoch FROM p.captured_at - b.at)), p.lat, p.lon LIMIT 1) n
), found AS (
    SELECT md5('two_places' || shown_by || id || coalesce(CASE WHEN shown_by = 'phone'
               THEN other_id::text END, ''))::uuid AS id, agent_id,
           min(at) AS began_at, max(at) AS ended_at,
           jsonb_build_object('distance_m', round(max(distance_m)::numeric, 1),
               'apart_s', round((array_agg(apart_s ORDER BY distance_m DESC))[1]::numeric, 1),
               'shown_by', shown_by) AS figures,
           CAST('{{}}' AS uuid[]) AS visit_ids, CAST('{{}}' AS uuid[]) AS stop_ids,
           coalesce(array_agg(DISTINCT case_id) FILTER (WHERE case_id IS NOT NULL), '{{}}')
               AS case_ids
    FROM apart
    WHERE distance_m > :apart + :sigmas * sqrt(sigma_m ^ 2 + other_sigma_m ^ 2)
                       + :fastest * apart_s
    GROUP BY shown_by, id, agent_id, CASE WHEN shown_by = 'phone' THEN other_id::text END
)
"""  # noqa: S608 our own constant


async def gaps(session: Session, asked: Asked) -> list[Found]:
    """Times on duty without a ping, longer than the branch's `stale_after_min`, in no visit."""
    more = {"minutes": float(DEFAULTS["stale_after_min"])}
    return await page(session, Kind.GAP, asked, _GAP, more)


async def two_places(session: Session, asked: Asked) -> list[Found]:
    """Positions of an agent that no one phone can have had: shown with a fact, or by another
    phone, further from the pings of the same minute than errors and speed explain."""
    more = {
        "together": TOGETHER_S, "metres": METRES_PER_DEGREE, "apart": APART_M,
        "sigmas": APART_SIGMAS, "fastest": FASTEST_MPS, "floor": FLOOR_M, "scale": SCALE,
        "unknown": UNKNOWN_M,
    }  # fmt: skip
    return await page(session, Kind.TWO_PLACES, asked, _TWO_PLACES, more)
