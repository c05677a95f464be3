import json
from pathlib import Path

import pytest

from map_ui import vendor

ROOT = Path(vendor.__file__).parent.parent


def put_packages(folder: Path) -> None:
    for package, files in vendor.FILES.items():
        for source in files:
            path = folder / package / source
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{package} {source}")


def test_the_listed_files_are_copied_and_nothing_else_stays(tmp_path: Path) -> None:
    put_packages(tmp_path / "node_modules")
    old = tmp_path / "vendor" / "old.js"
    old.parent.mkdir()
    old.write_text("from an earlier version")
    written = vendor.copy(tmp_path / "node_modules", tmp_path / "vendor")
    assert {path for path in (tmp_path / "vendor").rglob("*") if path.is_file()} == set(written)
    bundle = tmp_path / "vendor" / "swagger-ui" / "swagger-ui-bundle.js"
    assert bundle.read_text() == "swagger-ui-dist swagger-ui-bundle.js"


def test_a_missing_file_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    put_packages(tmp_path / "node_modules")
    (tmp_path / "node_modules" / "leaflet" / "dist" / "leaflet.js").unlink()
    old = tmp_path / "vendor" / "old.js"
    old.parent.mkdir()
    old.touch()
    with pytest.raises(FileNotFoundError, match=r"leaflet\.js is missing: run `npm ci"):
        vendor.copy(tmp_path / "node_modules", tmp_path / "vendor")
    assert old.exists()


def test_every_package_comes_with_its_license() -> None:
    bare = [
        name
        for name, files in vendor.FILES.items()
        if not any(file.startswith("LICENSE") for file in files)
    ]
    assert bare == []


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_versions_are_exact_and_the_ones_that_are_locked() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert set(vendor.FILES) <= set(wanted)
