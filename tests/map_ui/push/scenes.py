"""A region with two branches, each with a supervisor whose browser wants to be told."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from data.alerts import raise_alert
from data.session import EVERYTHING, Database, rows
from identity.principal import Role
from map_ui.push.store import keep_subscription
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, branch_code
from tests.map_ui.push.push_service import ABrowser

ELSEWHERE = "https://fcm.googleapis.com"


@dataclass(frozen=True)
class Person:
    """A member of staff and the subscription of their browser."""

    id: UUID
    subscription_id: UUID
    browser: ABrowser


@dataclass(frozen=True)
class Region:
    """Two branches below a head office, and who watches over each."""

    head: UUID
    north: UUID
    south: UUID
    head_admin: Person
    north_supervisor: Person
    south_supervisor: Person


async def a_subscriber(
    session: AsyncSession, branch: UUID, role: Role = Role.SUPERVISOR, origin: str = ELSEWHERE
) -> Person:
    person = await a_person(session, branch, role)
    theirs = ABrowser(f"{origin}/push/{new_id()}")
    kept = await keep_subscription(session, person, branch, theirs.told(), MONDAY_NINE)
    return Person(person, kept.id, theirs)


async def a_region(database: Database, origin: str = ELSEWHERE) -> Region:
    async with database.transaction(EVERYTHING) as session:
        head = await a_branch(session)
        code = await branch_code(session, head)
        north = await a_branch(session, parent_code=code)
        south = await a_branch(session, parent_code=code)
        return Region(
            head, north, south,
            await a_subscriber(session, head, Role.ADMIN, origin),
            await a_subscriber(session, north, origin=origin),
            await a_subscriber(session, south, origin=origin),
        )  # fmt: skip


async def an_alert(
    database: Database, branch: UUID, kind: str = "cash_limit", title: str = "Diego is over it"
) -> UUID:
    """An alert as the product raises it."""
    subject = new_id()
    async with database.transaction(EVERYTHING) as session:
        detail = "María González owes $ 45.000"
        assert await raise_alert(session, branch, kind, subject, title, detail, MONDAY_NINE)
        found = await rows(session, "SELECT id FROM alert WHERE subject_id = :id", id=subject)
    alert_id: UUID = found[0].id
    return alert_id
