"""SQL of proposals: what visits say of addresses, and what supervisors decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.geometry import LatLon
from core.ids import new_id
from data.rows_json import as_json
from data.session import Session, rows
from geofence.address_points.estimate import Estimate
from geofence.address_points.point import quality_of, radius_of
from geofence.address_points.proposals.proposal import Former, Proposal, Witness
from geofence.place import RADII_PER_SIGMA

_STATE = """
CASE WHEN r.decision IS NOT NULL THEN r.decision
     WHEN p.base_version <> f.point_version OR f.polygon IS NOT NULL OR EXISTS (
         SELECT FROM address_point_proposal n WHERE n.address_id = p.address_id
         AND (n.proposed_at, n.id) > (p.proposed_at, p.id)) THEN 'outdated'
     ELSE 'open' END
"""


async def lock_sweep(session: Session) -> None:
    """Have one sweep at a time, until the end."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('address_points.propose', 0))")
    )


async def newest_of(session: Session, addresses: Sequence[UUID]) -> dict[UUID, Former]:
    """The newest proposal for each of these addresses, where there is one."""
    found = await rows(
        session,
        f"""
        SELECT DISTINCT ON (p.address_id) p.address_id, ST_Y(p.location::geometry) AS lat,
               ST_X(p.location::geometry) AS lon, p.sigma_m, p.agents, p.base_version,
               {_STATE} AS state
        FROM address_point_proposal p JOIN fence f ON f.address_id = p.address_id
        LEFT JOIN address_point_review r ON r.proposal_id = p.id
        WHERE p.address_id = ANY(CAST(:addresses AS uuid[]))
        ORDER BY p.address_id, p.proposed_at DESC, p.id DESC
        """,  # noqa: S608 our own constant
        addresses=list(addresses),
    )
    return {
        r.address_id: Former(
            LatLon(r.lat, r.lon), r.sigma_m, tuple(r.agents), r.base_version, r.state
        )
        for r in found
    }


async def add_proposals(session: Session, news: Sequence[Estimate], now: datetime) -> None:
    """Store proposals with the visits that they rest on."""
    if not news:
        return
    ids = [new_id() for _ in news]
    proposals = [
        {
            "id": id_,
            "branch_id": one.believed.branch_id,
            "address_id": one.believed.address_id,
            "base_version": one.believed.version,
            "at": f"POINT({one.center.lon!r} {one.center.lat!r})",
            "sigma_m": one.sigma_m,
            "quality": quality_of(one.sigma_m).value,
            "distance_m": one.distance_m,
            "agents": one.agents,
            "visits": len(one.agreeing),
        }
        for id_, one in zip(ids, news, strict=True)
    ]
    witnesses = [
        {
            "proposal_id": id_,
            "visit_id": visit.id,
            "branch_id": one.believed.branch_id,
            "agent_id": visit.agent_id,
            "at": f"POINT({visit.center.lon!r} {visit.center.lat!r})",
            "sigma_m": visit.sigma_m,
            "confirmed_by": visit.confirmed_by,
            "agrees": visit.id in one.agreeing,
        }
        for id_, one in zip(ids, news, strict=True)
        for visit in one.visits
    ]
    await session.execute(
        text(
            """
            INSERT INTO address_point_proposal (id, branch_id, address_id, base_version, location,
                sigma_m, quality, distance_m, agents, visits, proposed_at)
            SELECT id, branch_id, address_id, base_version, ST_GeogFromText(at), sigma_m, quality,
                   distance_m, agents, visits, :now
            FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g (id uuid, branch_id uuid,
                address_id uuid, base_version int, at text, sigma_m float8, quality text,
                distance_m float8, agents uuid[], visits int)
            """
        ),
        {"given": as_json(proposals), "now": now},
    )
    await session.execute(
        text(
            """
            INSERT INTO address_point_witness (proposal_id, visit_id, branch_id, agent_id, location,
                sigma_m, confirmed_by, agrees)
            SELECT proposal_id, visit_id, branch_id, agent_id, ST_GeogFromText(at), sigma_m,
                   confirmed_by, agrees
            FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g (proposal_id uuid, visit_id uuid,
                branch_id uuid, agent_id uuid, at text, sigma_m float8, confirmed_by text,
                agrees boolean)
            """
        ),
        {"given": as_json(witnesses)},
    )


_PROPOSALS = f"""
SELECT p.id, p.branch_id, p.address_id, b.zone, u.full_name AS customer, d.line, p.base_version,
       ST_Y(p.location::geometry) AS lat, ST_X(p.location::geometry) AS lon, p.sigma_m, p.quality,
       ST_Distance(p.location, f.center) AS distance_m, p.agents,
       ARRAY(SELECT s.full_name FROM unnest(p.agents) WITH ORDINALITY AS a (id, n)
             JOIN staff s ON s.id = a.id ORDER BY a.n) AS agent_names,
       p.visits, p.proposed_at, {_STATE} AS state, f.lat AS now_lat, f.lon AS now_lon,
       f.point_origin, coalesce(a.sigma_m, f.radius_m / :radii) AS now_sigma_m,
       s.full_name AS reviewed_by, r.reviewed_at, r.note
FROM address_point_proposal p JOIN fence f ON f.address_id = p.address_id
JOIN address d ON d.id = p.address_id JOIN customer u ON u.id = d.customer_id
JOIN branch b ON b.id = p.branch_id
LEFT JOIN address_point a ON a.address_id = f.address_id AND a.version = f.point_version
LEFT JOIN address_point_review r ON r.proposal_id = p.id
LEFT JOIN staff s ON s.id = r.reviewed_by
"""  # noqa: S608 our own constant


