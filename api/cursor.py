"""Keyset cursors: where the next page of a list begins, opaque to the caller."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query

from core.errors import InvalidField
from core.said import say

First = TypeVar("First")
Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="most items on a page")]
Cursor = Annotated[
    str | None, Query(max_length=500, description="`next_cursor` of the page before")
]


def cut(
    items: Sequence[Item], limit: int, keys: Callable[[Item], tuple[object, UUID]]
) -> tuple[Sequence[Item], str | None]:
    """A page of `limit` items and the cursor behind it, from up to one item more than that.

    `keys` are what the list is sorted by, an id last. The cursor is None on the last page.
    """
    if len(items) <= limit:
        return items, None
    page = items[:limit]
    listed = json.dumps([str(key) for key in keys(page[-1])])
    return page, urlsafe_b64encode(listed.encode()).decode().rstrip("=")


def keys_of(cursor: str | None, first: Callable[[str], First]) -> tuple[First, UUID] | None:
    """The sort keys in a cursor: one that `first` reads, and an id. Raises `InvalidField`."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key, id_ = json.loads(urlsafe_b64decode(padded.encode()))
        return first(key), UUID(id_)
    except (ValueError, TypeError, AttributeError):
        raise InvalidField("cursor", say("`next_cursor` of a page that you were given")) from None
