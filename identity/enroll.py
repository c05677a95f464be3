"""Set up branches, people and devices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from core.errors import InvalidField
from core.geometry import LatLon
from core.ids import new_id
from core.said import say
from data.session import Session
from identity import store
from identity.openings.open_account import Way, check_may_open, open_accounts
from identity.passwords.password import check_password
from identity.permission import GRANTS
from identity.principal import Principal, Role
from identity.secret import hash_password, hash_secret, new_secret


@dataclass(frozen=True, slots=True)
class NewBranch:
    """A branch to be opened. `parent_code` None makes it the root of the tree."""

    code: str
    name: str
    zone: str
    country: str
    currency: str
    location: LatLon | None
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A person to be employed, with the password they sign in with first."""

    branch_code: str
    role: Role
    full_name: str
    username: str
    password: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class NewAgent:
    """What planning must know of a new agent."""

    home: LatLon
    vehicle: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]


async def open_branch(session: Session, new: NewBranch) -> UUID:
    """Add a branch. Raises `NameTaken`, `BranchNotFound` (parent) or `InvalidField` (zone)."""
    if new.zone not in available_timezones():
        raise InvalidField(
            "zone", say("a name of the IANA time zone database, such as Asia/Kolkata")
        )
    parent_id = (
        (await store.branch_by_code(session, new.parent_code)).id if new.parent_code else None
    )
    branch_id = new_id()
    await store.add_branch(
        session,
        id=branch_id,
        parent_id=parent_id,
        code=new.code,
        name=new.name,
        zone=new.zone,
        country=new.country,
        currency=new.currency,
        location=new.location,
    )
    return branch_id


async def employ(
    session: Session, new: NewStaff, agent: NewAgent | None = None
) -> tuple[UUID, UUID]:
    """Add a member of staff (an agent with a profile): their id and their branch's.

    Raises `NameTaken`, `BranchNotFound` or `InvalidField`.
    """
    check_password(new.password, (new.username, new.full_name))
    if (new.role is Role.AGENT) != (agent is not None):
        raise InvalidField("agent", say("given for role agent, and only then"))
    if new.role is Role.CUSTOMER:
        raise InvalidField("role", say("a role of staff; customers come with the demand file"))
    if new.role is Role.INTEGRATION:
        raise InvalidField("role", say("a role of people; programs get a key"))
    branch_id = (await store.branch_by_code(session, new.branch_code)).id
    staff_id = new_id()
    await store.add_staff(
        session,
        id=staff_id,
        branch_id=branch_id,
        role=new.role.value,
        full_name=new.full_name,
        phone=new.phone,
        username=new.username.lower(),
        password_hash=hash_password(new.password),
    )
    if agent:
        await store.add_agent_profile(
            session,
            agent_id=staff_id,
            branch_id=branch_id,
            home=agent.home,
            vehicle=agent.vehicle,
            skills=list(agent.skills),
            languages=list(agent.languages),
        )
    return staff_id, branch_id


async def employ_by(
    session: Session, new: NewStaff, agent: NewAgent | None, by: Principal, now: datetime
) -> tuple[UUID, UUID]:
    """The same by one of the staff, who alone opens the account and may do all that it may.

    Raises `MaySeeMore` besides.
    """
    if new.role is not Role.AGENT:
        check_may_open(by, GRANTS[new.role])
    staff_id, branch_id = await employ(session, new, agent)
    await open_accounts(session, [staff_id], Way.EMPLOYED, by, now)
    return staff_id, branch_id


async def enroll_device(
    session: Session, branch_code: str, label: str, now: datetime, by: UUID | None = None
) -> tuple[UUID, str]:
    """Enroll a phone: its id and its key, which is shown this once and stored hashed."""
    branch_id = (await store.branch_by_code(session, branch_code)).id
    device_id, key = new_id(), new_secret("rd")
    await store.add_device(
        session,
        id=device_id,
        branch_id=branch_id,
        label=label,
        key_hash=hash_secret(key),
        enrolled_at=now,
        enrolled_by=by,
    )
    return device_id, key
