"""A document of a proceeding, as it was taken in."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from collection.legal.legal_case import DocumentKind
from geofence.attachments.attachment import ENDINGS
from geofence.attachments.stored import Stored


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """What is kept: `stored` is without what a camera wrote into the file; `body_hash` is of all
    that was sent."""

    id: UUID
    legal_case_id: UUID
    kind: DocumentKind
    title: str
    dated_on: date | None
    media_type: str
    size_bytes: int
    stored: Stored
    kept_at: datetime
    kept_by: UUID
    body_hash: bytes

    @property
    def file_name(self) -> str:
        """What the file is called when somebody saves it."""
        return f"{self.kind}-{self.id}.{ENDINGS[self.media_type]}"
