"""Customers' numbers on their way out: whole for who may see them, masked for everybody else."""

from contextvars import ContextVar
from typing import Annotated

from fastapi import Request
from pydantic import PlainSerializer

from api.limits import RequestLimits
from collection.phone import masked
from data.limits import Limit
from identity.errors import TooManyRequests
from identity.permission import Permission
from identity.principal import Principal

SEARCHES = Limit("number-searches", burst=120, every_s=15)
"""By whole number. Of one with its end told, some hundred thousand could be meant: nobody tries
them all, and a counter with a queue searches as it likes."""
FEWEST_DIGITS = 7

_is_whole: ContextVar[bool] = ContextVar("numbers_are_whole", default=False)


def show(*, is_whole: bool) -> None:
    """Have the request at hand answered with whole numbers, or else, as without this, masked."""
    _is_whole.set(is_whole)


def _told(value: str) -> str:
    return value if _is_whole.get() else masked(value)


Number = Annotated[str, PlainSerializer(_told)]
"""A customer's phone number or e-mail address in an answer: masked for who may not see it."""


async def count_search(request: Request, caller: Principal, words: str | None) -> None:
    """Count a search for what may be somebody's number, by who may not see those: whose it is is
    told to who knows it, and not to who guesses. Raises `TooManyRequests`."""
    if words is None or Permission.NUMBERS_SEE in caller.permissions:
        return
    if "@" not in words and sum(map(str.isdigit, words)) < FEWEST_DIGITS:
        return
    counted: RequestLimits = request.app.state.request_limits
    wait_s = await counted.counts.take(SEARCHES.of(str(caller.id)))
    if wait_s:
        raise TooManyRequests(int(wait_s) + 1, "account")
