"""What may be done: an area of the work, to see it or to act in it; and what each role grants."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from core.errors import InvalidField
from core.said import say
from identity.role import Role


class Area(StrEnum):
    """A part of the work that is somebody's."""

    FIELD = "field"
    SUPERVISION = "supervision"
    ALLOCATION = "allocation"
    CASH = "cash"
    DESK = "desk"
    ADMINISTRATION = "administration"
    AUDIT = "audit"
    FIGURES = "figures"
    NUMBERS = "numbers"
    """Whole phone numbers and e-mail addresses of customers, wherever they stand; whoever does not
    see them is shown enough to tell one from another."""


class Permission(StrEnum):
    """To see an area is to read in it, to act is to change things there."""

    FIELD_SEE = "field.see"
    FIELD_ACT = "field.act"
    SUPERVISION_SEE = "supervision.see"
    SUPERVISION_ACT = "supervision.act"
    ALLOCATION_SEE = "allocation.see"
    ALLOCATION_ACT = "allocation.act"
    CASH_SEE = "cash.see"
    CASH_ACT = "cash.act"
    DESK_SEE = "desk.see"
    DESK_ACT = "desk.act"
    ADMINISTRATION_SEE = "administration.see"
    ADMINISTRATION_ACT = "administration.act"
    AUDIT_SEE = "audit.see"
    FIGURES_SEE = "figures.see"
    FIGURES_ACT = "figures.act"
    NUMBERS_SEE = "numbers.see"


def seeing(*areas: Area) -> frozenset[Permission]:
    """To see these areas."""
    return frozenset(Permission(f"{area}.see") for area in areas)


def acting(*areas: Area) -> frozenset[Permission]:
    """To see these areas and to act in them."""
    return seeing(*areas) | {Permission(f"{area}.act") for area in areas}


GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: acting(Area.FIELD) | seeing(Area.NUMBERS),
    Role.SUPERVISOR: acting(Area.SUPERVISION, Area.ALLOCATION, Area.DESK)
    | seeing(Area.FIGURES, Area.NUMBERS),
    Role.ALLOCATION_MANAGER: acting(Area.ALLOCATION),
    Role.CASH_DESK: acting(Area.CASH),
    Role.BRANCH_MANAGER: acting(Area.SUPERVISION, Area.ALLOCATION, Area.DESK, Area.FIGURES)
    | seeing(Area.CASH, Area.NUMBERS),
    Role.TELE_CALLER: acting(Area.DESK) | seeing(Area.NUMBERS),
    Role.HEAD_OFFICE: seeing(
        Area.SUPERVISION, Area.ALLOCATION, Area.CASH, Area.DESK, Area.ADMINISTRATION
    )
    | acting(Area.FIGURES),
    Role.LEADERSHIP: seeing(Area.SUPERVISION, Area.ALLOCATION, Area.CASH, Area.DESK, Area.FIGURES),
    Role.AUDITOR: seeing(*(area for area in Area if area not in {Area.FIELD, Area.NUMBERS})),
    Role.ADMIN: acting(
        *(area for area in Area if area not in {Area.FIELD, Area.AUDIT, Area.NUMBERS})
    )
    | seeing(Area.AUDIT, Area.NUMBERS),
    Role.INTEGRATION: frozenset(),  # what its key says
    Role.CUSTOMER: frozenset(),
}
"""What each role may do, unless an administrator has composed another one for a person."""


def check_composed(permissions: Iterable[Permission], field: str = "permissions") -> None:
    """Raises `InvalidField` unless these make a role: an agent sees only what is the agent's own,
    so that work in the field and work in the office cannot be one."""
    given = frozenset(permissions)
    if not given:
        raise InvalidField(field, say("at least one permission"))
    if given == seeing(Area.NUMBERS):
        raise InvalidField(field, say("something to do beside numbers.see"))
    in_field = given & acting(Area.FIELD)
    if in_field and given - seeing(Area.NUMBERS) != in_field:
        raise InvalidField(field, say("those of the field alone, or none of them"))
    for each in given:
        area, _, deed = each.partition(".")
        if deed == "act" and Permission(f"{area}.see") not in given:
            raise InvalidField(field, say("{area}.see beside {area}.act", area=area))
