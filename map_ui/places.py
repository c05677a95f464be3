"""The pages of the office, and who finds which of them in the menu."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from identity.permission import Permission
from map_ui.texts.catalog import marked


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its path, what it is called in English, and the permission that makes it of use."""

    path: str
    name: str
    needs: Permission


PLACES = (
    Place("/live", marked("Live map"), Permission.SUPERVISION_SEE),
    Place("/cases", marked("Cases"), Permission.DESK_SEE),
    Place("/centers", marked("Centers"), Permission.SUPERVISION_SEE),
    Place("/confirmations", marked("Confirmations"), Permission.SUPERVISION_SEE),
    Place("/admin/cash-limits", marked("Cash limits"), Permission.SUPERVISION_SEE),
    Place("/allocation", marked("Allocation"), Permission.ALLOCATION_SEE),
    Place("/territories", marked("Territories"), Permission.ALLOCATION_SEE),
    Place("/admin/shifts", marked("Shifts"), Permission.ALLOCATION_SEE),
    Place("/cash-desk", marked("Cash desk"), Permission.CASH_SEE),
    Place("/reconciliation", marked("Reconciliation"), Permission.CASH_SEE),
    Place("/dashboards", marked("Dashboards"), Permission.FIGURES_SEE),
    Place("/admin", marked("Administration"), Permission.ADMINISTRATION_SEE),
)


def places_for(permissions: AbstractSet[Permission]) -> tuple[Place, ...]:
    """The pages that somebody with these permissions can work with, in the order of the menu."""
    return tuple(place for place in PLACES if place.needs in permissions)
