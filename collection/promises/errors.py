"""What can go wrong with promises."""

from dataclasses import dataclass

from core.errors import Forbidden, InvalidField
from core.said import say

OVERRIDES = "supervision.act"
"""The permission to take a promise that a branch's policies do not take."""


@dataclass(eq=False)
class PromiseBeyondTerms(InvalidField):
    """The branch does not take this promise.

    `rule` is the policy that says so, `may_override` the permission to take it all the same.
    """

    rule: str
    may_override: str = OVERRIDES

    @property
    def detail(self) -> str:
        return say(
            "{field}: {expected}. A supervisor may take it all the same, with a reason",
            field=self.field,
            expected=self.expected,
        )


@dataclass(eq=False)
class OverrideNotAllowed(Forbidden):
    """This promise takes somebody with more authority."""

    needed: str = OVERRIDES

    @property
    def detail(self) -> str:
        return say("Ask a supervisor to take it, with a reason")
