"""What can go wrong on the supervisors' screens."""

from dataclasses import dataclass
from datetime import date

from core.errors import NotFound
from core.said import say


@dataclass(eq=False)
class NoRoundToday(NotFound):
    """This agent has no round today."""

    agent_id: str
    day: date

    @property
    def detail(self) -> str:
        return say("No round is planned for {day}; plan the day to make one", day=self.day)


@dataclass(eq=False)
class AlertNotFound(NotFound):
    """There is no such alert among yours."""

    alert_id: str
