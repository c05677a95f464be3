"""The six kinds of domain error. Each folder's ``errors.py`` derives its own from these.

A concrete error is a dataclass whose fields are the facts of the refusal. Its docstring's first
line is the title a user reads; `detail` is a sentence that says what would be right. Only
``api/problems.py`` knows how a kind becomes an HTTP status.

Errors are not ``frozen``: Python itself assigns ``__traceback__`` while one travels through a
context manager, and a frozen dataclass refuses that.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from core.said import say


class DomainError(Exception):
    """The request could not be carried out."""

    kind: ClassVar[str] = "domain-error"

    @property
    def code(self) -> str:
        """The error's stable name for programs, e.g. ``over-cash-limit``."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")

    @property
    def title(self) -> str:
        """The first line of the class docstring, without its full stop."""
        return (type(self).__doc__ or "").strip().splitlines()[0].rstrip(".")

    @property
    def detail(self) -> str:
        """One sentence for the reader: what happened and what would be right."""
        return self.title

    def facts(self) -> dict[str, Any]:
        """The dataclass fields by name: extension members of an RFC 9457 problem."""
        if not hasattr(self, "__dataclass_fields__"):
            return {}
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self.detail


class NotFound(DomainError):
    """There is no such thing, or it is not yours to see."""

    kind = "not-found"


class Refused(DomainError):
    """The rules do not allow this."""

    kind = "refused"


class Conflict(DomainError):
    """This meets something that is already there."""

    kind = "conflict"


class Invalid(DomainError):
    """A value cannot be understood."""

    kind = "invalid"


class Forbidden(DomainError):
    """You may not do this."""

    kind = "forbidden"


class Unavailable(DomainError):
    """This cannot be done right now."""

    kind = "unavailable"


@dataclass(eq=False)
class InvalidField(Invalid):
    """A field has a value that cannot be used.

    `field` is the name as the sender wrote it (dotted for nested ones); `expected` says what would
    be right.
    """

    field: str
    expected: str

    @property
    def detail(self) -> str:
        return say("{field}: {expected}", field=self.field, expected=self.expected)


@dataclass(eq=False)
class IdReused(Conflict):
    """This id was already used for something else.

    A repeated id with the same body gets the first answer again; with another body it gets this.
    """

    thing: str
    id: str

    @property
    def detail(self) -> str:
        return say(
            "{thing} {id} already exists with other contents; use a new id",
            thing=self.thing,
            id=self.id,
        )
