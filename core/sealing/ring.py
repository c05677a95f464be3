"""The key ring: what columns are encrypted with, kept in a file outside the database.

A sealed value begins with its key's id (two bytes), then a nonce and AES-256-GCM. The newest key
seals; older ones open what is not sealed anew yet. Beside it a row may keep an index: a keyed hash
of the text, so that an exact value can be looked up and compared without anything being opened. Its
key stays when the others change, or nothing would be found while they do.
"""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.sealing.errors import DamagedBox, UnusableKey

KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16
SHORTEST_BYTES = 2 + NONCE_BYTES + 16
"""Of a sealed value: its key's id, the nonce, and the tag behind no text at all."""
INDEX = "index"
NOTE = "# Keys of encrypted columns. Without them those columns cannot be read: keep a copy.\n"
_SPACING = re.compile(r"[\s().-]+")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their id, and the key of the index."""

    keys: Mapping[int, bytes]
    index_key: bytes

    @classmethod
    def new(cls) -> Self:
        """A ring with one key."""
        return cls({1: os.urandom(KEY_BYTES)}, os.urandom(KEY_BYTES))

    @classmethod
    def read(cls, text: str) -> Self:
        """The ring as `text` has it. Raises `UnusableKey`."""
        found: dict[str, bytes] = {}
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            try:
                name, raw = line.split()
                found[name] = base64.b64decode(raw, validate=True)
            except (ValueError, binascii.Error):
                raise UnusableKey("a line of the key file is an id and a key in base64") from None
        index_key = found.pop(INDEX, b"")
        keys = {int(name): raw for name, raw in found.items() if name.isdigit()}
        lengths = {len(raw) for raw in (*found.values(), index_key)}
        if not keys or len(keys) < len(found) or lengths != {KEY_BYTES} or max(keys) >= 2**16:
            raise UnusableKey("the key file has a key named index, and others named by numbers")
        return cls(keys, index_key)

    @property
    def text(self) -> str:
        """The ring as a file."""
        named = [
            (INDEX, self.index_key),
            *((str(id_), self.keys[id_]) for id_ in sorted(self.keys)),
        ]
        return NOTE + "".join(f"{name} {base64.b64encode(raw).decode()}\n" for name, raw in named)

    @property
    def newest(self) -> int:
        """The id of the key that seals."""
        return max(self.keys)

    def with_new_key(self) -> "KeyRing":
        """The ring with one key more, which seals from now on."""
        return KeyRing({**self.keys, self.newest + 1: os.urandom(KEY_BYTES)}, self.index_key)

    def with_newest_alone(self) -> "KeyRing":
        """The ring without its older keys."""
        return KeyRing({self.newest: self.keys[self.newest]}, self.index_key)

    def checks(self) -> dict[str, bytes]:
        """What tells each key from another, and nothing else of it."""
        named = {INDEX: self.index_key} | {str(id_): raw for id_, raw in self.keys.items()}
        return {name: _hash(raw, b"check") for name, raw in named.items()}


class Cipher:
    """Seals, opens and indexes with a ring."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._ciphers = {
            id_.to_bytes(2, "big"): AESGCM(key) for id_, key in ring.keys.items()
        }  # fmt: skip
        self._prefix = ring.newest.to_bytes(2, "big")
        self._newest = self._ciphers[self._prefix]

    def seal(self, text: str) -> bytes:
        """`text` sealed with the newest key; another value each time."""
        nonce = os.urandom(NONCE_BYTES)
        return self._prefix + nonce + self._newest.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        """What was sealed. Raises `DamagedBox`, also where its key is not in the ring."""
        sealed = bytes(sealed)
        cipher = self._ciphers.get(sealed[:2])
        try:
            if cipher is None:
                raise DamagedBox("a sealed value")
            nonce, rest = sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
            return cipher.decrypt(nonce, rest, None).decode()
        except (InvalidTag, ValueError) as error:
            raise DamagedBox("a sealed value") from error

    def index(self, text: str) -> bytes:
        """The keyed hash by which a value is found, however it is spaced and in whatever case."""
        return _hash(self.ring.index_key, _SPACING.sub("", text).lower().encode())

    def seal_anew(self, sealed: Iterable[bytes]) -> list[bytes]:
        """Values under the newest key."""
        return [self.seal(self.open(value)) for value in sealed]


def knows(ring: KeyRing, sealed: bytes) -> bool:
    """Whether a value's key is in a ring."""
    return int.from_bytes(bytes(sealed[:2]), "big") in ring.keys


def _hash(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")[:INDEX_BYTES]
