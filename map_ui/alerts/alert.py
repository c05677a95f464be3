"""An alert as the screens show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from map_ui.alerts.severity import Severity, severity


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should decide on."""

    id: UUID
    branch_id: UUID
    kind: str
    title: str
    detail: str
    agent_id: UUID | None
    case_id: UUID | None
    facts: dict[str, Any]
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_note: str | None

    @property
    def severity(self) -> Severity:
        """How pressing it is, by its kind."""
        return severity(self.kind)

    def view(self) -> dict[str, Any]:
        """As it is told to the screens."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "title": self.title,
            "detail": self.detail,
            "agent_id": str(self.agent_id) if self.agent_id else None,
            "case_id": str(self.case_id) if self.case_id else None,
            "facts": self.facts,
            "raised_at": self.raised_at.isoformat(),
            "acknowledged_at": self.acknowledged_at.isoformat() if self.acknowledged_at else None,
            "acknowledged_note": self.acknowledged_note,
        }
