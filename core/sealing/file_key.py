"""Sealed files: each under a key of its own, which a sealed column keeps.

The key never changes, so a rotation of the key ring seals these few bytes anew and leaves the
files, and all backups of them, as they are.
"""

import base64
import binascii
import hmac
import os
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.sealing.errors import DamagedBox, UnusableKey

KEY_BYTES = 32
NONCE_BYTES = 12
OVERHEAD_BYTES = NONCE_BYTES + 16
"""By how much a sealed file is longer than what is in it."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """The key of one file (AES-256-GCM), which also says what the file is called."""

    raw: bytes = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """A new key."""
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def read(cls, text: str) -> Self:
        """The key as `text` has it. Raises `UnusableKey`."""
        try:
            raw = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raw = b""
        if len(raw) != KEY_BYTES:
            raise UnusableKey("a file's key is 32 bytes in base64")
        return cls(raw)

    @property
    def text(self) -> str:
        """The key as a sealed column keeps it."""
        return base64.b64encode(self.raw).decode()

    @property
    def name(self) -> str:
        """What the file is called: 32 hexadecimal digits that tell nothing of what is in it."""
        return hmac.digest(self.raw, b"name", "sha256")[:16].hex()

    def seal(self, content: bytes, at_bytes: int = 0) -> bytes:
        """`content` sealed; another value each time. A part of a file also says where it begins, so
        that no part opens in the place of another."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.raw).encrypt(nonce, content, _place(at_bytes))

    def open(self, sealed: bytes, at_bytes: int = 0) -> bytes:
        """What was sealed. Raises `DamagedBox`."""
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return AESGCM(self.raw).decrypt(nonce, rest, _place(at_bytes))
        except (InvalidTag, ValueError) as error:
            raise DamagedBox("a sealed file") from error


def _place(at_bytes: int) -> bytes:
    return at_bytes.to_bytes(8, "big")
