"""What a locked screen may show of an alert: its title, and the way to the map."""

import base64
from dataclasses import dataclass
from uuid import UUID

import msgspec

from data.alerts import PANIC
from map_ui.texts.catalog import marked, text_in
from map_ui.texts.told import told_in

BODY = marked("Open the map")
LONGEST_TITLE = 200

TTL_S = 4 * 3600
"""How long a push service keeps a message for a browser that is off: about half a shift."""


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert to be told of, in the language that its reader has chosen."""

    alert_id: UUID
    kind: str
    title: str
    language: str = "en"

    def content(self) -> bytes:
        """JSON for the service worker. An alert's detail has amounts and names, and stays here."""
        title = told_in(self.language, self.title)
        cut = title[: LONGEST_TITLE - 1] + "…"
        return msgspec.json.encode(
            {
                "title": title if len(title) <= LONGEST_TITLE else cut,
                "body": text_in(self.language, BODY),
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
