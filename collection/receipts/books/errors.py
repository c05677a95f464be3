"""What can go wrong with receipt books."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, Forbidden, NotFound, Refused
from core.said import say


@dataclass(eq=False)
class BookNotFound(NotFound):
    """There is no such receipt book in your branches."""

    book_id: str


@dataclass(eq=False)
class LeavesIssued(Conflict):
    """Some of these leaves are in another book already."""

    series: str


@dataclass(eq=False)
class LeafNotInBook(NotFound):
    """Who holds this book does not answer for such a leaf."""

    leaf: str


@dataclass(eq=False)
class LeafAccounted(Conflict):
    """What became of this leaf is known already."""

    leaf: str


@dataclass(eq=False)
class LeafNotBlank(Refused):
    """A leaf that is said to be blank is not."""

    leaf: str

    @property
    def detail(self) -> str:
        return say("{leaf} is used or declared; blank are only leaves behind it", leaf=self.leaf)


@dataclass(eq=False)
class NotOfHolder(Refused):
    """This receipt is not of who holds the book."""

    number: str


@dataclass(eq=False)
class BookReturned(Conflict):
    """This book has come back already."""

    book_id: str
    returned_at: datetime


@dataclass(eq=False)
class OwnBook(Forbidden):
    """Nobody issues a book to themselves, takes it back or accounts for its leaves."""

    @property
    def detail(self) -> str:
        return say("Have a colleague at the desk do it")
