"""The documentation says what the code does, as far as a machine can tell."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from collection.exports.file import COLUMNS as FILE_COLUMNS
from collection.figures.figure import FIGURES
from collection.portfolio.demand_columns import COLUMNS, REQUIRED
from collection.portfolio.demand_file import read_demand_file
from core.settings import Settings
from geofence.verdict import CEILING
from identity.policies.policy import DEFAULTS, RULES
from tests.application import document

ROOT = Path(__file__).resolve().parent.parent
PLAIN_ROUTES = {"/v1/pings", "/gps", "/docs", "/openapi.json", "/healthz"}
"""Served outside the OpenAPI document."""

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
OUR_FILE = re.compile(r"(?:[a-z_]+/)+[a-z0-9_]+\.(?:py|js|css|html|toml|md)")
ROUTE = re.compile(r"\b(GET|PUT|POST|DELETE) (/[a-z][\w\-./{}]*)")


def pages() -> list[Path]:
    """Every Markdown page that the repository holds or is about to."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode != 0:  # an archive of the repository, without its history
        return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(ROOT / name for name in set(listed.stdout.split()) if (ROOT / name).exists())


def page(name: str) -> str:
    return (ROOT / name).read_text()


def table(markdown: str, first_cell: str) -> list[list[str]]:
    """The rows of the table whose header begins with `first_cell`, cells stripped."""
    lines = markdown.splitlines()
    header = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_cell} |"))
    rows = []
    for line in lines[header + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def heading_names(markdown: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_there_are_pages_to_check() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in pages()}
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/api.md"} <= names


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    dead = []
    for target in LINK.findall(path.read_text()):
        parts = urlsplit(target)
        if parts.scheme:
            continue
        found = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        lost = not found.exists() or not found.is_relative_to(ROOT)
        if lost or (parts.fragment and parts.fragment not in heading_names(found.read_text())):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_exists(path: Path) -> None:
    named = [code for code in CODE.findall(path.read_text()) if OUR_FILE.fullmatch(code)]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "README.md").read_text()))
    assert {path.name for path in folder.glob("0*.md")} <= listed


def test_the_documented_columns_are_those_of_the_code() -> None:
    documented = [
        (name, kind, meaning, example, also, spoils)
        for name, kind, meaning, example, also, spoils in table(
            page("docs/demand-file.md"), "column"
        )
    ]
    assert documented == [
        (
            f"`{column.name}`",
            column.kind.value,
            column.meaning,
            f"`{column.example}`" if column.example else "",
            ", ".join(f"`{name}`" for name in column.synonyms),
            "yes" if column.essential else "no",
        )
        for column in COLUMNS
    ]


def test_the_documented_kinds_of_cells_are_those_of_the_code() -> None:
    documented = {row[0] for row in table(page("docs/demand-file.md"), "kind")}
    assert documented == {column.kind.value for column in COLUMNS}


def test_the_required_columns_are_documented_as_such() -> None:
    sentence = page("docs/demand-file.md").split("Required: ")[1].split(";")[0]
    assert tuple(CODE.findall(sentence)) == REQUIRED


def test_the_example_files_can_be_read() -> None:
    examples = page("docs/demand-file.md").split("## Examples")[1].split("\n## ")[0]
    files = re.findall(r"(?:^    .+\n)+", examples, re.MULTILINE)
    assert len(files) == 2
    for file in files:
        text = "".join(line[4:] for line in file.splitlines(keepends=True))
        read = read_demand_file(text.encode(), currency="CLP")
        assert read.rows
        assert not read.problems
        assert not read.ignored_columns


def settings_by_variable() -> dict[str, object]:
    """Each environment variable that the product reads, and its default."""
    prefix = Settings.model_config["env_prefix"]
    return {
        str(field.validation_alias or f"{prefix}{name}".upper()): field.default
        for name, field in Settings.model_fields.items()
    }


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {
        row[0].strip("`"): row[1] for row in table(page("docs/operations.md"), "variable")
    }
    settings = settings_by_variable()
    assert documented.keys() == settings.keys()
    for variable, default in settings.items():
        if isinstance(default, str | int | bool):
            told = str(default).lower() if isinstance(default, bool) else str(default)
            assert documented[variable] == f"`{told}`", variable


def test_every_policy_is_documented_as_it_is() -> None:
    documented = [tuple(row) for row in table(page("docs/operations.md"), "policy")]
    assert documented == [
        (f"`{key}`", f"`{str(DEFAULTS[key]).lower()}`", rule.expected, rule.meaning)
        for key, rule in RULES.items()
    ]


def test_every_reason_of_a_verdict_is_explained_with_its_ceiling() -> None:
    explained = {
        row[0].strip("`"): row[1].strip("`")
        for row in table(page("docs/visit-verification.md"), "code")
    }
    assert explained == {code: level.value for code, level in CEILING.items()}


def test_the_columns_of_files_that_go_out_are_documented() -> None:
    documented = table(page("docs/exports.md"), "kind")
    told = table(page("docs/exports.md").split("Behind these")[1], "kind")
    assert [row[0] for row in documented] == [f"`{kind}`" for kind in FILE_COLUMNS]
    assert [tuple(CODE.findall(row[1])) for row in told] == list(FILE_COLUMNS.values())


def test_every_figure_is_documented_as_it_is_defined() -> None:
    documented = [tuple(row) for row in table(page("docs/figures.md"), "figure")]
    assert documented == [
        (f"`{f.name}`", f.label, f.unit.value, f.words, "yes" if f.has_target else "")
        for f in FIGURES.values()
    ]


def test_every_route_that_is_named_is_served() -> None:
    def plain(route: str) -> str:
        return re.sub(r"\{\w+\}", "{}", route)

    paths = document()["paths"]
    served = {(method.upper(), plain(route)) for route in paths for method in paths[route]}
    named = {
        (method, plain(route))
        for path in pages()
        for method, route in ROUTE.findall(path.read_text())
        if route not in PLAIN_ROUTES
    }
    assert named
    assert named <= served
