"""Days that are planned by themselves: when, for whom, and once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from allocation.mornings import day_to_plan, plan_mornings
from data.session import EVERYTHING, Database, rows
from identity.policies.store import put
from streets.publish import publish
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, an_agent
from tests.routing.rounds.test_plan_rounds import HOME, SHIFT
from tests.streets.small_city import small_graph

SANTIAGO = "America/Santiago"


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SANTIAGO))


@pytest.mark.parametrize(
    ("at", "now", "day"),
    [
        ("06:30", "2026-11-23T06:29:59", None),
        ("06:30", "2026-11-23T06:30:00", date(2026, 11, 23)),
        ("06:30", "2026-11-23T09:29:59", date(2026, 11, 23)),
        ("06:30", "2026-11-23T09:30:00", None),
        ("", "2026-11-23T06:30:00", None),
        # By the clock of the day, also when it goes forward in the night before (6 September).
        ("00:30", "2026-09-06T01:10:00", date(2026, 9, 6)),
        ("06:00", "2026-09-06T06:10:00", date(2026, 9, 6)),
    ],
)
def test_when_a_day_is_planned(at: str, now: str, day: date | None) -> None:
    assert day_to_plan(at, SANTIAGO, wall(now)) == day


async def asked(database: Database) -> list[tuple[str, str]]:
    async with database.transaction(EVERYTHING) as session:
        found = await rows(
            session,
            "SELECT args ->> 'branch_id' AS branch, args ->> 'day' AS day FROM procrastinate_jobs"
            " WHERE task_name = 'rounds.begin_day'",
        )
    return [(r.branch, r.day) for r in found]


async def test_a_branch_with_somebody_on_shift_is_planned_once(own_database: Database) -> None:
    async with own_database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        head = await a_branch(session, "HEAD", location=HOME)
        # What the head office has set holds below it; nobody works at the head office itself.
        branch = await a_branch(session, "COAST", location=HOME, parent_code="HEAD")
        never = await a_branch(session, location=HOME)
        for each in (branch, never):
            await an_agent(session, each, home=HOME, shift=SHIFT)
        await put(session, head, "plan_rounds_at", "09:00", None, MONDAY_NINE)
    for minutes in (-1, 0, 5, 60):
        async with own_database.transaction(EVERYTHING) as session:
            await plan_mornings(session, MONDAY_NINE + timedelta(minutes=minutes))
        expected = [] if minutes < 0 else [(str(branch), "2026-11-23")]
        assert await asked(own_database) == expected


async def test_a_shift_that_is_entered_late_is_planned_for(own_database: Database) -> None:
    async with own_database.transaction(EVERYTHING) as session:
        await publish(session, small_graph(), [], "town", MONDAY_NINE)
        branch = await a_branch(session, location=HOME)
        await put(session, branch, "plan_rounds_at", "08:30", None, MONDAY_NINE)
        assert await plan_mornings(session, MONDAY_NINE) == []
        await an_agent(session, branch, home=HOME, shift=SHIFT)
        assert await plan_mornings(session, MONDAY_NINE + timedelta(minutes=5)) == [branch]
