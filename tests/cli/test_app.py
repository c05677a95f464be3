"""The command line itself."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from cli import app, bench
from core.settings import ROOT

HELP = """
import sys
from cli import app
try:
    app.main(["--help"])
finally:
    print([command.module for command in app.COMMANDS if command.module in sys.modules])
"""


def roundsman(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-P", "-m", "cli", *words]
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(Path.home()), "COLUMNS": "100"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_help_lists_every_command_and_imports_none_of_them() -> None:
    result = subprocess.run(
        [sys.executable, "-c", HELP], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in app.COMMANDS:
        assert f" {command.name} " in result.stdout
    assert result.stdout.endswith("[]\n")


def test_help_takes_half_a_second_at_most() -> None:
    def spent_s() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before_s = spent_s()  # processor time: the tests share the machine
    assert roundsman("--help").returncode == 0
    assert spent_s() - before_s < 0.5


@pytest.mark.parametrize("command", app.COMMANDS, ids=lambda command: command.name)
def test_every_command_has_its_module_and_explains_itself(command: app.Command) -> None:
    result = roundsman(command.name, "--help")
    assert result.returncode == 0, result.stderr
    assert f"./roundsman {command.name}" in result.stdout


def test_a_domain_error_is_one_sentence_and_exit_code_1() -> None:
    result = roundsman("bench", "no-such-thing", "--seed", "7")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("There is no such benchmark: no-such-thing; there are: ")


def test_an_unknown_command_is_exit_code_2() -> None:
    result = roundsman("nonsense")
    assert result.returncode == 2
    assert "nonsense" in result.stderr


def test_every_benchmark_can_be_named() -> None:
    for name in bench.names():
        assert (ROOT / "benchmarks" / f"{name.replace('-', '_')}.py").exists()
