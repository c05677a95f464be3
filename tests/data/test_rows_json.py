"""Rows as JSON: the database reads from it what was put in."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import text

from core.said import say
from data.rows_json import as_json
from data.session import EVERYTHING, Database

pytestmark = pytest.mark.anyio
ID = UUID("0191a0b4-0000-7000-8000-000000000001")
SANTIAGO = timezone(timedelta(hours=-3))


async def test_ids_days_instants_and_sentences_are_what_they_were(database: Database) -> None:
    given = [
        {
            "id": ID, "day": date(2026, 11, 23), "words": say("{count} cases", count=3),
            "at": datetime(2026, 11, 23, 9, 0, 0, 250_000, SANTIAGO), "more": {"all": (1, None)},
        }
    ]  # fmt: skip
    async with database.transaction(EVERYTHING) as session:
        read = await session.execute(
            text(
                "SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb))"
                " AS r (id uuid, day date, words text, at timestamptz, more jsonb)"
            ),
            {"given": as_json(given)},
        )
    [row] = read.all()
    assert (row.id, row.day, row.words) == (ID, date(2026, 11, 23), "3 cases")
    assert row.at == datetime(2026, 11, 23, 12, 0, 0, 250_000, UTC)
    assert row.more == {"all": [1, None]}


def test_what_no_column_could_take_is_refused() -> None:
    with pytest.raises(NotImplementedError):
        as_json([{"id": object()}])
