"""Import premises from a GeoJSON file: previewed first, applied as previewed."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from data.session import Session
from geofence.address_points.move_point import look_again
from geofence.shapes import store
from geofence.shapes.draw_shape import apply_shape
from geofence.shapes.errors import PreviewOutdated
from geofence.shapes.geojson import KEYS, NamedPolygon, read_collection
from geofence.shapes.shape import SAME, AddressToShape, Change, Preview, preview


async def preview_shapes(session: Session, content: bytes) -> Preview:
    """What a file would do, and what is wrong with its features. Nothing is stored.

    Raises `InvalidField` for what is no FeatureCollection at all.
    """
    read, faults = await asyncio.to_thread(read_collection, content)
    return preview(read, faults, await _found(session, read))


async def apply_shapes(
    session: Session, staff_id: UUID, content: bytes, digest: str, now: datetime
) -> Preview:
    """Do what the preview with this digest said, with the good features; the others stay out.

    Raises `PreviewOutdated` when it would do anything else by now, or what `preview_shapes` does.
    """
    read, faults = await asyncio.to_thread(read_collection, content)
    named = await _found(session, read)
    await store.lock_fences(session, [a.address_id for found in named.values() for a in found])
    seen = preview(read, faults, await _found(session, read))
    if seen.digest != digest:
        raise PreviewOutdated(digest)
    changed = [change for change in seen.changes if change.outcome != SAME]
    fenced = [change for change in changed if change.address.fence_id is not None]
    await store.set_shapes(session, fenced, staff_id, now)
    for change in changed:
        if change.address.fence_id is None:
            await apply_shape(session, staff_id, change.address, change.polygon, "imported", now)
    for (branch_id, zone), addresses in _by_branch(changed).items():
        await look_again(session, branch_id, zone, addresses, now)
    return seen


async def _found(
    session: Session, read: Sequence[NamedPolygon]
) -> dict[tuple[str, str], list[AddressToShape]]:
    named: dict[tuple[str, str], list[AddressToShape]] = {}
    for key in KEYS:
        values = sorted({one.value for one in read if one.key == key})
        for value, addresses in (await store.addresses_named(session, key, values)).items():
            named[key, value] = addresses
    return named


def _by_branch(changes: Sequence[Change]) -> dict[tuple[UUID, str], list[UUID]]:
    grouped: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for change in changes:
        address = change.address
        grouped[address.branch_id, address.zone].append(address.address_id)
    return grouped
