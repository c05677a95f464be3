"""A finding: something about an agent's day that a supervisor may want to look at.

Findings are facts, never accusations. They are worked out when somebody asks, so that they always
agree with the visits as they stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """What was found."""

    OVERLAP = "overlap"
    GAP = "gap"
    TWO_PLACES = "two_places"
    OUTSIDE_CONTACT_HOURS = "outside_contact_hours"
    NOT_VISITED = "not_visited"
    NOT_PLANNED = "not_planned"


Figures = Mapping[str, float | str | bool | None]


@dataclass(frozen=True, slots=True)
class Found:
    """What the database tells of a finding: when it was, its figures, and what it is about."""

    id: UUID
    kind: Kind
    agent_id: UUID
    agent: str
    branch: str
    zone: str
    day: date
    began_at: datetime
    ended_at: datetime
    figures: Figures
    customers: tuple[str, ...] = ()
    visit_ids: tuple[UUID, ...] = ()
    stop_ids: tuple[UUID, ...] = ()
    case_ids: tuple[UUID, ...] = ()

    @property
    def text(self) -> str:
        """The finding as a sentence, with the branch's times."""
        return f"{self._span}: {_WORDS[self.kind](self)}"

    @property
    def _span(self) -> str:
        zone = ZoneInfo(self.zone)
        begin, end = (f"{at.astimezone(zone):%H:%M}" for at in (self.began_at, self.ended_at))
        return begin if begin == end else f"{begin} to {end}"

    @property
    def who(self) -> str:
        """The customers whom it is about."""
        if not self.customers:
            return "nobody with an open case"
        if len(self.customers) > 3:
            return f"{', '.join(self.customers[:2])} and {len(self.customers) - 2} more"
        return " and ".join(self.customers)

    def number(self, name: str) -> float:
        """A figure that every finding of this kind has."""
        value = self.figures[name]
        assert isinstance(value, int | float)
        return value


def _overlap(found: Found) -> str:
    return (
        f"two visits overlap by {found.number('overlap_s'):.0f} s,"
        f" {found.number('distance_m'):.0f} m apart ({found.who})"
    )


def _gap(found: Found) -> str:
    return f"no ping for {found.number('lasted_s') / 60:.0f} min on duty, outside any visit"


_SHOWN = {
    "phone": "another phone of theirs",
    "check_in": "the check-in",
    "check_out": "the check-out",
    "receipt": "the receipt",
}


def _two_places(found: Found) -> str:
    shown = _SHOWN[str(found.figures["shown_by"])]
    return f"{shown} was {found.number('distance_m'):.0f} m from where the pings were"


def _outside_hours(found: Found) -> str:
    if found.figures["contact_from"] is None:
        return f"a visit at {found.who} when none was allowed: {found.figures['rule']}"
    hours = f"{found.figures['contact_from']} to {found.figures['contact_to']}"
    return f"a visit at {found.who} outside the contact hours, {hours}"


_NOT_VISITED = {
    "no_stay": "nothing shows a visit",
    "unverified": "a stay there is not borne out well enough",
    "others_met": "the house was visited for somebody else",
    "claimed": "only the agent's word says so",
}


def _not_visited(found: Found) -> str:
    return f"{found.who} was planned; {_NOT_VISITED[str(found.figures['why'])]}"


def _not_planned(found: Found) -> str:
    plan = "the plan did not have it" if found.figures["has_plan"] else "there was no plan"
    return f"a visit at {found.who}; {plan}"


_WORDS: Mapping[Kind, Callable[[Found], str]] = {
    Kind.OVERLAP: _overlap,
    Kind.GAP: _gap,
    Kind.TWO_PLACES: _two_places,
    Kind.OUTSIDE_CONTACT_HOURS: _outside_hours,
    Kind.NOT_VISITED: _not_visited,
    Kind.NOT_PLANNED: _not_planned,
}
