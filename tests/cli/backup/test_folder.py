"""What may go from a backup folder, what is missing in it, and where a restore begins."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.backup.files import FilesBackup, put_back
from cli.backup.folder import BackupFolder, Base, base_for, gaps, outdated, unneeded_log
from cli.backup.follow import prune
from cli.backup.verify import verify
from core.sealing.box import OpeningKey
from core.sealing.errors import DamagedBox

DAY = datetime(2026, 11, 20, tzinfo=UTC)
KEY = OpeningKey.new()


def base(days: int, segment: str = "000000010000000000000005", sha256: str = "") -> Base:
    ended_at = DAY + timedelta(days=days)
    return Base(f"day{days}", 15, segment, ended_at - timedelta(minutes=5), ended_at, 1, sha256)


@pytest.mark.parametrize(
    ("until", "begins"),
    [(None, "day2"), (2.5, "day2"), (2, "day2"), (1.9, "day1"), (-0.1, None)],
)
def test_a_restore_begins_at_the_newest_backup_that_had_ended_by_then(
    until: float | None, begins: str | None
) -> None:
    at = None if until is None else DAY + timedelta(days=until)
    found = base_for([base(0), base(1), base(2)], at)
    assert (found.stamp if found else None) == begins


@pytest.mark.parametrize(
    ("keep_since", "goes"),
    [(-1, []), (0, []), (1.5, ["day0"]), (2.5, ["day0", "day1"]), (99, ["day0", "day1"])],
)
def test_the_backup_that_a_restore_to_the_oldest_time_needs_stays(
    keep_since: float, goes: list[str]
) -> None:
    found = outdated([base(0), base(1), base(2)], DAY + timedelta(days=keep_since))
    assert [each.stamp for each in found] == goes


def test_the_log_before_the_oldest_backup_goes_whatever_its_timeline() -> None:
    log = [
        "000000010000000000000003", "000000010000000000000005", "00000002.history",
        "000000020000000000000004", "000000020000000000000006.partial",
    ]  # fmt: skip
    assert unneeded_log(log, [base(0)]) == [log[0], log[3]]
    assert unneeded_log(log, []) == []


def test_a_missing_segment_is_named_and_another_timeline_may_go_on() -> None:
    log = [
        "0000000100000000000000FE", "000000020000000100000000", "000000020000000100000002",
    ]  # fmt: skip
    assert gaps(log, base(0, "0000000100000000000000FE")) == [
        "00000000000000FF",
        "0000000100000001",
    ]


def test_what_is_pruned_is_gone_and_the_rest_still_verifies(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path)
    folder.prepare()
    for each in (0, 1):
        sealed = folder.write(f"bases/day{each}/base.tar.gz", KEY.sealing, io.BytesIO(b"rows"))
        folder.finish(base(each, f"00000001000000000000000{each + 5}", sealed.sha256))
    for segment in (5, 6, 7):
        folder.write(f"wal/00000001000000000000000{segment}", KEY.sealing, io.BytesIO(b"log"))
    assert prune(folder, DAY + timedelta(days=9)) == 2
    assert folder.log() == ["000000010000000000000006", "000000010000000000000007"]
    assert verify(folder, KEY).faults == []
    folder.box("bases/day1/base.tar.gz").write_bytes(b"other rows")
    folder.box("wal/000000010000000000000007").write_bytes(b"other log")
    assert len(verify(folder, KEY).faults) == 2


def test_files_are_sealed_once_and_come_back_as_they_were(tmp_path: Path) -> None:
    folder, home = BackupFolder(tmp_path / "backup"), tmp_path / "attachments"
    folder.prepare()
    (home / "3f").mkdir(parents=True)
    (home / "3f" / "photo").write_bytes(b"a face")
    (home / "3f" / "photo2.new").write_bytes(b"half a fa")
    (home / "incoming" / "5a" / "upload").mkdir(parents=True)
    (home / "incoming" / "5a" / "upload" / "0").write_bytes(b"a part that a phone still has")
    (tmp_path / "keys").write_text("a key")
    backup = FilesBackup(folder, {"attachments": home, "keys": tmp_path / "keys"})
    assert (backup.take(KEY.sealing), backup.take(KEY.sealing)) == (2, 0)
    assert not any(b"a face" in path.read_bytes() for path in tmp_path.glob("backup/**/*.box"))

    new = {"attachments": tmp_path / "restored", "keys": tmp_path / "keys"}
    assert put_back(folder, KEY, new, over=frozenset()) == 1
    assert (tmp_path / "restored" / "3f" / "photo").read_bytes() == b"a face"
    with pytest.raises(DamagedBox):
        put_back(folder, OpeningKey.new(), new, over=frozenset())


def test_a_file_that_is_gone_leaves_the_backup_once_nobody_can_go_back_to_it(
    tmp_path: Path,
) -> None:
    folder, photo = BackupFolder(tmp_path / "backup"), tmp_path / "photo"
    folder.prepare()
    photo.write_bytes(b"a face")
    backup = FilesBackup(folder, {"photo": photo})
    backup.take(KEY.sealing)
    photo.unlink()
    backup.take(KEY.sealing)
    now = datetime.now(UTC)
    assert backup.prune(now - timedelta(days=30)) == 0
    assert backup.prune(now + timedelta(seconds=5)) == 1
    assert folder.objects() == {}
