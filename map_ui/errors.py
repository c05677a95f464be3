"""What can go wrong on the supervisors' screens."""

from dataclasses import dataclass
from datetime import date

from core.errors import NotFound


@dataclass(eq=False)
class NoRoundToday(NotFound):
    """This agent has no round today."""

    agent_id: str
    day: date

    @property
    def detail(self) -> str:
        return f"No round is planned for {self.day}; plan the day to make one"


@dataclass(eq=False)
class AlertNotFound(NotFound):
    """There is no such alert among yours."""

    alert_id: str
