"""SQL of the shapes of fences."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.geometry import LatLon
from data.session import Session, rows
from geofence.polygon import Polygon
from geofence.shapes.shape import AddressToShape, Change

_NAMED = {
    "address_id": "d.id = ANY(CAST(:values AS uuid[]))",
    "customer_id": "u.source_ref = ANY(CAST(:values AS text[]))",
    "loan_account_no": "d.id IN (SELECT c.address_id FROM case_file c JOIN account a"
    " ON a.id = c.account_id WHERE a.source_ref = ANY(CAST(:values AS text[])))",
}
_NAME = {"address_id": "d.id::text", "customer_id": "u.source_ref"}


async def addresses_named(
    session: Session, key: str, values: Sequence[str]
) -> dict[str, list[AddressToShape]]:
    """The addresses in scope that go by these names, by name; `key` says what kind of name."""
    if not values:
        return {}
    joined = ""
    if key == "loan_account_no":
        joined = "JOIN case_file k ON k.address_id = d.id JOIN account n ON n.id = k.account_id"
    found = await rows(
        session,
        f"""
        SELECT {_NAME.get(key, "n.source_ref")} AS name, d.id, d.branch_id, b.zone,
               f.id AS fence_id, f.lat, f.lon, ST_AsBinary(f.polygon, 'NDR') AS polygon
        FROM address d JOIN branch b ON b.id = d.branch_id JOIN customer u ON u.id = d.customer_id
        LEFT JOIN fence f ON f.address_id = d.id {joined}
        WHERE {_NAMED[key]} ORDER BY d.id
        """,  # noqa: S608 our own constants
        values=list(values),
    )
    named: dict[str, list[AddressToShape]] = {name: [] for name in values}
    for r in found:
        # A customer's other accounts may lead to the same address under other names.
        if r.name in named:
            named[r.name].append(_address(r))
    return named


def _address(r: Any) -> AddressToShape:
    believed = None if r.lat is None else LatLon(r.lat, r.lon)
    polygon = None if r.polygon is None else Polygon(bytes(r.polygon))
    return AddressToShape(r.id, r.branch_id, r.zone, r.fence_id, believed, polygon)


async def lock_fences(session: Session, address_ids: Sequence[UUID]) -> None:
    """Have nobody else change the fences of these addresses until the end."""
    await session.execute(
        text(
            "SELECT id FROM fence WHERE address_id = ANY(CAST(:ids AS uuid[]))"
            " ORDER BY id FOR NO KEY UPDATE"
        ),
        {"ids": list(address_ids)},
    )


_SET = """
WITH given AS MATERIALIZED (
    SELECT g.branch_id, g.fence_id, ST_SetSRID(ST_GeomFromWKB(g.polygon), 4326) AS polygon
    FROM unnest(CAST(:branches AS uuid[]), CAST(:fences AS uuid[]), CAST(:polygons AS bytea[]))
         AS g (branch_id, fence_id, polygon)
), kept AS (
    INSERT INTO fence_shape (id, branch_id, fence_id, polygon, origin, made_at, made_by)
    SELECT uuid_v7(:now), branch_id, fence_id, polygon, :origin, :now, :staff FROM given
)
UPDATE fence f SET polygon = g.polygon, changed_at = :now FROM given g WHERE f.id = g.fence_id
"""


async def set_shape(
    session: Session,
    branch_id: UUID,
    fence_id: UUID,
    polygon: Polygon | None,
    origin: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Give a fence a shape, or with None take it away; what it was before is kept."""
    await session.execute(
        text(_SET),
        {
            "branches": [branch_id],
            "fences": [fence_id],
            "polygons": [polygon.wkb if polygon else None],
            "origin": origin,
            "staff": staff_id,
            "now": now,
        },
    )


async def set_shapes(
    session: Session, changes: Sequence[Change], staff_id: UUID, now: datetime
) -> None:
    """Give fences that there are the shapes of an import."""
    if not changes:
        return
    await session.execute(
        text(_SET),
        {
            "branches": [change.address.branch_id for change in changes],
            "fences": [change.address.fence_id for change in changes],
            "polygons": [change.polygon.wkb for change in changes],
            "origin": "imported",
            "staff": staff_id,
            "now": now,
        },
    )
