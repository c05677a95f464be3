"""A receipt's number is the same in SQL."""

from uuid import UUID

import pytest

from collection.receipts.number_sql import FULL_NUMBER
from collection.receipts.receipt import Number
from data.session import Session, rows


@pytest.mark.parametrize("number", [1, 123, 999_999, 1_000_000, 2_147_483_647])
async def test_it_is_told_whole_however_long(session: Session, number: int) -> None:
    [told] = await rows(
        session,
        f"SELECT {FULL_NUMBER} AS number"  # noqa: S608 our own constant
        " FROM (VALUES (CAST(:number AS int))) r (number), (VALUES ('LS-001')) q (prefix)",
        number=number,
    )
    assert told.number == Number(UUID(int=0), "LS-001", number).text
