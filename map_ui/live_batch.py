"""What has changed since the last batch, gathered from the bus's changes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.live import Change
from map_ui.alerts.severity import severity
from map_ui.live_view import Position


@dataclass(slots=True)
class Gathered:
    """Changes in the order they came, the newest of each thing.

    `agents` are those whose figures must be read again, `cases` the (agent, case) pairs whose
    stops must; the rest can be shown as it is.
    """

    positions: dict[str, Position] = field(default_factory=dict)
    battery_pct: dict[str, float | None] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)
    cases: set[tuple[str, str]] = field(default_factory=set)
    alerts: dict[str, Any] = field(default_factory=dict)
    cleared_alerts: dict[str, None] = field(default_factory=dict)
    rounds_changed: dict[str, None] = field(default_factory=dict)
    visits: dict[str, Any] = field(default_factory=dict)
    etas: dict[str, Any] = field(default_factory=dict)
    offers_changed: dict[str, None] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        """Take a change in. A kind that the map does not show is left alone."""
        body = change.body
        match change.kind:
            case "position":
                for each in body:
                    self._move(each)
            case "stop":
                self.agents.add(body["agent_id"])
                self.cases.add((body["agent_id"], body["case_id"]))
            case "visit":
                self.agents.add(body["agent_id"])
                self.visits[body["id"]] = body
            case "figures":
                self.agents.add(body["agent_id"])
            case "round":
                self.agents.add(body["agent_id"])
                self.rounds_changed[body["agent_id"]] = None
            case "etas":
                self.etas[body["agent_id"]] = body
            case "offer":
                self.offers_changed[body["agent_id"]] = None
            case "alert":
                self.alerts[body["id"]] = body | {"severity": severity(body["kind"])}
                self.cleared_alerts.pop(body["id"], None)
            case "alert_cleared":
                self.alerts.pop(body["id"], None)
                self.cleared_alerts[body["id"]] = None

    def _move(self, told: dict[str, Any]) -> None:
        captured_at = datetime.fromisoformat(told["captured_at"])
        known = self.positions.get(told["agent_id"])
        if known and known["captured_at"] > captured_at:
            return  # two processes may tell in another order than they stored
        self.positions[told["agent_id"]] = {
            "lat": told["lat"],
            "lon": told["lon"],
            "accuracy_m": told["accuracy_m"],
            "heading_deg": told["heading_deg"],
            "speed_mps": told["speed_mps"],
            "captured_at": captured_at,
        }
        self.battery_pct[told["agent_id"]] = told["battery_pct"]
