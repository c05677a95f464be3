"""An agent who visits, checks in and out, and what is sealed of it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.fix import Fix
from core.ids import new_id
from data.session import EVERYTHING, Database, Session, rows
from geofence.check_in import CheckInReport, check_in
from geofence.check_out import CheckOutReport, Outcome, check_out
from geofence.evidence.export import export_pack
from geofence.waiting.recompute import recompute_waiting
from tests.conftest import MONDAY_NINE
from tests.factories import LA_SERENA, ACase
from tests.geofence.waiting.test_recompute import (
    a_visit_of_ten_minutes,
    an_agent_with_a_case,
    report,
)

PINGS = a_visit_of_ten_minutes()


@dataclass
class Visited:
    """An agent, the case that was visited, and the current version of the visit."""

    who: dict[str, UUID]
    case: ACase
    visit_id: UUID

    @property
    def agent_id(self) -> UUID:
        return self.who["agent_id"]


async def prepare(database: Database) -> None:
    """Nobody waits, and there is a place for the pings of Monday."""
    async with database.transaction(EVERYTHING) as session:
        await session.execute(text("DELETE FROM agent_dirty"))
        await session.execute(text("SELECT ensure_ping_partition('2026-11-23')"))


async def arrive(session: Session, who: dict[str, UUID], case: ACase, second: int = 130) -> UUID:
    """Check in at the door, with a reason that has letters of many countries in it."""
    at = MONDAY_NINE + timedelta(seconds=second)
    sent = CheckInReport(new_id(), case.case_id, at, Fix(LA_SERENA, 8.0, at), "dueño 家 🏠", b"in")
    return (await check_in(session, who["agent_id"], sent, at)).id


async def leave(session: Session, who: dict[str, UUID], check_in_id: UUID) -> UUID:
    at = MONDAY_NINE + timedelta(seconds=700)
    sent = CheckOutReport(new_id(), check_in_id, at, None, Outcome.PAID, None, b"out")
    return (await check_out(session, who["agent_id"], sent, at)).id


async def recompute(database: Database, minutes: float = 0) -> None:
    async with database.transaction(EVERYTHING) as session:
        assert await recompute_waiting(session, MONDAY_NINE + timedelta(minutes=minutes))


async def a_visit(database: Database, attributes: dict[str, Any] | None = None) -> Visited:
    """Sealed: a check-in, the visit while it went on, the check-out, the visit when it ended."""
    async with database.transaction(EVERYTHING) as session:
        who, case = await an_agent_with_a_case(session)
        await report(session, who, PINGS[:60], attributes)
        arrived = await arrive(session, who, case)
    await recompute(database, 11)
    async with database.transaction(EVERYTHING) as session:
        await leave(session, who, arrived)
        await report(session, who, PINGS[60:], attributes)
    await recompute(database, 21)
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT id FROM visit WHERE agent_id = :agent AND replaced_at IS NULL",
            agent=who["agent_id"],
        )
    return Visited(who, case, found[0].id)


async def chain(database: Database, agent_id: UUID) -> list[dict[str, Any]]:
    """The contents of an agent's records, in order."""
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session, "SELECT content FROM evidence WHERE agent_id = :a ORDER BY seq", a=agent_id
        )
    return [json.loads(bytes(r.content)) for r in found]


async def packed(database: Database, visit_id: UUID, minutes: float = 30) -> bytes:
    async with database.transaction(EVERYTHING, read_only=True) as session:
        return await export_pack(session, visit_id, MONDAY_NINE + timedelta(minutes=minutes))
