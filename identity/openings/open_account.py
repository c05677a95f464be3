"""Open an account for another, which is noted, and vouch for somebody whose account was."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.errors import InvalidField
from core.ids import new_id
from core.said import say
from data.session import Session
from identity.audit import store as audit
from identity.audit.event import AuditEvent, Kind
from identity.errors import PersonNotFound
from identity.openings import store
from identity.openings.errors import MaySeeMore, NotAThirdPerson
from identity.permission import Area, Permission, acting
from identity.principal import Principal
from identity.role import Role

ON_SERVER = "server"
"""The role, on the audit trail, of who types commands where the product runs."""


class Way(StrEnum):
    """How somebody alone opens an account for another."""

    EMPLOYED = "employed"
    PASSWORD_CODE = "password_code"  # noqa: S105 - a way, and no secret
    SECOND_FACTOR_OFF = "second_factor_off"
    PROVIDER_ACCOUNT = "provider_account"
    API_KEY = "api_key"


def check_may_open(by: Principal, permissions: Iterable[Permission]) -> None:
    """Raises `MaySeeMore` for an account that may do what `by` may not: it would be theirs, too."""
    more = set(permissions) - by.permissions - acting(Area.FIELD)
    if more:
        raise MaySeeMore(tuple(sorted(more)))


async def open_accounts(
    session: Session, staff_ids: Sequence[UUID], way: Way, by: Principal, now: datetime
) -> None:
    """Note that `by` alone has opened these, whoever they are; who may be is checked before."""
    await store.note(session, staff_ids, way.value, by.id, now)


async def open_person(
    session: Session, staff_id: UUID, way: Way, by: Principal, now: datetime, *, alone: bool = True
) -> None:
    """Open the account of a person who is there, which is noted where it takes nobody else: it is
    not `alone` while a second factor is asked for besides. Agents see what is their own, so theirs
    may be opened by anybody whose work it is.

    Raises `PersonNotFound` or `MaySeeMore`.
    """
    account = await store.account(session, staff_id)
    if account is None:
        raise PersonNotFound(str(staff_id))
    if account.role is not Role.AGENT:
        check_may_open(by, account.permissions)
    if alone:
        await open_accounts(session, [staff_id], way, by, now)


async def vouch_for(session: Session, staff_id: UUID, by: Principal, now: datetime) -> None:
    """Say that a person in scope is themselves, and that nobody else can use their account. The
    same again changes nothing.

    Raises `PersonNotFound` or `NotAThirdPerson`.
    """
    account = await store.account(session, staff_id)
    if account is None:
        raise PersonNotFound(str(staff_id))
    if by.role is Role.INTEGRATION or not await store.vouch(session, staff_id, by.id, now):
        raise NotAThirdPerson


async def vouch_on_server(session: Session, username: str, now: datetime) -> str:
    """The same by who runs the server, who is nobody among the staff; the person's name.

    Sees everything. Raises `InvalidField`.
    """
    person = await store.named(session, username)
    if person is None:
        raise InvalidField("username", say("what somebody signs in with who works here"))
    await store.vouch(session, person.id, None, now)
    event = AuditEvent(
        id=new_id(), branch_id=person.branch_id, at=now, kind=Kind.CHANGE, actor_id=None,
        actor_role=ON_SERVER, address=None, device_id=None, client=None, action="vouch",
        subjects={"id": str(person.id)}, reason=None,
    )  # fmt: skip
    await audit.add(session, [event])
    return person.full_name
