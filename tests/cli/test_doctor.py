"""What the doctor finds, one ailment at a time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli import doctor
from core.settings import settings


@pytest.fixture
def setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set environment variables for the settings that the doctor reads; None unsets."""

    def change(**variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        settings.cache_clear()

    change(DATABASE_URL=None, REDIS_URL=None)
    yield change
    settings.cache_clear()


def test_a_database_that_does_not_answer_is_bad(setting: Callable[..., None]) -> None:
    setting(DATABASE_URL="postgresql+psycopg://nobody:nothing@127.0.0.1:1/none")
    finding = doctor.database()
    assert finding.verdict == "bad"
    assert "refused" in finding.found
    assert doctor.migrations().verdict == "optional"


def test_a_redis_that_does_not_answer_is_bad(setting: Callable[..., None]) -> None:
    setting(REDIS_URL="redis://127.0.0.1:1/0")
    assert doctor.redis().verdict == "bad"


def test_a_state_folder_that_cannot_be_made_is_bad(setting: Callable[..., None]) -> None:
    setting(ROUNDSMAN_STATE_DIR="/proc/1/nothing/can/be/made/here")
    finding = doctor.state_folder()
    assert finding.verdict == "bad"
    assert "ROUNDSMAN_STATE_DIR" in finding.type_this


def test_a_new_state_folder_is_no_trouble(setting: Callable[..., None], tmp_path: Path) -> None:
    setting(ROUNDSMAN_STATE_DIR=str(tmp_path / "new"))
    assert doctor.state_folder().verdict == "good"
    assert not (tmp_path / "new").exists()


def test_state_of_a_clone_that_is_gone_is_shown_and_left_alone(
    setting: Callable[..., None], tmp_path: Path
) -> None:
    for name, clone in (("mine", tmp_path), ("gone", tmp_path / "deleted")):
        folder = tmp_path / "roundsman" / name
        folder.mkdir(parents=True)
        (folder / "clone").write_text(f"{clone}\n")
    setting(ROUNDSMAN_STATE_DIR=str(tmp_path / "roundsman" / "mine"))
    (finding,) = doctor.forgotten_clones()
    assert str(tmp_path / "deleted") in finding.found
    assert finding.type_this.endswith(f"rm -r {tmp_path}/roundsman/gone")
    assert (tmp_path / "roundsman" / "gone" / "clone").exists()


def test_what_is_installed_is_what_is_locked() -> None:
    assert doctor.packages().verdict == "good"
