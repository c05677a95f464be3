"""How a person's account stands, and which people somebody looks for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from identity.permission import GRANTS, Permission
from identity.role import Role


class State(StrEnum):
    """What a person's account is now; the first that is true, from the top."""

    LEFT = "left"
    SUSPENDED = "suspended"
    LOCKED = "locked"
    NO_PASSWORD = "no_password"  # noqa: S105 - a state, and no secret
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Person:
    """A person's account. `locked_until` is set after too many wrong passwords, `suspended_at` by
    an administrator; `seen_at` is when they signed in last. `is_vouched` is False once somebody
    alone has opened the account, until another administrator vouches for the person."""

    id: UUID
    branch_id: UUID
    branch_code: str
    branch: str
    role: Role
    composed_role: str | None
    full_name: str
    username: str
    phone: str | None
    state: State
    locked_until: datetime | None
    suspended_at: datetime | None
    seen_at: datetime | None
    is_vouched: bool
    composed_permissions: tuple[Permission, ...] | None

    @property
    def permissions(self) -> frozenset[Permission]:
        """What they may do: as composed for them, else as usual for their role."""
        if self.composed_permissions is None:
            return GRANTS[self.role]
        return frozenset(self.composed_permissions)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people: all that are set must fit. `q` is part of a name or user name; `role` a role
    as usual, or the name of a composed one."""

    q: str | None = None
    role: str | None = None
    branch_code: str | None = None
    state: State | None = None
    is_vouched: bool | None = None
