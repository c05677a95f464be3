"""The cryptography of a phone's vault, as `agent_app/kept/vault.js` has it. Pure.

A phone keeps its data under a random data key (AES-256-GCM). It keeps that key twice: wrapped by
what the PIN and the server's part make together, and sealed to the installation's public key (ECDH
on P-256 with a key made for this once, HKDF-SHA-256, AES-256-GCM).
"""

from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import InvalidField
from core.said import say

PART_BYTES = 32
KEY_BYTES = 32
INFO = b"roundsman phone vault"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A data key for the installation's eyes only: the sender's point, the nonce, the rest."""

    ephemeral: bytes
    iv: bytes
    data: bytes


def new_private_key() -> bytes:
    """A new key on P-256, as PKCS #8 in DER."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_key(private_key: bytes) -> bytes:
    """The public point, uncompressed: 65 bytes."""
    return _loaded(private_key).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip


def open_sealed(private_key: bytes, sealed: Sealed) -> bytes:
    """The data key that a phone has sealed. Raises `InvalidField` when it was not sealed to this
    installation."""
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sealed.ephemeral)
        shared = _loaded(private_key).exchange(ec.ECDH(), point)
        derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=sealed.ephemeral, info=INFO).derive(shared)
        key = AESGCM(derived).decrypt(sealed.iv, sealed.data, None)
    except (InvalidTag, ValueError) as error:
        raise InvalidField(
            "sealed", say("a data key that was sealed to this installation")
        ) from error
    if len(key) != KEY_BYTES:
        raise InvalidField("sealed", say("a data key of 32 bytes"))
    return key


def open_record(key: bytes, iv: bytes, data: bytes) -> bytes:
    """What a phone kept under its data key. Raises `InvalidField` when it is not of this key."""
    try:
        return AESGCM(key).decrypt(iv, data, None)
    except (InvalidTag, ValueError) as error:
        raise InvalidField("records", say("records under the sealed data key")) from error


def _loaded(private_key: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(private_key, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
