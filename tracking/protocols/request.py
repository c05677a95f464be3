"""A request to ``/gps``, whichever app it comes from, and the ways it may name its device."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from msgspec import Struct

from core.said import say
from tracking.errors import Undecodable

MOST_FIELDS = 200
MOST_KEYS = 8
"""Values tried as a device's key; each that is none costs a question to the database."""

MANY_TIMES = ("cell", "wifi")
"""Fields that a form may hold more than once, each with its own meaning."""

_APP = re.compile(r"((?:own|trac)[a-z]*[\w -]*?)/(?:[a-z]+/)?(\d[\w.]*)", re.IGNORECASE)


class Request(Struct, frozen=True):
    """What the decoders need of an HTTP request. `limit_device` is OwnTracks' ``X-Limit-D``."""

    query: bytes = b""
    content_type: str = ""
    authorization: str = ""
    body: bytes = b""
    limit_device: str = ""
    user_agent: str = ""


def fields(encoded: bytes) -> dict[str, Any]:
    """The fields of a query or a form; one that is empty is not there.

    Those of `MANY_TIMES` are lists; of others that come twice the last one stands. Raises
    `Undecodable` when there are too many.
    """
    form = encoded.decode("utf-8", "replace")
    parts = form.split("&")
    if len(parts) > MOST_FIELDS:
        raise Undecodable(say("Send at most {most_fields} fields", most_fields=MOST_FIELDS))
    escaped = "%" in form or "+" in form
    found: dict[str, Any] = {}
    for part in parts:
        name, _, value = part.partition("=")
        if escaped:
            name, value = unquote_plus(name), unquote_plus(value)
        if not value:
            continue
        if name in MANY_TIMES:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def credentials(authorization: str) -> tuple[str, ...]:
    """The device keys that an ``Authorization`` header may hold, the likeliest first.

    With Basic that is the password, then the user name.
    """
    scheme, _, sent = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return keys(sent.strip())
    if scheme.lower() != "basic":
        return ()
    try:
        user, _, password = b64decode(sent.strip(), validate=True).decode("utf-8").partition(":")
    except (NotBase64, ValueError):
        return ()
    return keys(password, user)


def keys(*stated: object) -> tuple[str, ...]:
    """Those of the values that can be device keys, each once; the first `MOST_KEYS` of them."""
    found = (str(s) if isinstance(s, int) and not isinstance(s, bool) else s for s in stated)
    texts = (s.encode("utf-8", "replace").decode() for s in found if isinstance(s, str) and s)
    return tuple(dict.fromkeys(texts))[:MOST_KEYS]


@lru_cache(maxsize=512)
def app_of(user_agent: str) -> tuple[str, str] | None:
    """The tracking app that a ``User-Agent`` names, and its version."""
    named = _APP.match(user_agent[:200])
    return (named[1], named[2]) if named else None
