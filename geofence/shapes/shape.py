"""What importing a polygon for an address would do."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.geometry import LatLon, distance_m
from geofence.polygon import Polygon, apart_m, centroid, extent_m
from geofence.shapes.geojson import FeatureFault, NamedPolygon

FAR_M = 5_000.0
"""Premises so far from where the source has the address are probably somebody else's."""

NEW, REPLACES, SAME = "new", "replaces", "same"


@dataclass(frozen=True, slots=True)
class AddressToShape:
    """An address, where it is believed to be (None: nowhere yet), and its present polygon."""

    address_id: UUID
    branch_id: UUID
    zone: str
    fence_id: UUID | None
    believed: LatLon | None
    polygon: Polygon | None


@dataclass(frozen=True, slots=True)
class Change:
    """A polygon for an address: ``new``, ``replaces`` another, or is the ``same``.

    `away_m` is from where the address is believed to be to the polygon's middle; `warning` is
    what a person should look at before applying it.
    """

    index: int
    address: AddressToShape
    polygon: Polygon
    outcome: str
    away_m: float | None
    warning: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. `digest` names exactly these changes to exactly these fences."""

    changes: tuple[Change, ...]
    faults: tuple[FeatureFault, ...]
    digest: str


def preview(
    read: Sequence[NamedPolygon],
    faults: Iterable[FeatureFault],
    found: dict[tuple[str, str], list[AddressToShape]],
) -> Preview:
    """What these polygons would do to these addresses, which were found by what names them."""
    all_faults, changes = list(faults), []
    taken: dict[UUID, int] = {}
    for one in read:
        addresses = found.get((one.key, one.value), [])
        fault = _fault(one, addresses, taken)
        if fault is not None:
            all_faults.append(FeatureFault(one.index, *fault))
            continue
        taken[addresses[0].address_id] = one.index
        changes.append(_change(one, addresses[0]))
    all_faults.sort(key=lambda fault: fault.index)
    return Preview(tuple(changes), tuple(all_faults), _digest(changes))


def _fault(
    one: NamedPolygon, addresses: Sequence[AddressToShape], taken: dict[UUID, int]
) -> tuple[str, str] | None:
    field = f"properties.{one.key}"
    if not addresses:
        return field, f"one of your branches' addresses; nothing is known as {one.value}"
    if len(addresses) > 1:
        ids = ", ".join(str(address.address_id) for address in addresses[:5])
        return field, f"address_id, because there are {len(addresses)} addresses: {ids}"
    earlier = taken.get(addresses[0].address_id)
    if earlier is not None:
        return field, f"one feature for each address; feature {earlier} is for the same one"
    believed = addresses[0].believed
    if believed is not None and _is_swapped(one.polygon, believed):
        return "geometry.coordinates", "longitude before latitude; here they look swapped"
    return None


def _is_swapped(polygon: Polygon, believed: LatLon) -> bool:
    """Whether a polygon that is far from its address would be near it with its axes swapped."""
    middle = centroid(polygon)
    if distance_m(middle, believed) <= FAR_M or abs(middle.lon) > 90:
        return False
    return distance_m(LatLon(middle.lon, middle.lat), believed) <= FAR_M


def _change(one: NamedPolygon, address: AddressToShape) -> Change:
    away_m = None if address.believed is None else apart_m(one.polygon, address.believed)
    warning = None
    if away_m is not None and away_m > FAR_M:
        warning = f"It is {away_m / 1000:,.0f} km from where the address is believed to be."
    outcome = NEW if address.polygon is None else REPLACES
    if address.polygon == one.polygon:
        outcome = SAME
    return Change(one.index, address, one.polygon, outcome, away_m, warning)


def _digest(changes: Sequence[Change]) -> str:
    digest = hashlib.sha256()
    for change in sorted(changes, key=lambda change: change.address.address_id):
        former = change.address.polygon
        for part in (
            change.address.address_id.bytes,
            former.wkb if former else b"",
            change.polygon.wkb,
        ):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def sigma_of(polygon: Polygon) -> float:
    """The 1σ error per axis of an address of which only the polygon is known: anywhere in it."""
    return max(extent_m(polygon) / 2, 1.0)
