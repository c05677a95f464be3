"""People, roles and branches: an administrator opens these when somebody comes, goes, changes work
or cannot sign in, to decide who may do what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from identity.people.person import Person, State, Wanted
from identity.permission import GRANTS, Area, Permission
from identity.role import Role
from map_ui.administration.page import Desk, admin_page

OF_PEOPLE = tuple(role for role in Role if role not in {Role.INTEGRATION, Role.CUSTOMER})
"""The roles that people can have."""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a select: what is sent and what is read."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A branch, how deep in the tree it stands below the viewer's own, and its people."""

    id: UUID
    code: str
    name: str
    zone: str
    currency: str
    country: str
    depth: int
    people: int
    is_on_map: bool


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role: what it grants and how many have it. `composed_at` is None for one as usual."""

    name: str
    permissions: frozenset[Permission]
    people: int
    is_composed: bool


def people(
    desk: Desk,
    found: Sequence[Person],
    count: int,
    wanted: Wanted,
    *,
    branches: Sequence[Option],
    composed: Sequence[str],
    next_url: str | None,
    unvouched: int,
) -> str:
    """The list of people, with what narrows it, and how many nobody has vouched for."""
    return admin_page(
        "people.html", desk, "/admin/people", people=found, count=count, wanted=wanted,
        branches=branches, roles=OF_PEOPLE, composed=composed, states=tuple(State),
        next_url=next_url, unvouched=unvouched,
    )  # fmt: skip


def person(desk: Desk, who: Person, *, viewer_id: UUID, **values: Any) -> str:
    """One person: how the account stands and what can be done with it.

    `values`: ``standing`` (what would end if they left), ``sessions``, ``change`` (a role that
    waits, or None), ``openings`` (of the account, by one alone) and ``has_a_hand`` (whether the
    viewer is one of those), ``composed`` (names), ``colleagues`` and ``branches`` (options),
    ``move`` (to another branch, that is still to come, or None), ``today``.
    """
    return admin_page(
        "person.html", desk, "/admin/people", person=who, is_self=who.id == viewer_id,
        roles=changeable(who.role), areas=tuple(Area), viewer_id=viewer_id, **values,
    )  # fmt: skip


def changeable(role: Role) -> tuple[Role, ...]:
    """The roles that somebody can be given who has this one: an agent stays an agent."""
    if role is Role.AGENT:
        return (role,)
    return tuple(each for each in OF_PEOPLE if each is not Role.AGENT)


def roles(
    desk: Desk,
    composed: Sequence[tuple[str, frozenset[Permission]]],
    people_by_role: Mapping[str, int],
    changes: Sequence[Any],
    viewer_id: UUID,
) -> str:
    """All roles with what they grant, who has them, and the changes that wait."""
    usual = [
        RoleLine(role, GRANTS[role], people_by_role.get(role, 0), is_composed=False)
        for role in OF_PEOPLE
    ]
    ours = [
        RoleLine(name, granted, people_by_role.get(name, 0), is_composed=True)
        for name, granted in composed
    ]
    return admin_page(
        "roles.html", desk, "/admin/roles", roles=[*usual, *ours], areas=tuple(Area),
        grantable=frozenset(Permission), changes=changes, viewer_id=viewer_id,
    )  # fmt: skip


def branches(desk: Desk, lines: Sequence[BranchLine], zones: Sequence[str]) -> str:
    """The tree of branches."""
    return admin_page("branches.html", desk, "/admin/branches", branches=lines, zones=zones)


def enrollment(
    desk: Desk,
    columns: Sequence[Any],
    roles: Sequence[Role],
    branches: Sequence[Option],
    enrollments: Sequence[Any],
    *,
    viewer_id: UUID,
) -> str:
    """Enrolling many: the file, what its columns are, and what was enrolled before."""
    return admin_page(
        "enrollment.html", desk, "/admin/enrollment", columns=columns, roles=roles,
        branches=branches, enrollments=enrollments, viewer_id=viewer_id,
    )  # fmt: skip
