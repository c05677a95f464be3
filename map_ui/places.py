"""The pages of the office, and who finds which of them in the menu."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from identity.permission import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its path, what it is called, and the permission that makes it of use."""

    path: str
    name: str
    needs: Permission


PLACES = (
    Place("/live", "Live map", Permission.SUPERVISION_SEE),
    Place("/cases", "Cases", Permission.DESK_SEE),
    Place("/centers", "Centers", Permission.SUPERVISION_SEE),
    Place("/allocation", "Allocation", Permission.ALLOCATION_SEE),
    Place("/territories", "Territories", Permission.ALLOCATION_SEE),
    Place("/cash-desk", "Cash desk", Permission.CASH_SEE),
    Place("/reconciliation", "Reconciliation", Permission.CASH_SEE),
    Place("/dashboards", "Dashboards", Permission.FIGURES_SEE),
    Place("/admin", "Administration", Permission.ADMINISTRATION_SEE),
)


def places_for(permissions: AbstractSet[Permission]) -> tuple[Place, ...]:
    """The pages that somebody with these permissions can work with, in the order of the menu."""
    return tuple(place for place in PLACES if place.needs in permissions)
