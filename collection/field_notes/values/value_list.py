"""Lists of values: trees of codes, and what a choice from one must say besides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from core.errors import InvalidField
from core.said import say


class Topic(StrEnum):
    """What a list is chosen from for: a contact by its channel, or a root cause."""

    VISIT = "visit"
    CALL = "call"
    MESSAGE = "message"
    CAUSE = "cause"


class Reaches(StrEnum):
    """Who was spoken to."""

    CUSTOMER = "customer"
    OTHER = "other"
    NOBODY = "nobody"


class Asks(StrEnum):
    """What must be said beside a code: how willing and able they are, a root cause, words, or what
    was promised."""

    ASSESSMENT = "assessment"
    CAUSE = "cause"
    NOTE = "note"
    PROMISE = "promise"


LEVELS = {Topic.CAUSE: 2}
MOST_LEVELS = 3
"""Contact, result, reason; of causes, group and cause."""


@dataclass(frozen=True, slots=True)
class Value:
    """A code below its parent. It can be chosen on its active days, both included. `labels` are in
    other languages than `label`, by their codes (ISO 639-1)."""

    code: str
    label: str
    parent: str | None = None
    reaches: Reaches | None = None
    asks: frozenset[Asks] = field(default_factory=frozenset)
    active_from: date | None = None
    active_until: date | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def is_active(self, day: date) -> bool:
        """Whether it can be chosen on a day."""
        return (self.active_from or day) <= day <= (self.active_until or day)


@dataclass(frozen=True, slots=True)
class ValueList:
    """A version of a list. `id` is None until it is published."""

    id: UUID | None
    topic: Topic
    version: int
    values: Mapping[str, Value]

    def choose(self, fields: Sequence[tuple[str, str | None]], day: date) -> tuple[Value, ...]:
        """The values on the way down the tree that these (field, code) name. Raises `InvalidField`.

        The way begins at the top and ends where nothing that is active lies below.
        """
        chosen: list[Value] = []
        for name, code in fields:
            parent = chosen[-1].code if chosen else None
            open_to = [
                v for v in self.values.values() if v.parent == parent and v.is_active(day)
            ]  # fmt: skip
            if not open_to:
                if code is not None:
                    raise InvalidField(
                        name, say("nothing: no more is asked below {parent}", parent=parent)
                    )
                continue
            found = next((v for v in open_to if v.code == code), None)
            if found is None:
                raise InvalidField(
                    name, say("one of {open_to}", open_to=", ".join(v.code for v in open_to))
                )
            chosen.append(found)
        return tuple(chosen)

    def leaf(self, name: str, code: str, day: date) -> Value:
        """An active value with nothing active below it. Raises `InvalidField`."""
        leaves = self.leaves(day)
        found = next((v for v in leaves if v.code == code), None)
        if found is None:
            raise InvalidField(
                name, say("one of {leaves}", leaves=", ".join(v.code for v in leaves))
            )
        return found

    def leaves(self, day: date) -> Sequence[Value]:
        """The active values with nothing active below them, in order."""
        inner = {v.parent for v in self.values.values() if v.is_active(day)}
        return [v for v in self.values.values() if v.is_active(day) and v.code not in inner]


def check_list(topic: Topic, values: Sequence[Value]) -> None:
    """Raises `InvalidField` unless these make a tree: codes once each, parents before those below
    them, contacts that say whom they reach, and as many levels as the topic has."""
    depth: dict[str, int] = {}
    for n, value in enumerate(values):
        where = f"values.{n}"
        if value.code in depth:
            raise InvalidField(
                f"{where}.code", say("another code: {code} stands before it", code=value.code)
            )
        if value.parent is not None and value.parent not in depth:
            raise InvalidField(f"{where}.parent", say("a code that stands before it in the list"))
        depth[value.code] = 1 + (depth[value.parent] if value.parent else 0)
        most = LEVELS.get(topic, MOST_LEVELS)
        if depth[value.code] > most:
            raise InvalidField(
                f"{where}.parent", say("a code of level {most} at most", most=most - 1)
            )
        says_whom = value.parent is None and topic is not Topic.CAUSE
        if says_whom != (value.reaches is not None):
            raise InvalidField(
                f"{where}.reaches",
                say("customer, other or nobody for a contact, and for nothing else"),
            )
        if value.active_from and value.active_until and value.active_from > value.active_until:
            raise InvalidField(
                f"{where}.active_until",
                say("{active_from} or later", active_from=value.active_from),
            )
    inner = {value.parent for value in values}
    if topic is not Topic.CAUSE:
        for n, value in enumerate(values):
            if value.parent is None and value.code not in inner:
                raise InvalidField(f"values.{n}.code", say("a contact with a result below it"))
    if not values:
        raise InvalidField("values", say("at least one value"))
