"""Files by their contents."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from core.ids import new_id
from geofence.attachments.errors import FileLost, FileNotKept
from geofence.attachments.files import fetch, keep


async def test_a_file_is_kept_once_by_its_contents_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "attachments"
    names = await asyncio.gather(*(keep(folder, b"picture") for _ in range(8)))
    assert set(names) == {sha256(b"picture").digest()}
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    assert path == folder / names[0].hex()[:2] / names[0].hex()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert await fetch(folder, names[0], new_id()) == b"picture"


async def test_a_file_that_was_damaged_is_not_given_out_and_mended_when_it_comes_again(
    tmp_path: Path,
) -> None:
    name = await keep(tmp_path, b"picture")
    path = tmp_path / name.hex()[:2] / name.hex()
    path.write_bytes(b"another")
    with pytest.raises(FileLost, match="has been changed"):
        await fetch(tmp_path, name, new_id())
    assert await keep(tmp_path, b"picture") == name
    assert await fetch(tmp_path, name, new_id()) == b"picture"
    path.unlink()
    with pytest.raises(FileLost, match="No such file"):
        await fetch(tmp_path, name, new_id())


async def test_where_nothing_can_be_written_the_phone_is_told_to_come_again(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").write_bytes(b"a file, no folder")
    with pytest.raises(FileNotKept, match="later"):
        await keep(tmp_path / "taken", b"picture")
