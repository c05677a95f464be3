"""Targets and costs of a month, as they are set."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from collection.figures.figure import FIGURES, TARGETED
from core.errors import InvalidField
from core.said import say

MOST_MINOR = 10**15


class CostKind(StrEnum):
    """What money was spent on."""

    WAGES = "wages"
    TRAVEL = "travel"
    INCENTIVE = "incentive"
    PHONE = "phone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Target:
    """What a branch (code), or one of its agents, is to reach of a figure in a month.

    `amount` is in the figure's unit; None takes the target away.
    """

    branch: str
    agent_id: UUID | None
    figure: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a branch (code), or one of its agents, cost in a month; None takes it away."""

    branch: str
    agent_id: UUID | None
    kind: CostKind
    amount_minor: int | None


def check_month(month: date) -> None:
    """Raises `InvalidField` unless it is the first day of a month."""
    if month.day != 1:
        raise InvalidField(
            "month",
            say("the first day of a month, such as {replace}", replace=month.replace(day=1)),
        )


def check_figure(name: str) -> None:
    """Raises `InvalidField` unless a target can be set for the figure."""
    if name not in FIGURES or not FIGURES[name].has_target:
        raise InvalidField("figure", say("one of {targeted}", targeted=", ".join(TARGETED)))
