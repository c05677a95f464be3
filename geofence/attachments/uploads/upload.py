"""Uploads: a file that comes in parts, as a value."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.sealing.file_key import FileKey

MOST_BYTES = 10_000_000
"""Of a whole file."""
LASTS = timedelta(days=3)
"""How long after its begin an upload can be gone on with: a weekend without the phone."""
LASTS_ON = timedelta(hours=1)
"""How long parts are kept after their file was taken in: the answer may have been lost."""
MOST_AT_ONCE = 10
"""Of an agent; one more, and the oldest goes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a file before it comes; the id is the sender's own."""

    id: UUID
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """What is to come: its length and its SHA-256, and the key that its parts are sealed with."""

    id: UUID
    size_bytes: int
    sha256: bytes
    key: FileKey
    began_at: datetime
    expires_at: datetime
