"""SQL of the points of addresses, and of agents' pins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from core.geometry import LatLon
from core.ids import new_id
from data.columns import ewkt_point
from data.session import Session, rows
from data.tables.address_points import AddressPin, AddressPoint
from data.tables.geofence import Fence
from geofence.address_points.point import KnownAddress, PointVersion
from geofence.fence import GeocodeQuality, radius_for
from geofence.place import RADII_PER_SIGMA

if TYPE_CHECKING:
    from geofence.address_points.pin_address import Pin, PinReport


@dataclass(frozen=True, slots=True)
class CaseToPin:
    """A case whose address is to be pinned; `believed` is None where it has no point yet.

    A `lent` one is another branch's: its address is that branch's to place.
    """

    branch_id: UUID
    address_id: UUID
    believed: LatLon | None
    lent: bool


@dataclass(frozen=True, slots=True)
class StoredPin:
    """A pin as stored, with the hash of the body that made it."""

    pin: "Pin"
    agent_id: UUID
    body_hash: bytes


async def lock_fence(session: Session, address_id: UUID) -> bool:
    """Have an address's point move one at a time until the end; whether it has a fence."""
    found = await rows(
        session,
        "SELECT id FROM fence WHERE address_id = :address FOR NO KEY UPDATE",
        address=address_id,
    )
    return bool(found)


async def known_address(session: Session, address_id: UUID) -> KnownAddress | None:
    """An address in scope that has a fence, with all its points."""
    found = await rows(
        session,
        """
        SELECT d.id, d.branch_id, b.zone, d.line, u.full_name, f.point_version,
               ST_Y(d.location::geometry) AS lat, ST_X(d.location::geometry) AS lon,
               d.geocode_quality
        FROM address d JOIN fence f ON f.address_id = d.id JOIN branch b ON b.id = d.branch_id
        JOIN customer u ON u.id = d.customer_id WHERE d.id = :address
        """,
        address=address_id,
    )
    if not found:
        return None
    r = found[0]
    source = None
    if r.lat is not None:
        sigma_m = radius_for(GeocodeQuality(r.geocode_quality)) / RADII_PER_SIGMA
        source = PointVersion(
            0, "source", LatLon(r.lat, r.lon), sigma_m, (), None, None, None, None
        )
    past = await rows(
        session,
        """
        SELECT version, origin, ST_Y(location::geometry) AS lat, ST_X(location::geometry) AS lon,
               sigma_m, agents, made_at, made_by, proposal_id, note
        FROM address_point WHERE address_id = :address ORDER BY version DESC
        """,
        address=address_id,
    )
    return KnownAddress(
        r.id, r.branch_id, r.zone, r.line, r.full_name, r.point_version, source,
        tuple(_version(one) for one in past),
    )  # fmt: skip


def _version(r: Any) -> PointVersion:
    return PointVersion(
        r.version, r.origin, LatLon(r.lat, r.lon), r.sigma_m, tuple(r.agents), r.made_at, r.made_by,
        r.proposal_id, r.note,
    )  # fmt: skip


async def add_version(
    session: Session, known: KnownAddress, point: PointVersion, radius_m: float, now: datetime
) -> None:
    """Write the next point of an address whose fence is locked, and move the fence there."""
    source = known.source.location if known.source else None
    await session.execute(
        insert(AddressPoint).values(
            id=new_id(),
            branch_id=known.branch_id,
            address_id=known.address_id,
            version=point.version,
            location=ewkt_point(point.location),
            sigma_m=point.sigma_m,
            origin=point.origin,
            agents=list(point.agents),
            source_location=ewkt_point(source) if source else None,
            proposal_id=point.proposal_id,
            made_at=now,
            made_by=point.made_by,
            note=point.note,
        )
    )
    await session.execute(
        text(
            "UPDATE fence SET center = CAST(:at AS geography), radius_m = :radius,"
            " point_version = :version, point_origin = :origin, sole_witness = :witness,"
            " changed_at = :now WHERE address_id = :address"
        ),
        {
            "at": ewkt_point(point.location),
            "radius": radius_m,
            "version": point.version,
            "origin": point.origin,
            "witness": point.sole_witness,
            "now": now,
            "address": known.address_id,
        },
    )


