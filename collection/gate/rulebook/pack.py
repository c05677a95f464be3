"""A pack: the rules of one regime, as a file of this repository says them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collection.gate.rule import RuleBody
from collection.gate.rulebook.read_body import read_body
from core.errors import InvalidField
from core.said import say


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules with their sources. A pack whose text changes gets the next `version`."""

    name: str
    version: int
    title: str
    jurisdiction: str
    about: str
    rules: tuple[RuleBody, ...]


def parse_pack(name: str, text: str) -> Pack:
    """A pack from its file. What stands under ``defaults`` holds for each rule that says nothing.

    Raises `InvalidField` that names the rule and its member.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidField(name, say("a pack in TOML; {error}", error=error)) from None
    defaults: Mapping[str, Any] = told.get("defaults", {})
    rules = tuple(_rule(name, {**defaults, **rule}) for rule in told["rules"])
    codes = [rule.code for rule in rules]
    for code in codes:
        if codes.count(code) > 1:
            raise InvalidField(f"{name}.{code}", say("one rule of this code"))
    return Pack(name, told["version"], told["title"], told["jurisdiction"], told["about"], rules)


def _rule(name: str, raw: Mapping[str, Any]) -> RuleBody:
    try:
        return read_body(raw)
    except InvalidField as error:
        where = f"{name}.{raw.get('code', 'a rule without code')}.{error.field}"
        raise InvalidField(where, error.expected) from None
