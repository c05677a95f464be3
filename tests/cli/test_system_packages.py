"""Installing system packages, with an apt-get that only takes notes."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import system_packages
from cli.errors import MissingPackages
from cli.system_packages import POSTGRES, REDIS

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root installs without asking")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root needs no words")


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put an ``apt-get`` first on PATH that notes its words and then runs a line of shell."""
    monkeypatch.setattr(system_packages, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(system_packages, "CLUSTER_POLICY", tmp_path / "created" / "cluster.conf")

    def make(line: str) -> Path:
        notes = tmp_path / "notes"
        script = tmp_path / "bin" / "apt-get"
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\necho "$@" >>{notes}\n{line}\n')
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
        return notes

    return make


@as_root
def test_root_installs_everything_in_one_go(apt: Callable[[str], Path]) -> None:
    notes = apt("exit 0")
    system_packages.install([POSTGRES, REDIS])
    update, install = notes.read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith("postgresql-postgis redis-server")


@as_root
def test_a_broken_package_source_is_no_reason_to_stop(apt: Callable[[str], Path]) -> None:
    notes = apt('[ "$1" = install ]')
    system_packages.install([REDIS])
    assert len(notes.read_text().splitlines()) == 2


@as_root
def test_a_failed_installation_says_what_to_type(
    apt: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    apt("echo 'E: no such package'; exit 100")
    with pytest.raises(MissingPackages, match="apt-get install -y redis-server"):
        system_packages.install([REDIS])
    assert "E: no such package" in capsys.readouterr().err


@as_root
def test_servers_are_not_started_system_wide_and_no_trace_is_left(
    apt: Callable[[str], Path], tmp_path: Path
) -> None:
    policy, cluster_policy = tmp_path / "policy-rc.d", tmp_path / "created" / "cluster.conf"
    apt(f"{policy}; test $? = 101 && grep -q 'create_main_cluster = false' {cluster_policy}")
    system_packages.install([POSTGRES])
    assert not policy.exists()
    assert not cluster_policy.exists()


@as_user
def test_a_user_without_a_terminal_is_told_what_to_type(apt: Callable[[str], Path]) -> None:
    notes = apt("exit 0")
    with pytest.raises(MissingPackages, match="sudo sh -c 'apt-get update && apt-get install"):
        system_packages.install([REDIS])
    assert not notes.exists()


def test_where_there_is_no_apt_the_packages_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPackages, match="PostgreSQL with PostGIS, Redis"):
        system_packages.install([POSTGRES, REDIS])
