"""What somebody was shown is not sent, and so not seen, a second time while it stays the same.

A page that refreshes itself sends the tag of what it shows (`If-None-Match`). Where the answer
would be what the tag is of, it is a 304 without a body: it shows nothing, and the audit trail has
nothing to tell. Whatever is new is a 200, and recorded.
"""

from datetime import datetime
from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope

from data.server_keys import server_key
from data.session import EVERYTHING, Database
from identity.principal import Principal
from identity.secret import new_key

RENEWED_S = 3600
"""After a full hour a tag holds no longer: what somebody goes on looking at is told of once an
hour."""


async def shown_key(database: Database, now: datetime) -> bytes:
    """The installation's key for tags, without which nobody makes the tag of an answer that they
    guess."""
    async with database.transaction(EVERYTHING) as session:
        return await server_key(session, "shown", new_key, now)


def is_taggable(scope: Scope, start: Message) -> bool:
    """Whether an answer that begins is facts that were asked for, and has no tag of its own."""
    headers = Headers(raw=start["headers"])
    return (
        scope["method"] == "GET"
        and start["status"] == 200
        and headers.get("Content-Type") == "application/json"
        and "ETag" not in headers
    )


def tag_of(key: bytes, scope: Scope, caller: Principal, now: datetime, body: bytes) -> str:
    """The tag of what one person is shown at one address in one hour, for the reason they give."""
    asked = (
        str(caller.id),
        str(int(now.timestamp() // RENEWED_S)),
        scope["path"],
        scope["query_string"].decode("latin-1"),
        Headers(scope=scope).get("Access-Reason", ""),
    )
    told = b"".join(len(part).to_bytes(4, "big") + part for part in (p.encode() for p in asked))
    return f'"{blake2b(told + body, key=key, digest_size=16).hexdigest()}"'


def has_tag(scope: Scope, tag: str) -> bool:
    """Whether the caller says that exactly this is what they have."""
    known = Headers(scope=scope).get("If-None-Match", "")
    return tag in {each.strip().removeprefix("W/") for each in known.split(",")}


def tagged(start: Message, tag: str) -> Message:
    """The beginning of the answer, with its tag."""
    MutableHeaders(raw=start["headers"])["ETag"] = tag
    return start


def unchanged(start: Message, tag: str) -> Message:
    """The beginning of the answer that nothing has changed."""
    kept = [(k, v) for k, v in start["headers"] if not k.lower().startswith(b"content-")]
    return tagged({**start, "status": 304, "headers": kept}, tag)
