"""A browser that wants to be told: the address of its push service and its public keys."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import InvalidField
from core.said import say
from map_ui.push.encryption import is_on_curve
from map_ui.push.endpoint import allowed

AUTH_BYTES = 16
MOST_BROWSERS = 10
"""That one member of staff may be told on; a further one takes the place of the first."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What a push to a browser needs (RFC 8291): `p256dh` is a point on P-256, uncompressed."""

    endpoint: str
    p256dh: bytes
    auth: bytes


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser of a member of staff, as its owner sees it."""

    id: UUID
    endpoint: str
    created_at: datetime
    failed_since: datetime | None


def browser(endpoint: str, p256dh: str, auth: str, listed: Collection[str] = ()) -> Browser:
    """A browser's own words (keys in base64url) as a `Browser`. Raises `InvalidField`."""
    point, secret = _bytes(p256dh), _bytes(auth)
    if point is None or not is_on_curve(point):
        raise InvalidField(
            "keys.p256dh", say("an uncompressed point on P-256: 65 bytes in base64url")
        )
    if secret is None or len(secret) != AUTH_BYTES:
        raise InvalidField(
            "keys.auth", say("{auth_bytes} bytes in base64url", auth_bytes=AUTH_BYTES)
        )
    return Browser(allowed(endpoint, listed), point, secret)


def _bytes(base64url: str) -> bytes | None:
    bare = base64url.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
