"""The picture of a deposit's slip, as a value."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from geofence.attachments.attachment import ENDINGS
from geofence.attachments.stored import Stored


@dataclass(frozen=True, slots=True)
class Slip:
    """A picture as taken in. `original_sha256` is of what was sent, `stored` of what is kept,
    without what the camera wrote into it."""

    id: UUID
    deposit_id: UUID
    media_type: str
    size_bytes: int
    original_sha256: bytes
    stored: Stored
    device_time: datetime
    server_time: datetime

    @property
    def file_name(self) -> str:
        """What the file is called when somebody saves it."""
        return f"slip-{self.deposit_id}.{ENDINGS[self.media_type]}"
