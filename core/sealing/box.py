"""Boxes: files that anybody can seal for a key, and only the holder of that key can open.

The one who seals knows a public key (X25519) alone, so a stolen server opens no backup. A box is a
header, the public half of a key made for it alone, and pieces of 1 MiB under AES-256-GCM. A piece's
nonce is its number and whether it is the last, so that none can be left out, moved or cut off
(STREAM: Hoang, Reyhanitabar, Rogaway and Vizár, 2015). The box's name goes into its key: a box
that was given another's name does not open.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.sealing.errors import DamagedBox, UnusableKey

HEADER = b"roundsman box 1\n"
PIECE_BYTES = 2**20
TAG_BYTES = 16
KEY_BYTES = 32
OPENS, SEALS = "roundsman-opens-", "roundsman-seals-"


class Reader(Protocol):
    """Something to read bytes from; it gives fewer than asked for at its end alone."""

    def read(self, size: int, /) -> bytes: ...


class Writer(Protocol):
    """Something to write bytes to."""

    def write(self, content: bytes, /) -> int: ...


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The public half: who has it can seal, and open nothing."""

    raw: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """The key as `text` has it. Raises `UnusableKey`."""
        return cls(_raw(text, SEALS))

    @property
    def text(self) -> str:
        """The key in a line."""
        return SEALS + base64.urlsafe_b64encode(self.raw).decode()


@dataclass(frozen=True, slots=True)
class OpeningKey:
    """The private half: who has it can read every backup. It belongs outside of the server."""

    raw: bytes

    @classmethod
    def new(cls) -> Self:
        """A new key."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> Self:
        """The key as `text` has it. Raises `UnusableKey`."""
        return cls(_raw(text, OPENS))

    @property
    def text(self) -> str:
        """The key in a line."""
        return OPENS + base64.urlsafe_b64encode(self.raw).decode()

    @property
    def sealing(self) -> SealingKey:
        """Its public half."""
        private = X25519PrivateKey.from_private_bytes(self.raw)
        return SealingKey(private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Sealed:
    """A box that was written: its size, and the SHA-256 of all its bytes in hexadecimal."""

    size_bytes: int
    sha256: str


def seal(source: Reader, target: Writer, key: SealingKey, name: str) -> Sealed:
    """Write everything that `source` gives into a box named `name`."""
    own = X25519PrivateKey.generate()
    own_public = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(key.raw))
    cipher = _cipher(shared, own_public, key, name)
    written, size = hashlib.sha256(), 0
    for part in _box(source, cipher, HEADER + own_public):
        written.update(part)
        size += target.write(part)
    return Sealed(size, written.hexdigest())


def unseal(source: Reader, key: OpeningKey, name: str) -> Iterator[bytes]:
    """What is in the box, piece by piece. Raises `DamagedBox`, maybe only at its end: what came
    before then is genuine, and not all."""
    header = source.read(len(HEADER))
    own_public = source.read(KEY_BYTES)
    if header != HEADER or len(own_public) != KEY_BYTES:
        raise DamagedBox(name)
    private = X25519PrivateKey.from_private_bytes(key.raw)
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(own_public))
        cipher = _cipher(shared, own_public, key.sealing, name)
        for nonce, piece in _pieces(source, PIECE_BYTES + TAG_BYTES):
            yield cipher.decrypt(nonce, piece, None)
    except (InvalidTag, ValueError) as error:
        raise DamagedBox(name) from error


def _box(source: Reader, cipher: AESGCM, head: bytes) -> Iterator[bytes]:
    yield head
    for nonce, piece in _pieces(source, PIECE_BYTES):
        yield cipher.encrypt(nonce, piece, None)


def _pieces(source: Reader, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Each piece with its nonce; the last is known by what follows it. There is always one."""
    number, piece = 0, source.read(size)
    while True:
        after = source.read(size) if len(piece) == size else b""
        yield number.to_bytes(11, "big") + bytes([not after]), piece
        if not after:
            return
        number, piece = number + 1, after


def _cipher(shared: bytes, own_public: bytes, key: SealingKey, name: str) -> AESGCM:
    derived = HKDF(
        hashes.SHA256(), KEY_BYTES, salt=own_public + key.raw, info=HEADER + name.encode()
    ).derive(shared)
    return AESGCM(derived)


def _raw(text: str, prefix: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text.strip().removeprefix(prefix))
    except (binascii.Error, ValueError):
        raw = b""
    if not text.strip().startswith(prefix) or len(raw) != KEY_BYTES:
        raise UnusableKey(f"a key of this kind is a line that begins with {prefix}")
    return raw