def _proposal(r: Any) -> Proposal:
    return Proposal(
        r.id, r.branch_id, r.address_id, r.zone, r.customer, r.line, r.base_version,
        LatLon(r.lat, r.lon), r.sigma_m, r.quality, r.distance_m, tuple(r.agents),
        tuple(r.agent_names), r.visits, r.proposed_at, r.state, LatLon(r.now_lat, r.now_lon),
        r.point_origin, r.now_sigma_m, r.reviewed_by, r.reviewed_at, r.note,
    )  # fmt: skip


async def proposals(
    session: Session,
    *,
    state: str | None,
    branch: str | None,
    min_witnesses: int,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Proposal]:
    """Proposals in scope, the newest first, from behind `after` on. `branch` is a branch's code."""
    before_at, before_id = after or (None, None)
    found = await rows(
        session,
        f"""
        SELECT * FROM ({_PROPOSALS}
            WHERE (CAST(:branch AS text) IS NULL OR b.code = :branch)
              AND cardinality(p.agents) >= :witnesses
              AND (CAST(:before_at AS timestamptz) IS NULL
                   OR (p.proposed_at, p.id) < (:before_at, CAST(:before_id AS uuid)))) p
        WHERE CAST(:state AS text) IS NULL OR state = :state
        ORDER BY proposed_at DESC, id DESC LIMIT :limit
        """,  # noqa: S608 our own constant
        state=state,
        branch=branch,
        witnesses=min_witnesses,
        before_at=before_at,
        before_id=before_id,
        limit=limit,
        radii=RADII_PER_SIGMA,
    )
    return [_proposal(r) for r in found]


async def proposals_by_id(session: Session, ids: Sequence[UUID]) -> list[Proposal]:
    """These proposals, as far as they are in scope."""
    found = await rows(
        session,
        _PROPOSALS + "WHERE p.id = ANY(CAST(:ids AS uuid[]))",
        ids=list(ids),
        radii=RADII_PER_SIGMA,
    )
    return [_proposal(r) for r in found]


async def witnesses_of(session: Session, proposal_id: UUID) -> list[Witness]:
    """The visits that a proposal rests on, in order of time."""
    found = await rows(
        session,
        """
        SELECT w.visit_id, w.agent_id, s.full_name, ST_Y(w.location::geometry) AS lat,
               ST_X(w.location::geometry) AS lon, w.sigma_m, v.began_at, v.verdict, w.confirmed_by,
               w.agrees
        FROM address_point_witness w JOIN visit v ON v.id = w.visit_id
        JOIN staff s ON s.id = w.agent_id WHERE w.proposal_id = :proposal
        ORDER BY v.began_at, w.visit_id
        """,
        proposal=proposal_id,
    )
    return [
        Witness(
            r.visit_id, r.agent_id, r.full_name, LatLon(r.lat, r.lon), r.sigma_m, r.began_at,
            r.verdict, r.confirmed_by, r.agrees,
        )
        for r in found
    ]  # fmt: skip


async def lock_addresses(session: Session, ids: Sequence[UUID]) -> None:
    """Have nobody else decide on the addresses of these proposals until the end."""
    await session.execute(
        text(
            "SELECT f.id FROM fence f WHERE f.address_id IN (SELECT address_id"
            " FROM address_point_proposal WHERE id = ANY(CAST(:ids AS uuid[])))"
            " ORDER BY f.id FOR NO KEY UPDATE"
        ),
        {"ids": list(ids)},
    )


async def add_reviews(
    session: Session,
    decided: Sequence[Proposal],
    decision: str,
    staff_id: UUID,
    note: str | None,
    now: datetime,
) -> None:
    """Write down what a supervisor decided on these proposals."""
    await session.execute(
        text(
            "INSERT INTO address_point_review (proposal_id, agents, branch_id, decision, note,"
            " reviewed_at, reviewed_by)"
            " SELECT id, agents, branch_id, :decision, :note, :now, :staff"
            " FROM address_point_proposal WHERE id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"ids": [p.id for p in decided], "decision": decision, "note": note, "now": now,
         "staff": staff_id},
    )  # fmt: skip


async def move_to_proposals(
    session: Session, accepted: Sequence[Proposal], staff_id: UUID, note: str | None, now: datetime
) -> None:
    """Have the points of these proposals, whose addresses are locked, hold from now on."""
    await session.execute(
        text(
            """
            WITH taken AS MATERIALIZED (
                SELECT p.*, g.radius_m FROM address_point_proposal p
                JOIN unnest(CAST(:ids AS uuid[]), CAST(:radii AS float8[])) AS g (id, radius_m)
                     ON g.id = p.id
            ), moved AS (
                UPDATE fence f SET center = t.location, radius_m = t.radius_m,
                       point_version = f.point_version + 1, point_origin = 'accepted',
                       sole_witness = CASE WHEN cardinality(t.agents) = 1 THEN t.agents[1] END,
                       changed_at = :now
                FROM taken t WHERE f.address_id = t.address_id
                RETURNING f.address_id, f.point_version
            )
            INSERT INTO address_point (id, branch_id, address_id, version, location, sigma_m,
                origin, agents, source_location, proposal_id, made_at, made_by, note)
            SELECT uuid_v7(:now), t.branch_id, t.address_id, m.point_version, t.location, t.sigma_m,
                   'accepted', t.agents, d.location, t.id, :now, :staff, :note
            FROM taken t JOIN moved m ON m.address_id = t.address_id
            JOIN address d ON d.id = t.address_id
            """
        ),
        {"ids": [p.id for p in accepted], "radii": [radius_of(p.sigma_m) for p in accepted],
         "staff": staff_id, "note": note, "now": now},
    )  # fmt: skip
