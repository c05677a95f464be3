"""Files on disk: sealed, and held to what they were."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from core.ids import new_id
from core.sealing.file_key import FileKey
from geofence.attachments.errors import FileLost, FileNotKept
from geofence.attachments.files import discard, fetch, keep, path_of
from geofence.attachments.stored import Stored

PICTURE = b"a picture" * 20


async def test_a_file_is_sealed_and_its_name_tells_nothing_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "attachments"
    kept = await asyncio.gather(*(keep(folder, PICTURE) for _ in range(8)))
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in paths} == {each.name for each in kept}
    assert len(paths) == 8, "of equal contents, too, nobody can tell that they are equal"
    assert len({path.read_bytes() for path in paths}) == 8
    assert not any(PICTURE[:9] in path.read_bytes() for path in paths)
    assert not any(sha256(PICTURE).hexdigest()[:16] in str(path) for path in paths)
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in paths} == {0o700}
    for each in kept:
        assert each.sha256 == sha256(PICTURE).digest()
        assert await fetch(folder, each, new_id()) == PICTURE


async def test_a_file_of_before_is_read_by_its_hash(tmp_path: Path) -> None:
    old = Stored(sha256(PICTURE).digest(), None)
    path = path_of(tmp_path, old.name)
    path.parent.mkdir()
    path.write_bytes(PICTURE)
    assert path.name == sha256(PICTURE).hexdigest()
    assert await fetch(tmp_path, old, new_id()) == PICTURE


async def test_a_file_that_was_damaged_or_moved_is_not_given_out(tmp_path: Path) -> None:
    kept, other = await keep(tmp_path, PICTURE), await keep(tmp_path, b"another")
    path = path_of(tmp_path, kept.name)
    whole = path.read_bytes()
    for wrong in (
        b"another", whole[:-1], whole[:40] + bytes([whole[40] ^ 1]) + whole[41:],
        path_of(tmp_path, other.name).read_bytes(), PICTURE, b"",
    ):  # fmt: skip
        path.write_bytes(wrong)
        with pytest.raises(FileLost, match="has been changed"):
            await fetch(tmp_path, kept, new_id())
    path.write_bytes(whole)
    assert await fetch(tmp_path, kept, new_id()) == PICTURE
    with pytest.raises(FileLost, match="has been changed"):
        await fetch(tmp_path, Stored(other.sha256, kept.key), new_id())
    await discard(tmp_path, kept)
    await discard(tmp_path, kept)
    with pytest.raises(FileLost, match="No such file"):
        await fetch(tmp_path, kept, new_id())


async def test_where_nothing_can_be_written_the_phone_is_told_to_come_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").write_bytes(b"a file, no folder")
    with pytest.raises(FileNotKept, match="later"):
        await keep(tmp_path / "taken", PICTURE)


def test_a_key_says_nothing_of_itself_where_it_is_printed() -> None:
    key = FileKey.new()
    assert FileKey.read(key.text) == key
    assert key.text not in repr(key)
    assert repr(key.raw) not in repr(key)
