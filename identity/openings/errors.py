"""What can go wrong where one person has opened an account for another."""

from dataclasses import dataclass

from core.errors import Forbidden
from core.said import say


class OneHand(Forbidden):
    """This takes two people, and one hand may be behind both accounts."""

    @property
    def detail(self) -> str:
        return say(
            "One administrator alone has opened an account of the two, or issued its key."
            " Another administrator vouches for that person on the page of people"
        )


class NotAThirdPerson(Forbidden):
    """Who has a hand in an account does not vouch for it."""

    @property
    def detail(self) -> str:
        return say(
            "Ask an administrator who has not opened it;"
            " where there is none, `./roundsman vouch` on the server does it"
        )


@dataclass(eq=False)
class MaySeeMore(Forbidden):
    """This account may do more than yours."""

    more: tuple[str, ...]

    @property
    def detail(self) -> str:
        return say("Ask an administrator who may, too: {more}", more=", ".join(self.more))
