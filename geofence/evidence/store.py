"""SQL of evidence: what is to be sealed, chains, and what packs are made of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from data.session import Session, rows
from data.tables.evidence import Evidence
from geofence.evidence.chain import Head, origin
from geofence.evidence.record import FACTS, Draft, Kind, Record, Span


def _utc(column: str) -> str:
    """A time in SQL as `record.instant` writes it."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


VISIT_BODY = f"""
    json_build_object(
        'id', v.id, 'first_id', v.first_id, 'version', v.version, 'change', v.change, 'day', v.day,
        'began_at', {_utc("v.began_at")}, 'ended_at', {_utc("v.ended_at")},
        'is_closed', v.is_closed, 'lat', ST_Y(v.location::geometry),
        'lon', ST_X(v.location::geometry), 'uncertainty_m', v.uncertainty_m,
        'pings', v.ping_count, 'posterior', v.posterior, 'verdict', v.verdict,
        'reasons', v.reasons, 'decided_at', {_utc("v.decided_at")},
        'pings_from', {_utc("v.pings_from")}, 'pings_until', {_utc("v.pings_until")},
        'pings_delay_s', v.pings_delay_s,
        'fence_ids', to_json(v.fence_ids), 'case_ids', to_json(v.case_ids))
"""
CHECK_IN_BODY = f"""
    json_build_object('check_in', json_build_object(
        'id', f.id, 'case_id', f.case_id, 'device_time', {_utc("f.device_time")},
        'server_time', {_utc("f.server_time")}, 'fix', f.fix, 'distance_m', f.distance_m,
        'reason', f.reason, 'reason_code', f.reason_code, 'verdict', f.verdict,
        'reasons', f.reasons,
        'body_sha256', encode(f.body_hash, 'hex')))
"""
CHECK_OUT_BODY = f"""
    json_build_object('check_out', json_build_object(
        'id', f.id, 'check_in_id', f.check_in_id, 'device_time', {_utc("f.device_time")},
        'server_time', {_utc("f.server_time")}, 'fix', f.fix, 'outcome', f.outcome,
        'note', f.note, 'distance_m', f.distance_m, 'reasons', f.reasons,
        'body_sha256', encode(f.body_hash, 'hex')))
"""
ATTACHMENT_BODY = f"""
    json_build_object('attachment', json_build_object(
        'id', f.id, 'kind', f.kind, 'case_id', f.case_id, 'check_in_id', f.check_in_id,
        'device_time', {_utc("f.device_time")}, 'server_time', {_utc("f.server_time")},
        'media_type', f.media_type, 'size_bytes', f.size_bytes,
        'original_sha256', encode(f.original_sha256, 'hex'),
        'stored_sha256', encode(f.stored_sha256, 'hex'), 'exif', f.exif))
"""
FACT_BODIES: Mapping[Kind, tuple[str, str]] = {
    Kind.CHECK_IN: ("check_in", CHECK_IN_BODY),
    Kind.CHECK_OUT: ("check_out", CHECK_OUT_BODY),
    Kind.ATTACHMENT: ("attachment", ATTACHMENT_BODY),
}
"""The table of each kind of fact, and the body that its records have."""

_SPANS = """unnest(CAST(:agents AS uuid[]), CAST(:begins AS timestamptz[]),
                   CAST(:ends AS timestamptz[]))
            WITH ORDINALITY AS w (agent_id, begin_at, end_at, n)"""


def _asked(spans: Sequence[Span]) -> dict[str, Any]:
    return {
        "agents": [span.agent_id for span in spans],
        "begins": [span.begin for span in spans],
        "ends": [span.end for span in spans],
    }


async def unsealed_facts(session: Session, since: Mapping[UUID, datetime]) -> list[Draft]:
    """What these agents reported from their times on (by device time) and no record holds yet."""
    facts = " UNION ALL ".join(
        f"""
        SELECT f.agent_id, f.branch_id, '{kind}' AS kind, f.device_time, f.id, {body} AS body
        FROM unnest(CAST(:agents AS uuid[]), CAST(:since AS timestamptz[])) AS w (agent_id, since)
        JOIN {table} f ON f.agent_id = w.agent_id AND f.device_time >= w.since
        WHERE NOT EXISTS (SELECT FROM evidence e WHERE e.fact_id = f.id)
        """  # noqa: S608 our own constants
        for kind, (table, body) in FACT_BODIES.items()
    )
    found = await rows(
        session,
        f"SELECT * FROM ({facts}) f ORDER BY device_time, id",  # noqa: S608
        agents=list(since),
        since=list(since.values()),
    )
    return [
        Draft(r.agent_id, r.branch_id, Kind(r.kind), r.device_time, r.body, fact_id=r.id)
        for r in found
    ]


