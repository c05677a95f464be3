"""What a locked screen may show of an alert: its title, and the way to the map."""

import base64
from dataclasses import dataclass
from uuid import UUID

import msgspec

from data.alerts import PANIC

BODY = "Open the map"
LONGEST_TITLE = 200

TTL_S = 4 * 3600
"""How long a push service keeps a message for a browser that is off: about half a shift."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert to be told of."""

    alert_id: UUID
    kind: str
    title: str

    def content(self) -> bytes:
        """JSON for the service worker. An alert's detail has amounts and names, and stays here."""
        cut = self.title[: LONGEST_TITLE - 1] + "…"
        return msgspec.json.encode(
            {
                "title": self.title if len(self.title) <= LONGEST_TITLE else cut,
                "body": BODY,
                "kind": self.kind,
                "alert_id": str(self.alert_id),
                "url": f"/?alert={self.alert_id}",
            }
        )

    def headers(self) -> dict[str, str]:
        """How the push service should treat it (RFC 8030); the topic makes a repeat replace it."""
        topic = base64.urlsafe_b64encode(self.alert_id.bytes).rstrip(b"=").decode()
        urgency = "high" if self.kind == PANIC else "normal"
        return {"TTL": str(TTL_S), "Urgency": urgency, "Topic": topic}
