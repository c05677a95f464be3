"""What is against a contact."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from collection.gate.rule import Effect


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that is against a contact, in words with its source.

    `rule_id` and `version` are None for what is no rule: the branch's own hours, a customer's
    preference, a hold.
    """

    code: str
    kind: str
    effect: Effect
    words: str
    rule_id: UUID | None = None
    version: int | None = None
    precedence: int = 1000

    @property
    def refuses(self) -> bool:
        """Whether it forbids the contact, rather than warn of it."""
        return self.effect is not Effect.WARN

    def as_json(self) -> dict[str, Any]:
        """As decisions keep it."""
        return {
            "code": self.code, "kind": self.kind, "effect": self.effect.value, "text": self.words,
            "rule_id": str(self.rule_id) if self.rule_id else None, "version": self.version,
        }  # fmt: skip

    @property
    def rank(self) -> tuple[bool, int, str, str]:
        """Where it stands in a list: what refuses first, then by precedence."""
        return not self.refuses, self.precedence, self.code, self.words


Closed = tuple[int, int, Hit]
"""From when to before when, in Unix seconds, and why."""
