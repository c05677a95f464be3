"""SQL of fences."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import text

from data.session import Session, rows


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


async def move_fences(session: Session, radius_m: Mapping[str, float]) -> None:
    """Put fences where the source or the geocoder has moved their address since."""
    await session.execute(
        text(
            """
            UPDATE fence f SET center = d.location, radius_m = r.radius_m
            FROM address d JOIN unnest(CAST(:qualities AS text[]), CAST(:radii AS float8[]))
                AS r(quality, radius_m) ON r.quality = d.geocode_quality
            WHERE f.address_id = d.id AND d.provenance <> 'field'
              AND d.location::geometry IS DISTINCT FROM f.center::geometry
            """
        ),
        {"qualities": list(radius_m), "radii": list(radius_m.values())},
    )
