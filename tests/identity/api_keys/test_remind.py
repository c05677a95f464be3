"""Reminders that a program's key ends: each once, and gone with the key."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from data.tables.access import ApiKey
from identity.api_keys.remind import EXPIRING, remind
from identity.api_keys.reminder import due_reminder
from identity.api_keys.store import end
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_person, a_program

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("lasts_days", "left_days", "reminded_days", "due"),
    [
        (365, 15, None, None),
        (365, 14, None, 14),
        (365, 14, 14, None),
        (365, 5, None, 14),  # the worker was away that long
        (365, 3, 14, 3),
        (365, 2, None, 3),
        (365, 1, 3, None),
        (365, 0, 14, None),
        (14, 13, None, None),  # issued for less than that: everybody knows
        (14, 3, None, 3),
        (3, 2, None, None),
    ],
)
def test_each_reminder_comes_once(
    lasts_days: int, left_days: int, reminded_days: int | None, due: int | None
) -> None:
    expires_at = MONDAY_NINE + left_days * DAY
    issued_at = expires_at - lasts_days * DAY
    assert due_reminder(issued_at, expires_at, reminded_days, MONDAY_NINE) == due


async def test_administrators_are_told_twice_and_no_more_once_the_key_has_ended(
    own_database: Database,
) -> None:
    key_id, expires_at = new_id(), MONDAY_NINE + 14 * DAY
    async with own_database.transaction(EVERYTHING) as session:
        branch = await a_branch(session)
        await session.execute(
            insert(ApiKey).values(
                id=key_id, branch_id=branch, staff_id=await a_program(session, branch),
                name="Core banking", permissions=["cash.see"], key_hash=key_id.bytes,
                issued_by=await a_person(session, branch), issued_at=MONDAY_NINE - 365 * DAY,
                expires_at=expires_at,
            )
        )  # fmt: skip

    async def told(later: timedelta) -> tuple[int, list[int]]:
        """How many are reminded then, and the days of the alerts that are open."""
        async with own_database.transaction(EVERYTHING) as session:
            reminded = await remind(session, MONDAY_NINE + later)
            open_now = await rows(
                session,
                "SELECT facts FROM alert WHERE kind = :kind AND subject_id = :key"
                " AND cleared_at IS NULL",
                kind=EXPIRING, key=key_id,
            )  # fmt: skip
        return reminded, [alert.facts["days"] for alert in open_now]

    assert await told(-DAY) == (0, [])
    assert await told(0 * DAY) == (1, [14])
    assert await told(1 * DAY) == (0, [14])
    assert await told(11 * DAY) == (1, [3])
    assert await told(12 * DAY) == (0, [3])
    async with own_database.transaction(EVERYTHING) as session:
        await end(session, key_id, MONDAY_NINE + 12 * DAY)
    assert await told(12 * DAY) == (0, [])
