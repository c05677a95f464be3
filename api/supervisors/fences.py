"""Fences on the map, and the premises that supervisors draw or import."""

import math
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body as JsonBody
from fastapi import Query, Request

from api.cursor import Cursor
from api.deps import Now, Read, Supervisor, Tx
from api.reader import Told
from api.routing import Router
from api.schemas import Answer
from core.errors import InvalidField
from core.said import say
from geofence.fence import Bounds
from geofence.fences import store
from geofence.polygon import Polygon, rings_of
from geofence.shapes.draw_shape import draw_shape, remove_shape
from geofence.shapes.geojson import NotRight, polygon_in
from geofence.shapes.import_shapes import apply_shapes, preview_shapes
from geofence.shapes.shape import AddressToShape, Preview

router = Router(prefix="/v1", tags=["supervisors: fences"])

MAX_BYTES = 20 * 1024 * 1024
GEOJSON = {"requestBody": {"required": True, "content": {"application/geo+json": {}}}}


class FencesAnswer(Answer):
    """A GeoJSON FeatureCollection, a page of it."""

    type: str = "FeatureCollection"
    features: list[dict[str, Any]]
    next_cursor: str | None


class ShapeAnswer(Answer):
    """An address's fence: a GeoJSON Polygon, or null for the circle around its point."""

    address_id: UUID
    fence_id: UUID | None
    polygon: dict[str, Any] | None


class ChangeAnswer(Answer):
    """What becomes of a feature: `new`, `replaces` another polygon, or is the `same`."""

    index: int
    address_id: UUID
    outcome: str
    away_m: float | None
    warning: str | None


class FaultAnswer(Answer):
    """A feature that cannot be used, by its place in the file (from 0)."""

    index: int
    field: str
    expected: Told


class PreviewAnswer(Answer):
    """What a file does. `is_applied` false: nothing was stored; send the file again with
    `?apply=` this `digest` to do exactly this."""

    is_applied: bool
    digest: str
    changes: list[ChangeAnswer]
    errors: list[FaultAnswer]


@router.get("/fences")
async def get_fences(
    caller: Supervisor,
    session: Read,
    branch: Annotated[str | None, Query(max_length=50, pattern=r"^[^\x00]*$")] = None,
    bbox: Annotated[
        str | None, Query(max_length=200, description="west,south,east,north in degrees")
    ] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=2000, description="most features on a page")] = 500,
) -> FencesAnswer:
    """The fences of the caller's branches as GeoJSON: polygons, and points with a `radius_m`."""
    found = await store.features(
        session, branch=branch, within=_bounds(bbox), after=_id_of(cursor), limit=limit + 1
    )
    behind = found[limit - 1]["id"] if len(found) > limit else None
    return FencesAnswer(features=found[:limit], next_cursor=behind)


def _id_of(cursor: str | None) -> UUID | None:
    try:
        return UUID(cursor) if cursor else None
    except ValueError:
        raise InvalidField("cursor", say("`next_cursor` of a page that you were given")) from None


def _bounds(bbox: str | None) -> Bounds | None:
    if bbox is None:
        return None
    try:
        west, south, east, north = map(float, bbox.split(","))
    except ValueError:
        raise InvalidField("bbox", say("four numbers: west,south,east,north")) from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise InvalidField("bbox", say("four numbers: west,south,east,north"))
    return Bounds(south, west, north, east)


@router.put("/fences/{address_id}/shape")
async def put_shape(
    address_id: UUID,
    body: Annotated[dict[str, Any], JsonBody(description="a GeoJSON Polygon, or a Feature of it")],
    caller: Supervisor,
    session: Tx,
    now: Now,
) -> ShapeAnswer:
    """Draw a customer's premises: a GeoJSON Polygon instead of the circle around the address."""
    is_feature = body.get("type") == "Feature"
    try:
        polygon = polygon_in(
            body.get("geometry") if is_feature else body, "geometry." if is_feature else ""
        )
    except NotRight as fault:
        raise InvalidField(*fault.args) from None
    return _shape(await draw_shape(session, caller.id, address_id, polygon, now))


@router.delete("/fences/{address_id}/shape")
async def delete_shape(address_id: UUID, caller: Supervisor, session: Tx, now: Now) -> ShapeAnswer:
    """Go back to the circle around the address. What was drawn is kept in the history."""
    return _shape(await remove_shape(session, caller.id, address_id, now))


def _shape(address: AddressToShape) -> ShapeAnswer:
    return ShapeAnswer(
        address_id=address.address_id,
        fence_id=address.fence_id,
        polygon=_geometry(address.polygon),
    )


def _geometry(polygon: Polygon | None) -> dict[str, Any] | None:
    return None if polygon is None else {"type": "Polygon", "coordinates": rings_of(polygon)}


@router.post("/fences/shapes/import", openapi_extra=GEOJSON)
async def post_import(
    request: Request,
    caller: Supervisor,
    session: Tx,
    now: Now,
    apply: Annotated[
        str | None, Query(pattern="^[0-9a-f]{64}$", description="`digest` of the preview")
    ] = None,
) -> PreviewAnswer:
    """Import premises: a GeoJSON FeatureCollection of Polygons of at most 20 MB, each with
    `address_id`, `customer_id` or `loan_account_no` in its properties.

    Without `apply` it is a dry run that says what would be done and which features cannot be
    used. With the dry run's `digest` the same file is applied, if it would still do the same.
    """
    content = await _body(request)
    if apply is None:
        return _preview(await preview_shapes(session, content), is_applied=False)
    done = await apply_shapes(session, caller.id, content, apply, now)
    return _preview(done, is_applied=True)


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            raise InvalidField("body", say("at most 20 MB; send it in parts"))
        parts.append(part)
    return b"".join(parts)


def _preview(seen: Preview, *, is_applied: bool) -> PreviewAnswer:
    return PreviewAnswer(
        is_applied=is_applied,
        digest=seen.digest,
        changes=[
            ChangeAnswer(
                index=change.index,
                address_id=change.address.address_id,
                outcome=change.outcome,
                away_m=change.away_m,
                warning=change.warning,
            )
            for change in seen.changes
        ],
        errors=[FaultAnswer.model_validate(fault) for fault in seen.faults],
    )