async def heads_of(session: Session, agent_ids: Collection[UUID]) -> dict[UUID, Head]:
    """The newest record of each agent's chain; only who holds an agent's lock may add behind it."""
    found = await rows(
        session,
        """
        SELECT w.agent_id, e.seq, e.hash, e.sealed_at
        FROM unnest(CAST(:agents AS uuid[])) AS w (agent_id) CROSS JOIN LATERAL (
            SELECT seq, hash, sealed_at FROM evidence WHERE agent_id = w.agent_id
            ORDER BY seq DESC LIMIT 1
        ) e
        """,
        agents=list(agent_ids),
    )
    known = {r.agent_id: Head(r.seq, bytes(r.hash), r.sealed_at) for r in found}
    return {agent: known.get(agent) or Head(0, origin(agent), None) for agent in agent_ids}


async def add(session: Session, records: Sequence[Record]) -> None:
    """Append records, each behind the one before it. Nothing can change them afterwards."""
    await session.execute(
        insert(Evidence),
        [
            {
                "agent_id": record.draft.agent_id,
                "seq": record.seq,
                "branch_id": record.draft.branch_id,
                "kind": record.draft.kind.value,
                "visit_id": record.draft.visit_id,
                "replaces_id": record.draft.replaces_id,
                "fact_id": record.draft.fact_id,
                "happened_at": record.draft.happened_at,
                "sealed_at": record.sealed_at,
                "previous": record.previous,
                "content": record.content,
                "content_hash": record.content_hash,
                "hash": record.hash,
            }
            for record in records
        ],
    )


async def visit_bodies(session: Session, visit_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Versions of visits as they are stored, in the form that records hold."""
    found = await rows(
        session,
        f"SELECT v.id, {VISIT_BODY} AS body FROM visit v"  # noqa: S608 our own constant
        " WHERE v.id = ANY(CAST(:ids AS uuid[]))",
        ids=list(visit_ids),
    )
    return {r.id: r.body for r in found}


async def pings_of(session: Session, spans: Sequence[Span]) -> list[list[dict[str, Any]]]:
    """The pings of each span as their devices reported them, in order of their time."""
    # JSON made by the database, so that a single-precision 12.3 stays 12.3; attributes as the
    # text that the database has of them, for their numbers may be of any size.
    found = await rows(
        session,
        f"""
        SELECT w.n - 1 AS n, p.pings FROM {_SPANS} CROSS JOIN LATERAL (
            SELECT json_agg(json_build_object(
                'device_id', device_id, 'captured_at', {_utc("captured_at")},
                'received_at', {_utc("received_at")}, 'lat', lat, 'lon', lon,
                'accuracy_m', accuracy_m, 'speed_mps', speed_mps, 'heading_deg', heading_deg,
                'altitude_m', altitude_m, 'battery_pct', battery_pct, 'is_mock', is_mock,
                'attributes', attributes::text
            ) ORDER BY captured_at, device_id, lat, lon) AS pings
            FROM ping
            WHERE device_id = ANY(ARRAY(
                      SELECT device_id FROM sign_on s WHERE s.agent_id = w.agent_id
                      AND s.during && tstzrange(w.begin_at, w.end_at)))
              AND ping.agent_id = w.agent_id AND captured_at >= w.begin_at
              AND captured_at < w.end_at
        ) p WHERE p.pings IS NOT NULL
        """,  # noqa: S608 our own constant
        **_asked(spans),
    )
    by_span: list[list[dict[str, Any]]] = [[] for _ in spans]
    for r in found:
        by_span[r.n] = r.pings
    return by_span


async def facts_within(session: Session, spans: Sequence[Span]) -> list[list[tuple[int, bytes]]]:
    """Of each span the records (number and hash) of what the agent reported in it."""
    found = await rows(
        session,
        f"""
        SELECT w.n - 1 AS n, e.seq, e.hash FROM {_SPANS}
        JOIN evidence e ON e.agent_id = w.agent_id AND e.kind = ANY(:kinds)
             AND e.happened_at >= w.begin_at AND e.happened_at < w.end_at
        ORDER BY w.n, e.seq
        """,  # noqa: S608 our own constant
        **_asked(spans),
        kinds=[kind.value for kind in FACTS],
    )
    by_span: list[list[tuple[int, bytes]]] = [[] for _ in spans]
    for r in found:
        by_span[r.n].append((r.seq, bytes(r.hash)))
    return by_span
