"""Bringing days back: for how long, and what a harmed archive does."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from data.session import Database
from tests.conftest import MONDAY_NINE
from tests.tracking.parcels import one
from tests.tracking.retention.scenes import DAY, KEEP_UNTIL, all_pings, days_ago, some_pings
from tracking.retention.errors import ArchiveDamaged, ArchiveMissing, NothingArchived
from tracking.retention.restore import restore
from tracking.retention.retain import retain


async def test_a_restored_day_stays_until_its_time_is_over(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, _ = branches
    await some_pings(own, short, DAY, 30)
    await retain(own, tmp_path, MONDAY_NINE)
    await restore(own, tmp_path, DAY, DAY, KEEP_UNTIL, MONDAY_NINE)
    # A shorter wish does not shorten what was granted.
    await restore(own, tmp_path, DAY, DAY, MONDAY_NINE + timedelta(days=1), MONDAY_NINE)
    await retain(own, tmp_path, KEEP_UNTIL - timedelta(seconds=1))
    assert len(await all_pings(own, short)) == 30
    await retain(own, tmp_path, KEEP_UNTIL)
    assert await all_pings(own, short) == []
    assert await one(own, "SELECT * FROM restored_pings") is None


@pytest.mark.parametrize("harm", ["missing", "shortened", "a changed byte"])
async def test_a_harmed_file_is_named_and_nothing_is_restored(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path, harm: str
) -> None:
    short, _ = branches
    await some_pings(own, short, days_ago(11), 30)
    await some_pings(own, short, DAY, 30)
    await retain(own, tmp_path, MONDAY_NINE)
    file = tmp_path / (await one(own, "SELECT path FROM archived_pings WHERE day = :d", d=DAY)).path
    content = file.read_bytes()
    if harm == "missing":
        file.unlink()
    elif harm == "shortened":
        file.write_bytes(content[:-10])
    else:
        file.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    with pytest.raises((ArchiveMissing, ArchiveDamaged)) as told:
        await restore(own, tmp_path, days_ago(11), DAY, KEEP_UNTIL, MONDAY_NINE)
    assert str(file) in told.value.detail
    assert await all_pings(own, short) == []
    # Late pings of that day stay where they are until the file is whole again.
    await some_pings(own, short, DAY, 3)
    done = await retain(own, tmp_path, MONDAY_NINE)
    assert [fault.day for fault in done.faults] == [DAY]
    assert len(await all_pings(own, short)) == 3
    file.write_bytes(content)
    await retain(own, tmp_path, MONDAY_NINE)
    assert (await one(own, "SELECT * FROM archived_pings WHERE day = :d", d=DAY)).pings == 33


async def test_days_without_an_archive_are_said_so(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    with pytest.raises(NothingArchived, match="pings status"):
        await restore(own, tmp_path, DAY, DAY, KEEP_UNTIL, MONDAY_NINE)
