"""Where the contents of a file lie, as a value."""

from dataclasses import dataclass
from typing import Self

from core.sealing.file_key import FileKey


@dataclass(frozen=True, slots=True)
class Stored:
    """The SHA-256 of contents and the key of their file; without a key it is in the clear."""

    sha256: bytes
    key: FileKey | None

    @classmethod
    def of(cls, sha256: bytes, key: str | None) -> Self:
        """As a row has it. Raises `UnusableKey`."""
        return cls(bytes(sha256), FileKey.read(key) if key else None)

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.key.name if self.key else self.sha256.hex()
