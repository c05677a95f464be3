"""The sections of administration, and who finds which of them in the list at the side."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from identity.permission import Permission
from map_ui.texts.catalog import marked


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its path, what it is called, and the permission that makes it of use."""

    path: str
    name: str
    needs: Permission


SECTIONS = (
    Section("/admin/people", marked("People"), Permission.ADMINISTRATION_SEE),
    Section("/admin/roles", marked("Roles"), Permission.ADMINISTRATION_SEE),
    Section("/admin/branches", marked("Branches"), Permission.ADMINISTRATION_SEE),
    Section("/admin/enrollment", marked("Enroll many"), Permission.ADMINISTRATION_SEE),
    Section("/admin/devices", marked("Phones"), Permission.ADMINISTRATION_SEE),
    Section("/admin/api-keys", marked("Keys of programs"), Permission.ADMINISTRATION_SEE),
    Section("/admin/cash-limits", marked("Cash limits"), Permission.SUPERVISION_SEE),
    Section("/admin/shifts", marked("Shifts"), Permission.ALLOCATION_SEE),
    Section("/admin/policies", marked("Policies"), Permission.ADMINISTRATION_SEE),
    Section("/admin/stages", marked("Stages"), Permission.ALLOCATION_SEE),
    Section("/admin/arrears-rules", marked("Paying in parts"), Permission.ADMINISTRATION_SEE),
    Section("/admin/holidays", marked("Holidays"), Permission.ADMINISTRATION_SEE),
    Section("/admin/value-lists", marked("Lists of values"), Permission.DESK_SEE),
    Section("/admin/contact-rules", marked("Contact rules"), Permission.ALLOCATION_SEE),
    Section("/admin/imports", marked("Demand files"), Permission.ADMINISTRATION_SEE),
    Section("/admin/quarantine", marked("Quarantine"), Permission.ADMINISTRATION_SEE),
    Section("/admin/audit", marked("Audit trail"), Permission.AUDIT_SEE),
)


def sections_for(permissions: AbstractSet[Permission]) -> tuple[Section, ...]:
    """The sections that somebody with these permissions can work with, in the list's order."""
    return tuple(section for section in SECTIONS if section.needs in permissions)
