"""Retention by branch: what leaves, by way of the archive, and what must stay."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pyarrow import parquet
from sqlalchemy import text

from core.ids import new_id
from data.session import EVERYTHING, Database, rows
from tests.conftest import MONDAY_NINE
from tests.factories import a_branch, a_device
from tests.tracking.parcels import one
from tests.tracking.retention.scenes import (
    DAY,
    KEEP_UNTIL,
    a_file_instead_of,
    all_pings,
    archived,
    days_ago,
    files,
    keeps,
    partition_days,
    some_pings,
)
from tracking.retention.errors import RetentionRuns
from tracking.retention.restore import restore
from tracking.retention.retain import retain


async def test_what_one_branch_keeps_stays_when_anothers_leaves(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, long = branches
    await some_pings(own, short, DAY, 30)
    await some_pings(own, long, DAY, 20)
    await some_pings(own, short, days_ago(7), 10)
    done = await retain(own, tmp_path, MONDAY_NINE)
    assert [(day, gone.branch.code, gone.pings) for day, gone in done.left] == [(DAY, "SHORT", 30)]
    assert done.dropped == []
    assert (len(await all_pings(own, short)), len(await all_pings(own, long))) == (10, 20)
    row = await archived(own, short)
    assert (row.pings, row.dropped_at) == (30, MONDAY_NINE)
    assert row.path == f"pings/day={DAY}/branch=SHORT.parquet"
    assert parquet.read_metadata(tmp_path / row.path).num_rows == 30
    assert await archived(own, long) is None


async def test_the_partition_goes_when_nobody_keeps_the_day(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, long = branches
    await some_pings(own, short, days_ago(100), 30)
    await some_pings(own, long, days_ago(100), 20)
    await some_pings(own, long, days_ago(90), 5)
    done = await retain(own, tmp_path, MONDAY_NINE)
    assert done.dropped == [days_ago(100)]
    assert await partition_days(own) == {days_ago(90)}
    assert len(files(tmp_path)) == 2


async def test_a_branch_that_does_not_archive_leaves_nothing_behind(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, _ = branches
    await keeps(own, short, 7, archives=False)
    await some_pings(own, short, DAY, 30)
    await retain(own, tmp_path, MONDAY_NINE)
    assert await all_pings(own, short) == []
    assert files(tmp_path) == []
    assert await archived(own, short) is None


async def test_late_pings_of_a_day_that_has_left_join_the_others_in_its_file(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, long = branches
    await some_pings(own, short, DAY, 30)
    await retain(own, tmp_path, MONDAY_NINE)
    await some_pings(own, long, DAY, 1)
    for late in (5, 7):
        await some_pings(own, short, DAY, late)
        done = await retain(own, tmp_path, MONDAY_NINE)
        assert not done.faults
    assert (await archived(own, short)).pings == 42
    assert len(files(tmp_path)) == 1
    await restore(own, tmp_path, DAY, DAY, KEEP_UNTIL, MONDAY_NINE)
    assert len(await all_pings(own, short)) == 42


async def test_nothing_leaves_while_the_archive_cannot_be_written_and_an_alert_says_so(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    short, _ = branches
    await some_pings(own, short, DAY, 30)
    in_the_way = a_file_instead_of(tmp_path / "archive")
    for _ in range(2):
        done = await retain(own, in_the_way, MONDAY_NINE)
        assert [fault.branch.code for fault in done.faults] == ["SHORT"]
        assert (done.left, done.dropped) == ([], [])
    assert len(await all_pings(own, short)) == 30
    alert = await one(own, "SELECT * FROM alert WHERE cleared_at IS NULL")
    assert (alert.kind, alert.branch_id) == ("pings_not_archived", short)
    assert str(DAY) in alert.detail
    assert "still in the database" in alert.detail
    in_the_way.unlink()
    await retain(own, in_the_way, MONDAY_NINE)
    assert await all_pings(own, short) == []
    assert await one(own, "SELECT * FROM alert WHERE cleared_at IS NULL") is None


async def test_two_never_run_at_once(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    async with own.transaction(EVERYTHING) as session:
        await rows(session, "SELECT pg_advisory_xact_lock(hashtext('life of pings'))")
        with pytest.raises(RetentionRuns):
            await retain(own, tmp_path, MONDAY_NINE)
        with pytest.raises(RetentionRuns):
            await restore(own, tmp_path, DAY, DAY, KEEP_UNTIL, MONDAY_NINE)


async def test_old_quarantine_and_self_tests_leave_too_each_by_its_branch(
    own: Database, branches: tuple[UUID, UUID], tmp_path: Path
) -> None:
    for branch in branches:
        async with own.transaction(EVERYTHING) as session:
            device, _ = await a_device(session, branch)
            for age in (1, 8, 91):
                at = MONDAY_NINE - timedelta(days=age)
                facts = {"id": new_id(), "branch": branch, "device": device, "at": at}
                await session.execute(
                    text(
                        "INSERT INTO quarantine (id, branch_id, device_id, protocol, reason, body,"
                        " received_at) VALUES (:id, :branch, :device, 'gps', 'lat', '', :at)"
                    ),
                    facts,
                )
                await session.execute(
                    text(
                        "INSERT INTO self_test (id, branch_id, device_id, started_at, ends_at,"
                        " interval_s) VALUES (:id, :branch, :device,"
                        " CAST(:at AS timestamptz) - interval '1 hour', :at, 30)"
                    ),
                    facts,
                )
                await session.execute(
                    text("INSERT INTO self_test_beat VALUES (:id, :at, :at)"), facts
                )
    done = await retain(own, tmp_path, MONDAY_NINE)
    assert (done.quarantined, done.self_tests) == (3, 3)
    for table in ("quarantine", "self_test"):
        async with own.transaction(EVERYTHING) as session:
            left = await rows(
                session,
                f"SELECT branch_id, count(*) AS n FROM {table} GROUP BY branch_id",  # noqa: S608
            )
        assert {r.branch_id: r.n for r in left} == dict(zip(branches, (1, 2), strict=True))
    assert (await one(own, "SELECT count(*) AS n FROM self_test_beat")).n == 3


async def test_a_code_that_is_no_file_name_is_one_all_the_same(
    own: Database, tmp_path: Path
) -> None:
    async with own.transaction(EVERYTHING) as session:
        branch = await a_branch(session, "../ÑUÑOA 1")
    await keeps(own, branch, 7)
    await some_pings(own, branch, DAY, 3)
    await retain(own, tmp_path, MONDAY_NINE)
    assert (tmp_path / (await archived(own, branch)).path).is_relative_to(tmp_path / "pings")
    assert len(files(tmp_path)) == 1
