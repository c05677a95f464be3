"""Finds every text that the office says, where it stands in English."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from collection.enrollment.columns import COLUMNS as PERSON_COLUMNS
from collection.figures.figure import FIGURES
from collection.portfolio.demand_columns import COLUMNS as DEMAND_COLUMNS
from collection.reconciliation.matching.result import Reason
from identity.policies.policy import RULES
from map_ui.texts.catalog import FOLDER

ROOT = FOLDER.parents[1]
PLACES = {
    "map_ui/templates": "*.html",
    "map_ui/static": "*.js",
    "map_ui": "*.py",
    "api/pages": "*.py",
}
"""Where texts stand."""
SERVICE = (
    "core", "data", "streets", "identity", "collection", "tracking", "geofence", "routing",
    "allocation", "map_ui", "api",
)  # fmt: skip
"""Where the service says something (`core.said`), and where an ``errors.py`` may be, whose classes'
first lines are titles of problems."""

MEANINGS: Mapping[str, Sequence[str]] = {
    "collection/enrollment/columns.py": [each.meaning for each in PERSON_COLUMNS],
    "collection/portfolio/demand_columns.py": [each.meaning for each in DEMAND_COLUMNS],
    "identity/policies/policy.py": [
        text for rule in RULES.values() for text in (rule.meaning, rule.unit, rule.words) if text
    ],
}
"""What tables of columns and of policies say that each of them is, and in which unit."""

TEMPLATE_CALLS = {"t": None, "tn": (1, 2)}
PYTHON_CALLS = {"marked": None, "text_in": (2,), "safe_text_in": (2,), "plural_in": (2, 3)}
SERVICE_CALLS = {"say": None, "say_many": (1, 2)}
TEMPLATE_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_QUOTED = r'"((?:[^"\\\n]|\\.)*)"'
_MODULE_CALL = re.compile(
    rf"(?<![\w.])(?:t\(\s*{_QUOTED}\s*[,)]|tn\(\s*{_QUOTED},\s*{_QUOTED}\s*,)"
)
_MODULE_CALL_BEGUN = re.compile(r"(?<!function )(?<![\w.])tn?\(\s*(?!\))")
_COMMENT = re.compile(r"^\s*/\*.*?\*/|^\s*//[^\n]*|[;,{] +// [^\n]*$", re.DOTALL | re.MULTILINE)


class NotLiteralError(ValueError):
    """A module asks for a text that does not stand there in quotes, so no catalog can have it."""


def gather() -> Catalog:
    """Every text with the files it stands in; those with a form for each number as pairs."""
    catalog = Catalog()
    for place, pattern in PLACES.items():
        for path in sorted((ROOT / place).rglob(pattern)):
            if "vendor" not in path.parts:
                _add(catalog, _texts_of(path), path)
    for folder in SERVICE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text()
            if path.name == "errors.py":
                _add(catalog, titles_of(source), path)
            if "from core.said import" in source:
                _add(catalog, texts_of_python(path, SERVICE_CALLS), path)
    for place, meanings in MEANINGS.items():
        _add(catalog, meanings, ROOT / place)
    for reason in Reason:
        _add(catalog, iter((reason.value,)), ROOT / "collection/reconciliation/matching/result.py")
    for each in FIGURES.values():
        _add(catalog, iter((each.label, each.words)), ROOT / "collection/figures/figure.py")
    return catalog


def _add(catalog: Catalog, texts: Iterable[str | Sequence[str]], path: Path) -> None:
    for text in filter(None, texts):
        place = path.relative_to(ROOT).as_posix()
        catalog.add(text if isinstance(text, str) else tuple(text), locations=[(place, 0)])


def _texts_of(path: Path) -> Iterator[str | Sequence[str]]:
    match path.suffix:
        case ".html":
            return texts_of_template(path)
        case ".js":
            return texts_of_module(path.read_text())
        case _:
            return texts_of_python(path)


def texts_of_template(path: Path) -> Iterator[str | Sequence[str]]:
    """What a template's calls of ``t`` and ``tn`` name in quotes; what they are given otherwise
    must have been `marked`."""
    with path.open("rb") as file:
        for _, text, _, _ in extract("jinja2", file, TEMPLATE_CALLS, (), TEMPLATE_OPTIONS):
            yield text


def texts_of_python(
    path: Path, calls: Mapping[str, tuple[int, ...] | None] = PYTHON_CALLS
) -> Iterator[str | Sequence[str]]:
    """Likewise the functions of `map_ui.texts.catalog`, or those of other `calls`."""
    with path.open("rb") as file:
        for _, text, _, _ in extract("python", file, calls):
            yield text


def texts_of_module(source: str) -> Iterator[str | Sequence[str]]:
    """Likewise a JavaScript module's, wherever they stand in a template literal's depths, which
    Babel's own extractor does not follow. Raises `NotLiteralError`."""
    source = _without_comments(source)
    found = list(_MODULE_CALL.finditer(source))
    if len(found) != len(_MODULE_CALL_BEGUN.findall(source)):
        known = {match.start() for match in found}
        stray = next(m for m in _MODULE_CALL_BEGUN.finditer(source) if m.start() not in known)
        raise NotLiteralError(source[stray.start() : stray.start() + 60])
    for match in found:
        alone, one, many = (each and ast.literal_eval(f'"{each}"') for each in match.groups())
        yield alone if alone is not None else (one, many)


def _without_comments(source: str) -> str:
    return _COMMENT.sub("", source)


def titles_of(source: str) -> Iterator[str]:
    """The titles of a file's domain errors: the first lines of what their classes say."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and (said := ast.get_docstring(node)):
            yield said.splitlines()[0].rstrip(".")
