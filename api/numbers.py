"""Customers' numbers on their way out: whole for who may see them, masked for everybody else."""

from contextvars import ContextVar
from typing import Annotated

from pydantic import PlainSerializer

from collection.phone import masked

_is_whole: ContextVar[bool] = ContextVar("numbers_are_whole", default=False)


def show(*, is_whole: bool) -> None:
    """Have the request at hand answered with whole numbers, or else, as without this, masked."""
    _is_whole.set(is_whole)


def _told(value: str) -> str:
    return value if _is_whole.get() else masked(value)


Number = Annotated[str, PlainSerializer(_told)]
"""A customer's phone number or e-mail address in an answer: masked for who may not see it."""
