"""``./roundsman test`` itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from cli import checks
from cli.checks import NoSuchStep, NoSuchTests, Step


def passing(name: str) -> Step:
    return Step(name, "something", [sys.executable, "-c", "print('hidden')"])


def failing(name: str) -> Step:
    return Step(name, "something", [sys.executable, "-c", "print('why it failed'); exit(4)"])


def pytest_words(paths: list[str], expression: str | None, *, deep: bool) -> list[str]:
    (step,) = [s for s in checks.steps(paths, expression, deep) if s.name == checks.PYTEST]
    return step.command


def test_a_step_that_fails_does_not_keep_the_others_from_running(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended:
        checks.run_all([failing("format"), passing("lint"), failing("types")])
    said = capsys.readouterr().out
    assert ended.value.exit_code == 1
    assert said.count("why it failed") == 2
    assert "✓ lint" in said
    assert "hidden" not in said
    assert "2 of 3 checks failed" in said
    assert "./roundsman test --only format\n" in said
    assert "./roundsman test --only types\n" in said


def test_when_all_pass_it_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    checks.run_all([passing("format"), passing("lint")])
    assert "All checks passed" in capsys.readouterr().out


def test_an_unknown_step_is_named_with_the_known_ones() -> None:
    with pytest.raises(NoSuchStep, match="imports, types, tests"):
        checks.run(only="typos")


def test_a_file_that_is_not_there_is_told_before_anything_starts() -> None:
    with pytest.raises(NoSuchTests, match="nowhere"):
        checks.run(["tests/cli/test_checks.py::any", "tests/nowhere.py"])


def test_long_runs_are_left_out_unless_asked_for() -> None:
    assert pytest_words([], None, deep=False)[-2:] == ["-m", "not deep"]
    assert "not deep" not in pytest_words([], None, deep=True)


def test_what_is_compiled_is_kept_for_the_next_process(tmp_path: Path) -> None:
    (tmp_path / "module.py").touch()
    told_not_to = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    told_not_to.pop("PYTHONPYCACHEPREFIX", None)
    command = [sys.executable, "-c", "import module"]
    subprocess.run(command, cwd=tmp_path, env=told_not_to, check=True)
    assert not list(tmp_path.rglob("*.pyc"))
    subprocess.run(command, cwd=tmp_path, env=checks.keeping_bytecode(told_not_to), check=True)
    assert list(tmp_path.rglob("*.pyc"))


def test_paths_and_names_reach_pytest() -> None:
    words = pytest_words(["tests/cli"], "locks", deep=False)
    assert "tests/cli" in words
    assert words[-2:] == ["-k", "locks"]


def test_a_few_screens_get_a_second_try_and_nothing_else_does() -> None:
    screens = [f"tests/browser/test_cases_page.py::test_{n}" for n in range(6)]
    assert checks.second_tries(screens[:2]) == screens[:2]
    assert checks.second_tries(screens) == []
    assert checks.second_tries([*screens[:2], "tests/tracking/test_kill.py::test_a"]) == []
    assert checks.second_tries([]) == []
