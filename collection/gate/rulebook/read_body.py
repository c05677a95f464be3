"""Read what a rule says from JSON or from a pack, and tell it again."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from collection.gate.kinds import KINDS, Kind
from collection.gate.params import params_json, read_params
from collection.gate.rule import (
    ActorClass,
    Channel,
    CountsOn,
    Effect,
    ProductClass,
    RuleBody,
    Status,
    ZoneBasis,
)
from core.clock import read_day
from core.errors import InvalidField
from core.said import say

FOREVER = date(2000, 1, 1)
"""Since when a rule holds that says nothing of it."""

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}")
_JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
MEMBERS = (
    "code", "title", "jurisdiction", "regime", "citation", "source_url", "is_verified", "kind",
    "params", "product_classes", "actor_classes", "channels", "tz_basis", "counts_on", "effect",
    "precedence", "status", "effective_from", "effective_to",
)  # fmt: skip

Word = TypeVar("Word", bound=StrEnum)


def read_body(raw: Mapping[str, Any]) -> RuleBody:
    """A rule from its members. Raises `InvalidField`, which names one and says what is right."""
    for name in raw:
        if name not in MEMBERS:
            raise InvalidField(name, say("one of {members}", members=", ".join(MEMBERS)))
    kind = _word("kind", raw.get("kind"), Kind)
    since = _day("effective_from", raw.get("effective_from")) or FOREVER
    until = _day("effective_to", raw.get("effective_to"))
    if until is not None and until <= since:
        raise InvalidField(
            "effective_to", say("a day after {since}: the first without the rule", since=since)
        )
    params = raw.get("params", {})
    if not isinstance(params, Mapping):
        raise InvalidField("params", say("an object"))
    return RuleBody(
        code=_text("code", raw.get("code"), say("capitals, digits and hyphens: IN-HRS-1"), _CODE),
        title=_text("title", raw.get("title"), say("what the rule says, in a sentence")),
        jurisdiction=_text(
            "jurisdiction", raw.get("jurisdiction"), say("ISO 3166: IN, or US-NY"), _JURISDICTION
        ),
        regime=_text("regime", raw.get("regime"), say("whose rule it is")),
        citation=_text("citation", raw.get("citation"), say("where it stands in the law")),
        source_url=raw.get("source_url"),
        is_verified=raw.get("is_verified") is True,
        params=read_params(kind, params),
        product_classes=_words("product_classes", raw, ProductClass),
        actor_classes=_words("actor_classes", raw, ActorClass),
        channels=_words("channels", raw, Channel),
        tz_basis=_word("tz_basis", raw.get("tz_basis", ZoneBasis.ACCOUNT_BRANCH), ZoneBasis),
        counts_on=_word("counts_on", raw.get("counts_on", CountsOn.PERSON_ACCOUNT), CountsOn),
        effect=_word("effect", raw.get("effect", Effect.BLOCK), Effect),
        precedence=_precedence(raw.get("precedence", 100)),
        status=_word("status", raw.get("status", Status.IN_FORCE), Status),
        effective_from=since,
        effective_to=until,
    )


def body_json(body: RuleBody) -> dict[str, Any]:
    """What `read_body` takes to give the same rule."""
    return {
        "code": body.code, "title": body.title, "jurisdiction": body.jurisdiction,
        "regime": body.regime, "citation": body.citation, "source_url": body.source_url,
        "is_verified": body.is_verified, "kind": KINDS[type(body.params)].value,
        "params": params_json(body.params),
        "product_classes": sorted(body.product_classes),
        "actor_classes": sorted(body.actor_classes), "channels": sorted(body.channels),
        "tz_basis": body.tz_basis.value, "counts_on": body.counts_on.value,
        "effect": body.effect.value, "precedence": body.precedence, "status": body.status.value,
        "effective_from": body.effective_from, "effective_to": body.effective_to,
    }  # fmt: skip


def _text(name: str, value: Any, expected: str, form: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 1000:
        raise InvalidField(name, expected)
    if form is not None and not form.fullmatch(value):
        raise InvalidField(name, expected)
    return value


def _word(name: str, value: Any, options: type[Word]) -> Word:
    try:
        return options(value)
    except ValueError:
        raise InvalidField(name, say("one of {options}", options=", ".join(options))) from None


def _words(name: str, raw: Mapping[str, Any], options: type[Word]) -> frozenset[Word]:
    given = raw.get(name, ())
    if not isinstance(given, list | tuple):
        raise InvalidField(
            name, say("a list of some of {options}; empty for all", options=", ".join(options))
        )
    return frozenset(_word(name, value, options) for value in given)


def _day(name: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return read_day(value)
    except (TypeError, ValueError):
        raise InvalidField(name, say("a day such as 2026-10-01")) from None


def _precedence(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1000:
        raise InvalidField("precedence", say("a whole number from 1 (named first) to 1000"))
    return value