async def agents_at(session: Session, address_ids: list[UUID], now: datetime) -> list[UUID]:
    """Who works these addresses or has been there within a day and a half, ascending."""
    found = await rows(
        session,
        """
        WITH fences AS MATERIALIZED (
            SELECT id, address_id, branch_id FROM fence
            WHERE address_id = ANY(CAST(:addresses AS uuid[]))
        ), working AS MATERIALIZED (
            SELECT a.agent_id FROM fences f JOIN case_file c ON c.address_id = f.address_id
            JOIN assignment a ON a.case_id = c.id AND upper_inf(a.during)
        )
        SELECT agent_id FROM working
        UNION SELECT v.agent_id FROM agent_profile p
        JOIN visit v ON v.agent_id = p.agent_id AND v.day >= CAST(:now AS date) - 1
        WHERE p.branch_id IN (SELECT branch_id FROM fences) AND v.replaced_at IS NULL
          AND v.fence_ids && ARRAY(SELECT id FROM fences)
        ORDER BY agent_id
        """,
        addresses=address_ids,
        now=now,
    )
    return [r.agent_id for r in found]


async def return_to_source(session: Session, radius_m: Mapping[str, float], now: datetime) -> int:
    """End pins that rest on one agent's word where the source has since placed the address.

    Its own point holds from now on. Returns how many there were.
    """
    moved = await rows(
        session,
        """
        WITH placed AS (
            UPDATE fence f SET center = d.location, radius_m = r.radius_m,
                   point_version = f.point_version + 1, point_origin = 'source',
                   sole_witness = NULL, changed_at = :now
            FROM address d JOIN unnest(CAST(:qualities AS text[]), CAST(:radii AS float8[]))
                AS r(quality, radius_m) ON r.quality = d.geocode_quality
            WHERE f.address_id = d.id AND f.point_origin = 'pinned' AND f.sole_witness IS NOT NULL
              AND d.location IS NOT NULL
            RETURNING f.branch_id, f.address_id, f.point_version, f.center, f.radius_m
        )
        INSERT INTO address_point (id, branch_id, address_id, version, location, sigma_m, origin,
                                   agents, source_location, made_at, note)
        SELECT uuid_v7(:now), branch_id, address_id, point_version, center, radius_m / :radii_each,
               'source', '{}', center, :now, 'The source has placed the address since'
        FROM placed RETURNING 1
        """,
        qualities=list(radius_m),
        radii=list(radius_m.values()),
        radii_each=RADII_PER_SIGMA,
        now=now,
    )
    return len(moved)


async def case_to_pin(session: Session, case_id: UUID) -> CaseToPin | None:
    """A case in scope and where its address is believed to be."""
    found = await rows(
        session,
        "SELECT c.branch_id, c.address_id, f.lat, f.lon, c.id = ANY (scope_lent_cases()) AS lent"
        " FROM case_file c"
        " LEFT JOIN fence f ON f.address_id = c.address_id WHERE c.id = :case",
        case=case_id,
    )
    if not found:
        return None
    r = found[0]
    believed = None if r.lat is None else LatLon(r.lat, r.lon)
    return CaseToPin(r.branch_id, r.address_id, believed, r.lent)


async def add_fence(
    session: Session, branch_id: UUID, address_id: UUID, center: LatLon, radius_m: float
) -> bool:
    """Give an address that has none a fence. False when somebody was faster."""
    added = await session.execute(
        upsert(Fence)
        .values(
            id=new_id(),
            branch_id=branch_id,
            address_id=address_id,
            center=ewkt_point(center),
            radius_m=radius_m,
        )
        .on_conflict_do_nothing(index_elements=["address_id"])
        .returning(Fence.id)
    )
    return added.scalar_one_or_none() is not None


async def pin(session: Session, pin_id: UUID) -> StoredPin | None:
    """A pin in scope by its id."""
    from geofence.address_points.pin_address import Pin as Answer

    row = await session.scalar(select(AddressPin).where(AddressPin.id == pin_id))
    if row is None:
        return None
    answer = Answer(
        row.id, row.case_id, row.address_id, row.device_time, row.server_time, row.is_placed,
        row.distance_m, tuple(row.reasons),
    )  # fmt: skip
    return StoredPin(answer, row.agent_id, row.body_hash)


async def add_pin(
    session: Session, branch_id: UUID, agent_id: UUID, report: "PinReport", taken: "Pin"
) -> bool:
    """Store a pin. False when its id is taken, by whomever."""
    added = await session.execute(
        upsert(AddressPin)
        .values(
            id=taken.id,
            branch_id=branch_id,
            agent_id=agent_id,
            case_id=taken.case_id,
            address_id=taken.address_id,
            device_time=taken.device_time,
            server_time=taken.server_time,
            fix=report.fix.as_json(),
            note=report.note,
            is_placed=taken.is_placed,
            distance_m=taken.distance_m,
            reasons=list(taken.reasons),
            body_hash=report.body_hash,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(AddressPin.id)
    )
    return added.scalar_one_or_none() is not None
