"""What can go wrong with what is added to customers."""

from dataclasses import dataclass

from core.errors import Conflict, NotFound, Refused
from core.said import say_all


@dataclass(eq=False)
class ContactNotFound(NotFound):
    """There is no such added contact that still stands."""

    contact_id: str


@dataclass(eq=False)
class ContactKnown(Conflict):
    """This contact was added already."""

    value: str


@dataclass(eq=False)
class OwnContact(Refused):
    """Somebody else must verify what you added."""

    contact_id: str


@dataclass(eq=False)
class NumberTagged(Conflict):
    """This number has that word already."""

    value: str
    word: str


@dataclass(eq=False)
class NumberNotToBeUsed(Refused):
    """This number is not to be used."""

    words: tuple[str, ...]


@dataclass(eq=False)
class CallBarred(Refused):
    """The contact rules allow no call to this customer now."""

    rules: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say_all(self.rules)


@dataclass(eq=False)
class NumberTagNotFound(NotFound):
    """There is no such word on a number that still stands."""

    tag_id: str


@dataclass(eq=False)
class AddressKnown(Conflict):
    """The customer has this address already."""

    line: str


@dataclass(eq=False)
class MergedAlready(Conflict):
    """One of the two records is part of a merge already; undo that one first."""

    customer_id: str


@dataclass(eq=False)
class NotMerged(NotFound):
    """This record is not merged into another."""

    customer_id: str
