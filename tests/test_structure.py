"""The rules of the architecture that a machine can check, beside the import contracts."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = ("identity", "collection", "tracking", "geofence", "routing", "allocation")
PACKAGES = (*DOMAIN, "core", "data", "streets", "map_ui", "api", "jobs", "demo", "cli")

HOMES = {
    "authlib": ("identity/providers/provider.py",),
    "joserfc": ("identity/bearers/proof.py", "identity/providers/provider.py"),
    "sqlalchemy": ("data/", "store.py", "api/problems.py"),
    "geoalchemy2": ("data/", "store.py"),
    "psycopg": ("data/", "cli/", "store.py"),
    "ortools": ("solver.py",),
    "numba": ("routing/planner/search/compiled.py", "routing/speeds/compiled.py"),
    "osmnx": ("streets/network.py",),
    "pyroutingkit": ("routing/travel/travel_times.py",),
    "pyarrow": ("tracking/retention/",),
    "redis": ("data/live.py", "data/limits.py", "cli/"),
    "pyotp": ("identity/second_factor/one_time_code.py",),
    "folium": ("map_ui/",),
    "python_calamine": ("allocation/proposals/sheets/workbook.py",),
    "xlsxwriter": ("allocation/proposals/sheets/workbook.py",),
    "fpdf": ("core/pdf/",),
    "smtplib": ("core/mail.py",),
    "phonenumbers": ("collection/phone.py",),
    "webauthn": ("identity/passkeys/passkey.py",),
    "zxcvbn": ("identity/passwords/password.py",),
    "mt940": ("collection/reconciliation/formats/mt940.py",),
    "ofxtools": ("collection/reconciliation/formats/ofx.py",),
    "fastapi": ("api/",),
    "http_ece": ("map_ui/push/",),
    "py_vapid": ("map_ui/push/",),
    "cryptography": ("core/sealing/", "identity/phone_vaults/vault.py", "map_ui/push/"),
    "procrastinate": ("data/queue.py", "data/migrations/", "jobs/"),
}
"""Where a library may be imported: a folder (with its slash) or a file's ending."""

DOES_IO = {
    "sqlalchemy", "psycopg", "redis", "httpx", "requests", "urllib.request", "socket", "subprocess",
    "asyncio", "os", "pathlib", "shutil", "tempfile", "data.queue", "data.live", "random",
    "secrets",
}  # fmt: skip


def modules(packages: tuple[str, ...] = PACKAGES) -> list[Path]:
    return [
        path.relative_to(ROOT)
        for package in packages
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The dotted names that a module imports, anywhere in it, at run time."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    tree = ast.parse((ROOT / path).read_text())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def is_verb_or_store(path: Path) -> bool:
    tree = ast.parse((ROOT / path).read_text())
    return any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree))


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_has_one_home(library: str) -> None:
    strays = [
        str(path)
        for path in modules()
        if any(name.split(".")[0] == library for name in imports(path))
        and not any(
            str(path).startswith(home) if home.endswith("/") else str(path).endswith(home)
            for home in HOMES[library]
        )
    ]
    assert strays == []


def test_tables_are_imported_by_stores_only() -> None:
    strays = [
        str(path)
        for path in modules()
        if any(name.startswith("data.tables") for name in imports(path))
        and path.parts[0] != "data"
        and path.name != "store.py"
    ]
    assert strays == []


def test_a_noun_file_does_no_input_or_output() -> None:
    strays = {
        str(path): sorted(found)
        for path in modules(DOMAIN)
        if not is_verb_or_store(path)
        and path not in SECRETS
        and (found := {n for n in imports(path) if {n, n.split(".")[0]} & DOES_IO})
    }
    assert strays == {}


SECRETS = {Path("identity/secret.py")}
"""The one place that draws randomness: secrets must not be arguments."""


def test_jobs_go_through_verbs_and_never_through_stores() -> None:
    strays = [
        str(path)
        for path in modules(("jobs",))
        if any(name.endswith("store") for name in imports(path))
    ]
    assert strays == []


def test_nobody_below_the_edge_commits() -> None:
    strays = [
        str(path)
        for path in modules(DOMAIN)
        if any(
            isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback")
            for node in ast.walk(ast.parse((ROOT / path).read_text()))
        )
    ]
    assert strays == []


def test_savepoints_have_one_home() -> None:
    """`data.session.savepoint` has what was left for a transaction's end carried out before."""
    strays = [
        str(path)
        for path in modules((*DOMAIN, "api", "jobs", "data"))
        if path != Path("data/session.py") and "begin_nested" in (ROOT / path).read_text()
    ]
    assert strays == []


def test_no_dependency_of_a_route_costs_a_thread() -> None:
    """The framework runs what is not asynchronous in a thread, on each request."""
    strays = []
    for path in modules(("api",)):
        tree = ast.parse((ROOT / path).read_text())
        plain = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        strays += [
            f"{path}: {node.args[0].id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) == "Depends"
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id in plain
        ]
    assert strays == []


def test_routers_are_of_the_kind_that_is_passed_over_quickly() -> None:
    strays = [
        str(path)
        for path in modules(("api",))
        if path != Path("api/routing.py") and "APIRouter" in (ROOT / path).read_text()
    ]
    assert strays == []


def test_sql_takes_the_time_as_a_parameter() -> None:
    strays = [
        str(path)
        for path in modules()
        if path.name == "store.py"
        and any(word in (ROOT / path).read_text().lower() for word in ("now()", "current_date"))
    ]
    assert strays == []


def test_there_is_one_migration_head() -> None:
    script = ScriptDirectory.from_config(Config(ROOT / "data" / "alembic.ini"))
    assert len(script.get_heads()) == 1


def test_every_job_that_is_enqueued_exists() -> None:
    enqueued = {
        node.args[1].value
        for path in modules()
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", None)) == "enqueue"
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    }
    from jobs.app import tasks

    assert enqueued <= set(tasks())


def test_every_lane_that_a_job_is_put_in_is_worked_on() -> None:
    named = {
        keyword.value.value
        for path in modules()
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "lane" and isinstance(keyword.value, ast.Constant)
    }
    from jobs.app import LANES

    assert named
    assert named <= set(LANES)


def test_no_file_is_too_long_to_read() -> None:
    too_long = {
        str(path): lines
        for path in modules()
        if (lines := len((ROOT / path).read_text().splitlines())) > 400
    }
    assert too_long == {}
