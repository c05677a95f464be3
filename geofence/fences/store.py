"""SQL of fences."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from data.session import Session, rows
from geofence.fence import Bounds


async def add_fences(session: Session, radius_m: Mapping[str, float], now: datetime) -> int:
    """Add a fence for each placed address that has none, its radius by the geocode's quality.

    Returns how many were added.
    """
    added = await rows(
        session,
        """
        INSERT INTO fence (id, branch_id, address_id, center, radius_m)
        SELECT uuid_v7(:at), d.branch_id, d.id, d.location, r.radius_m
        FROM address d JOIN unnest(CAST(:qualities AS text[]), CAST(:radii AS float8[]))
            AS r(quality, radius_m) ON r.quality = d.geocode_quality
        WHERE d.location IS NOT NULL AND NOT EXISTS (SELECT FROM fence WHERE address_id = d.id)
        ON CONFLICT (address_id) DO NOTHING RETURNING 1
        """,
        at=now,
        qualities=list(radius_m),
        radii=list(radius_m.values()),
    )
    return len(added)


async def move_fences(session: Session, radius_m: Mapping[str, float], now: datetime) -> None:
    """Put fences where the source or the geocoder has moved their address since, unless a point
    that was found in the field holds."""
    await session.execute(
        text(
            """
            UPDATE fence f SET center = d.location, radius_m = r.radius_m, changed_at = :now
            FROM address d JOIN unnest(CAST(:qualities AS text[]), CAST(:radii AS float8[]))
                AS r(quality, radius_m) ON r.quality = d.geocode_quality
            WHERE f.address_id = d.id AND f.point_origin = 'source' AND d.provenance <> 'field'
              AND d.location::geometry IS DISTINCT FROM f.center::geometry
            """
        ),
        {"qualities": list(radius_m), "radii": list(radius_m.values()), "now": now},
    )


async def features(
    session: Session,
    *,
    branch: str | None,
    within: Bounds | None,
    after: UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Fences in scope as GeoJSON features by id, from behind `after` on: the polygon where there is
    one, else the center with its radius. `branch` is a branch's code."""
    box = within or Bounds(-90.0, -180.0, 90.0, 180.0)
    found = await rows(
        session,
        """
        SELECT f.id, f.address_id, f.lat, f.lon, f.radius_m, f.point_version, f.point_origin,
               f.sole_witness, ST_AsGeoJSON(f.polygon, 7) AS shape, u.full_name, d.line
        FROM fence f JOIN address d ON d.id = f.address_id JOIN customer u ON u.id = d.customer_id
        JOIN branch b ON b.id = f.branch_id
        WHERE (CAST(:branch AS text) IS NULL OR b.code = :branch)
          AND (CAST(:after AS uuid) IS NULL OR f.id > :after)
          AND coalesce(f.north, f.lat) >= :south AND coalesce(f.south, f.lat) <= :north
          AND coalesce(f.east, f.lon) >= :west AND coalesce(f.west, f.lon) <= :east
        ORDER BY f.id LIMIT :limit
        """,
        branch=branch,
        after=after,
        limit=limit,
        **box._asdict(),
    )
    return [_feature(r) for r in found]


def _feature(r: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [r.lon, r.lat]}
    return {
        "type": "Feature",
        "id": str(r.id),
        "geometry": json.loads(r.shape) if r.shape else point,
        "properties": {
            "address_id": str(r.address_id),
            "customer": r.full_name,
            "address": r.line,
            "shape": "polygon" if r.shape else "circle",
            "center": {"lat": r.lat, "lon": r.lon},
            "radius_m": r.radius_m,
            "point_version": r.point_version,
            "point_origin": r.point_origin,
            "sole_witness": str(r.sole_witness) if r.sole_witness else None,
        },
    }
