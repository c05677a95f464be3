"""What the service says is told in the reader's language, fresh or from the record."""

import importlib
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import pytest

from core.errors import DomainError
from core.money import Money
from core.said import Said, say, say_all, say_many
from map_ui.texts.catalog import forms, spoken
from map_ui.texts.renew import SPOKEN
from map_ui.texts.sources import ROOT, SERVICE
from map_ui.texts.told import told_in


def errors() -> Iterator[type[DomainError]]:
    """Every error class of the folders that answer people."""
    for folder in SERVICE:
        for path in sorted((ROOT / folder).rglob("errors.py")):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for each in vars(module).values():
                is_error = isinstance(each, type) and issubclass(each, DomainError)
                if is_error and each.__module__ == module.__name__:
                    yield each


SAMPLES: Mapping[Any, Any] = {
    str: "something", int: 3, float: 2.5, bool: True, date: date(2026, 11, 2),
    datetime: datetime(2026, 11, 2, 9, 30, tzinfo=UTC), Money: Money(120_000, "INR"), Path: Path(),
}  # fmt: skip


def sample(kind: Any) -> Any:
    """A value of a type that an error's field has."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return sample(inner[0])
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(map(sample, inner))
    if origin in (tuple, list):
        return origin([sample(inner[0])])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind) and kind is not Money:
        return made(kind)
    return {} if origin is not None or kind is Any else SAMPLES.get(kind, "something")


def made(kind: Any) -> Any:
    """An instance with a sample in each field."""
    if not is_dataclass(kind):
        return kind()
    hints = get_type_hints(kind)
    facts = {each.name: sample(hints[each.name]) for each in fields(kind) if each.init}
    return cast("type[Any]", kind)(**facts)


NEEDS_ITS_OWN_FACTS = {
    "TerritoriesOverlap",
    "ProposalOvertaken",
    "SomethingDepends",
    "NothingToCut",
    "StatementRefused",
}
"""Details made of rows or of a fixed set of reasons."""


def test_every_error_tells_its_title_and_detail_in_every_language() -> None:
    known = {language: {forms(m.id)[0] for m in spoken(language) if m.id} for language in SPOKEN}
    unknown, tried = [], 0
    for kind in errors():
        detail = "" if kind.__name__ in NEEDS_ITS_OWN_FACTS else made(kind).detail
        words = [kind.title.fget(kind.__new__(kind))]  # type: ignore[attr-defined]
        if isinstance(detail, Said) and not detail.text.startswith("{part_0}"):
            words.append(detail.text)
        for language in SPOKEN:
            unknown += [(language, each) for each in words if each not in known[language]]
            if detail:
                assert told_in(language, detail)
                tried += 1
    assert unknown == []
    assert tried > 300


def test_a_fresh_sentence_is_told_with_its_parts() -> None:
    fresh = say("{agent} is back", agent="Asha")
    assert fresh == "Asha is back"
    assert told_in("es-PE", fresh) == "Asha ha vuelto"
    assert told_in("id", fresh) == "Asha sudah kembali"
    assert told_in("en-IN", fresh) == "Asha is back"


def test_a_part_that_is_a_sentence_is_told_too() -> None:
    silence = say("No position for {now}", now=say_many("{count} hour", "{count} hours", 3))
    assert silence == "No position for 3 hours"
    assert told_in("es", silence) == "Sin posición desde hace 3 horas"


def test_sentences_in_a_row_are_told_one_by_one() -> None:
    both = say_all([say("pinned here"), say("must be visited")])
    assert both == "pinned here; must be visited"
    assert told_in("es", both) == "fijado aquí; se debe visitar"


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("Asha is back", "Asha ha vuelto"),
        ("No position for 1 minute", "Sin posición desde hace 1 minuto"),
        ("Battery at 12 %", "Batería al 12 %"),
        (
            "promise due today; 34 days past due; urgency 71; 12 min from the last stop",
            "promesa para hoy; 34 días de atraso; urgencia 71; 12 min desde la última parada",
        ),
        (
            "Probably the battery was empty (the last charge told was 4 %). Nobody sees where Asha"
            " is. Call and ask to sign on.",
            "Probablemente la batería estaba vacía (la última carga informada fue 4 %). Nadie ve"
            " dónde está Asha. Llame y pida que inicie sesión en el teléfono.",
        ),
        ("no visits on Sundays", "sin visitas los domingos"),
    ],
)
def test_a_sentence_from_the_record_is_told_as_well(stored: str, told: str) -> None:
    assert told_in("es", stored) == told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Asha",
        "went to the market",
        "15 to 20",
        "no money on him",
        "a {brace} and a | bar",
        "नमस्ते; bye",
    ],
)
def test_what_people_have_written_stays_as_it_is(text: str) -> None:
    assert told_in("es", text) == text
