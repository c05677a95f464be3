"""Change what a person may do: one administrator proposes, another decides."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session
from identity.errors import (
    OwnRole,
    PersonNotFound,
    RoleChangeDecided,
    RoleChangeNotFound,
    SamePerson,
)
from identity.permission import Area, acting
from identity.role import Role
from identity.roles import store


@dataclass(frozen=True, slots=True)
class NewRole:
    """What somebody is to be: a role, and one that was composed where it is not to be as usual."""

    role: Role
    composed: str | None
    reason: str


async def propose(
    session: Session, staff_id: UUID, new: NewRole, proposed_by: UUID, now: datetime
) -> UUID:
    """Put a change before another administrator; its id.

    Raises `PersonNotFound`, `OwnRole` or `InvalidField`.
    """
    person = await store.person(session, staff_id)
    if person is None:
        raise PersonNotFound(str(staff_id))
    if staff_id == proposed_by:
        raise OwnRole
    # An agent has a till, a home and cases; one does not become or cease to be an agent by a word.
    bound = {Role.AGENT, Role.INTEGRATION, Role.CUSTOMER}
    if new.role != person.role and {new.role, Role(person.role)} & bound:
        raise InvalidField("role", say("{role}, or employ them anew", role=person.role))
    if new.composed is not None:
        permissions = await store.composed(session, new.composed)
        if permissions is None:
            raise InvalidField("composed_role", say("the name of a role that was composed"))
        if (new.role is Role.AGENT) != (permissions <= acting(Area.FIELD)):
            raise InvalidField("composed_role", say("of the field for an agent, and only then"))
    change_id = new_id()
    await store.add_change(
        session, change_id, person.branch_id, staff_id, new.role.value, new.composed, new.reason,
        proposed_by, now,
    )  # fmt: skip
    return change_id


async def decide(
    session: Session, change_id: UUID, decided_by: UUID, now: datetime, *, accept: bool
) -> None:
    """Accept a change, which holds from then on, or reject it. The same again changes nothing.

    Raises `RoleChangeNotFound`, `RoleChangeDecided`, `SamePerson` or `OwnRole`.
    """
    change = await store.lock_change(session, change_id)
    if change is None:
        raise RoleChangeNotFound(str(change_id))
    decision = "accepted" if accept else "rejected"
    if change.decision is not None:
        if (change.decision, change.decided_by) == (decision, decided_by):
            return
        raise RoleChangeDecided(change.decision)
    if change.staff_id == decided_by:
        raise OwnRole
    if change.proposed_by == decided_by and accept:
        raise SamePerson
    await store.decide(session, change_id, decision, decided_by, now)
