"""How push services know this installation: a token signed with its own key (RFC 8292)."""

import base64
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

VALID_FOR = timedelta(hours=12)
"""Push services refuse a token that is good for more than a day."""


def new_private_key() -> bytes:
    """A new key on P-256, as PKCS #8 in DER."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_key(private_key: bytes) -> str:
    """What a browser subscribes with: the public point, uncompressed, in base64url."""
    point = _loaded(private_key).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def authorization(private_key: bytes, origin: str, contact: str, wall: datetime) -> str:
    """The header ``Authorization`` for a push service at `origin`.

    `contact` is a ``mailto:`` or ``https:`` address of whoever runs this installation. `wall` is
    the real time, which the service compares with its own.
    """
    claims = {"aud": origin, "sub": contact, "exp": int((wall + VALID_FOR).timestamp())}
    # The contact was checked with the settings; the library's own check knows fewer addresses.
    signer = Vapid02(_loaded(private_key), conf={"no-strict": True})
    header: str = signer.sign(claims)["Authorization"]
    return header


def _loaded(private_key: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(private_key, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
