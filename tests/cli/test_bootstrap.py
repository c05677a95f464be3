"""The ``roundsman`` script, on a small checkout of its own that needs no network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from core.settings import ROOT

ECHO = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "cwd": os.getcwd(), "python": sys.executable}))
"""


def make_checkout(place: Path) -> Path:
    """The script beside empty lock files and a ``cli`` that says how it was called."""
    folder = place / "a checkout"
    (folder / "cli").mkdir(parents=True)
    (folder / "cli" / "__init__.py").touch()
    (folder / "cli" / "__main__.py").write_text(ECHO)
    for name in ("requirements.lock", "requirements-dev.lock"):
        (folder / name).write_text("# nothing\n")
    shutil.copy(ROOT / "roundsman", folder)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One in which nothing ran yet."""
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def installed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_checkout(tmp_path_factory.mktemp("installed"))
    assert run(made)[0] == 0
    return made


@pytest.fixture
def installed(installed_once: Path, tmp_path: Path) -> Path:
    """One in which a command ran already; it was then moved here."""
    return Path(shutil.copytree(installed_once, tmp_path / "moved", symlinks=True))


def start(checkout: Path, *words: str, path: str = os.environ["PATH"]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(checkout / "roundsman"), *words],
        cwd=checkout.parent,
        env={"HOME": str(checkout.parent), "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(checkout: Path, *words: str, path: str = os.environ["PATH"]) -> tuple[int, str, str]:
    process = start(checkout, *words, path=path)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_it_is_plain_posix_shell() -> None:
    subprocess.run(["sh", "-n", ROOT / "roundsman"], check=True)


def test_the_second_run_installs_nothing_and_both_pass_words_and_folder_on(checkout: Path) -> None:
    first_code, first, first_said = run(checkout, "streets", "a b", "--x")
    second_code, second, second_said = run(checkout, "streets", "a b", "--x")
    assert (first_code, second_code) == (0, 0), first_said
    assert first == second
    assert f'"arguments": ["streets", "a b", "--x"], "cwd": "{checkout.parent}"' in first
    assert f'"python": "{checkout}/.venv/bin/python"' in first
    assert "Installing" in first_said
    assert second_said == ""


def test_folders_of_the_callers_never_stand_in_for_ours(installed: Path) -> None:
    trap = installed.parent / "cli"
    trap.mkdir()
    (trap / "__init__.py").write_text("raise SystemExit('the wrong cli')")
    code, out, said = run(installed)
    assert code == 0, said
    assert "arguments" in out


def test_a_changed_lock_is_installed_once(installed: Path) -> None:
    (installed / "requirements.lock").write_text("# something else\n")
    assert "Installing" in run(installed)[2]
    assert run(installed)[2] == ""


def test_developers_commands_bring_the_developers_packages(installed: Path) -> None:
    assert "requirements-dev.lock" not in (installed / ".venv" / "installed").read_text()
    run(installed, "test")
    assert "requirements-dev.lock" in (installed / ".venv" / "installed").read_text()
    assert run(installed, "doctor")[2] == ""


def test_a_failed_installation_says_so_and_the_next_run_tries_again(installed: Path) -> None:
    lock = installed / "requirements.lock"
    lock.write_text("./no-such-package-here --hash=sha256:00\n")
    code, out, said = run(installed)
    assert code != 0
    assert out == ""
    assert "requirements.lock could not be installed" in said
    lock.write_text("# mended\n")
    assert run(installed)[0] == 0


def test_a_run_killed_while_it_makes_the_environment_is_made_good(checkout: Path) -> None:
    process = start(checkout)
    while not (checkout / ".venv" / "bin" / "python").exists():
        assert process.poll() is None
    process.kill()
    process.communicate()
    code, out, said = run(checkout)
    assert code == 0, said
    assert "arguments" in out


def test_an_environment_whose_python_is_gone_is_made_anew(installed: Path) -> None:
    python = installed / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")
    code, _, said = run(installed)
    assert code == 0, said


def test_what_a_link_leads_to_is_used_and_never_changed(installed: Path, checkout: Path) -> None:
    (checkout / ".venv").symlink_to(installed / ".venv")
    code, out, said = run(checkout)
    assert code == 0, said
    assert "arguments" in out
    before = (installed / ".venv" / "installed").read_bytes()
    (checkout / "requirements.lock").write_text("# something else\n")
    code, out, said = run(checkout)
    assert (code, out) == (1, "")
    assert f".venv is a link to {installed}/.venv" in said
    assert "Nothing was changed" in said
    assert (installed / ".venv" / "installed").read_bytes() == before


def test_the_screens_libraries_are_not_fetched_through_a_link(checkout: Path) -> None:
    theirs = checkout.parent / "theirs"
    (theirs / "lit-html").mkdir(parents=True)
    (checkout / "node_modules").symlink_to(theirs)
    (checkout / "package-lock.json").write_text("{}")
    (checkout / "map_ui").mkdir()
    (checkout / "map_ui" / "vendor.py").touch()
    code, _, said = run(checkout, "serve")
    assert code == 1
    assert f"node_modules is a link to {theirs}" in said
    assert (theirs / "lit-html").exists()


def test_two_first_runs_at_once_both_succeed(checkout: Path) -> None:
    both = [start(checkout) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Installing" in text for text in said) == 1


def test_a_link_to_it_from_elsewhere_works(installed: Path) -> None:
    link = installed.parent / "rm"
    link.symlink_to(installed / "roundsman")
    result = subprocess.run([link], env={"PATH": os.defpath}, capture_output=True, check=False)
    assert result.returncode == 0


def test_a_shim_that_runs_nothing_is_passed_over(checkout: Path) -> None:
    shims = checkout.parent / "shims"
    shims.mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        (shims / name).write_text(
            "#!/bin/sh\necho 'command not found in this version' >&2\nexit 127\n"
        )
        (shims / name).chmod(0o755)
    code, _, said = run(checkout, path=f"{shims}:{os.environ['PATH']}")
    assert code == 0, said
