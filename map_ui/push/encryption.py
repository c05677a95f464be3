"""A message that only one browser can read (RFC 8291, content coding aes128gcm of RFC 8188)."""

import secrets
from dataclasses import dataclass

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class OneTime:
    """What a single message is encrypted with, and nothing after it."""

    private_key: ec.EllipticCurvePrivateKey
    salt: bytes


def one_time() -> OneTime:
    """A new one. Drawn here, as secrets must not be arguments of who uses them."""
    return OneTime(ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(SALT_BYTES))


def is_on_curve(point: bytes) -> bool:
    """Whether these bytes are an uncompressed point on P-256."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return point[:1] == b"\x04"


def encrypt(content: bytes, p256dh: bytes, auth: bytes, once: OneTime) -> bytes:
    """The body to post: one record, with the header that tells the browser how to read it."""
    body: bytes = http_ece.encrypt(
        content,
        salt=once.salt,
        private_key=once.private_key,
        dh=p256dh,
        auth_secret=auth,
        version="aes128gcm",
    )
    return body
