"""What can go wrong with reports."""

from dataclasses import dataclass

from core.errors import NotFound


@dataclass(eq=False)
class SubscriptionNotFound(NotFound):
    """There is no such subscription of yours."""

    subscription: str


@dataclass(eq=False)
class ReportNotFound(NotFound):
    """There is no such report of yours."""

    report: str
