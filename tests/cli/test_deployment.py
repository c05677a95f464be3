"""Dockerfile, compose file and lock files: what can be checked without a container engine."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli import app
from core.settings import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service.get("build")]


def instructions() -> list[tuple[str, list[str]]]:
    """The Dockerfile's instructions and their words, continuation lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(words[0], words[1:]) for line in lines if (words := shlex.split(line))]


def let_in() -> set[str]:
    """What `.dockerignore` lets into the build, top level only."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def test_the_build_copies_only_what_is_here_and_let_in() -> None:
    sources = [
        source
        for name, words in instructions()
        if name == "COPY" and not words[0].startswith("--from=")
        for source in words[:-1]
    ]
    assert "requirements.lock" in sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source == "." or source.rstrip("/") in let_in(), source


def test_stages_are_copied_from_by_names_that_exist() -> None:
    stages = {words[2] for name, words in instructions() if name == "FROM" and len(words) == 3}
    used = {
        words[0].removeprefix("--from=")
        for name, words in instructions()
        if name == "COPY" and words[0].startswith("--from=")
    }
    assert used
    assert used <= stages


def test_every_package_of_ours_is_let_into_the_image() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages <= let_in()


def test_modules_that_the_build_runs_exist() -> None:
    modules = re.findall(r"python -m ((?!venv|pip)[\w.]+)", (ROOT / "Dockerfile").read_text())
    assert modules == ["map_ui.vendor"]
    for module in modules:
        assert (ROOT / f"{module.replace('.', '/')}.py").exists()


def test_the_image_runs_as_an_ordinary_user_with_a_known_command() -> None:
    last = dict(instructions())
    assert last["USER"] not in (["root"], ["0"])
    assert last["ENTRYPOINT"] == ["[python,", "-P,", "-m,", "cli]"]
    assert last["CMD"][0].strip("[]") in {command.name for command in app.COMMANDS}


@pytest.mark.parametrize("name", ["Dockerfile", "docker-compose.yml"])
def test_no_secret_is_written_down(name: str) -> None:
    text = (ROOT / name).read_text()
    for value in re.findall(r"(?i)^\s*\w*password\w*\s*[:=]\s*(\S+)", text, flags=re.MULTILINE):
        assert value.startswith("${"), value
    assert re.findall(r"://\w+:([^@\s]+)@", text) in (
        [],
        ["${ROUNDSMAN_DATABASE_PASSWORD:?set it in .env}"],
    )


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_containers_runs_a_command_that_there_is(name: str) -> None:
    assert SERVICES[name]["command"][0] in {command.name for command in app.COMMANDS}


def test_one_shot_migration_stands_between_the_stores_and_what_serves() -> None:
    assert OURS == ["migrate", "api", "worker"]
    waits = {"database": "service_healthy", "redis": "service_healthy"}
    assert {k: v["condition"] for k, v in SERVICES["migrate"]["depends_on"].items()} == waits
    for name in ("api", "worker"):
        condition = SERVICES[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"
    for name in set(SERVICES) - {"migrate"}:
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD", name


def test_only_the_api_is_reachable_and_only_from_the_machine_itself() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"api": ["127.0.0.1:8765:8765"]}
    assert COMPOSE["networks"]["inside"]["internal"] is True


def pinned(path: Path) -> dict[tuple[str, str], str]:
    """Package and environment marker → version, of a lock file."""
    found = re.findall(
        r"^([\w.-]+)==([^\s;\\]+)(?: ; ([^\\\n]+))?", path.read_text(), flags=re.MULTILINE
    )
    return {(name, marker.strip()): version for name, version, marker in found}


def test_the_developers_lock_holds_the_products_at_the_same_versions() -> None:
    product = pinned(ROOT / "requirements.lock")
    developers = pinned(ROOT / "requirements-dev.lock")
    assert len(product) > 50
    names = {name for name, _ in developers}
    assert {name for name, _ in product} <= names
    assert {key: developers[key] for key in product if key in developers} == {
        key: version for key, version in product.items() if key in developers
    }


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.lock")), ids=lambda p: p.name)
def test_lock_files_have_hashes_and_no_addresses(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    for block in re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.in")), ids=lambda p: p.name)
def test_every_requirement_is_locked(path: Path) -> None:
    wanted = re.findall(r"^([\w.-]+)", path.read_text(), flags=re.MULTILINE)
    locked = {name for name, _ in pinned(path.with_suffix(".lock"))}
    assert wanted
    assert {name.lower() for name in wanted if not name.startswith("-")} <= locked
