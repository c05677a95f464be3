"""Signed webhooks, as Standard Webhooks 1.0.0 has them.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the
signature is HMAC-SHA256 of ``{id}.{timestamp}.{body}``, in base 64 behind ``v1,``; several,
with spaces between, let a secret be changed without a gap.
"""

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from datetime import datetime

from collection.payments.errors import NotFromGateway

TOLERANCE_S = 300
PREFIX = "whsec_"
SHORTEST_SECRET = 24


def secret_of(written: str) -> bytes:
    """A secret as gateways show it: ``whsec_`` and base 64. Raises ValueError for anything else."""
    try:
        secret = b64decode(written.removeprefix(PREFIX), validate=True)
    except NotBase64:
        raise ValueError("a webhook secret is whsec_ and base 64") from None
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"a webhook secret has at least {SHORTEST_SECRET} bytes")
    return secret


def signature(secret: bytes, event_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def checked_id(
    secrets: Sequence[bytes], headers: Mapping[str, str], body: bytes, wall: datetime
) -> str:
    """The id of an event that the gateway signed, no more than five minutes from `wall`.

    `headers` have names in small letters. Raises `NotFromGateway`.
    """
    event_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not event_id or len(event_id) > 200 or not given:
        raise NotFromGateway("Send webhook-id, webhook-timestamp and webhook-signature")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        raise NotFromGateway("webhook-timestamp: seconds since 1970")
    if abs(wall.timestamp() - int(stamp)) > TOLERANCE_S:
        raise NotFromGateway("webhook-timestamp: no more than five minutes ago")
    wanted = [signature(secret, event_id, int(stamp), body).encode() for secret in secrets]
    # All are compared, however early one fits: how long it takes tells nothing.
    fits = [hmac.compare_digest(w, g.encode()) for w in wanted for g in given]
    if not any(fits):
        raise NotFromGateway("webhook-signature: made with the secret that we share")
    return event_id
