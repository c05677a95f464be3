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

from core.said import say


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
        return say("{span}: {what}", span=self._span, what=_WORDS[self.kind](self))

    @property
    def _span(self) -> str:
        zone = ZoneInfo(self.zone)
        begin, end = (f"{at.astimezone(zone):%H:%M}" for at in (self.began_at, self.ended_at))
        return begin if begin == end else say("{begin} to {end}", begin=begin, end=end)

    @property
    def who(self) -> str:
        """The customers whom it is about."""
        if not self.customers:
            return say("nobody with an open case")
        if len(self.customers) > 3:
            return say(
                "{customers} and {customers_2} more",
                customers=", ".join(self.customers[:2]),
                customers_2=len(self.customers) - 2,
            )
        return " and ".join(self.customers)

    def number(self, name: str) -> float:
        """A figure that every finding of this kind has."""
        value = self.figures[name]
        assert isinstance(value, int | float)
        return value


def _overlap(found: Found) -> str:
    return say(
        "two visits overlap by {number:.0f} s, {number_2:.0f} m apart ({who})",
        number=found.number("overlap_s"),
        number_2=found.number("distance_m"),
        who=found.who,
    )


def _gap(found: Found) -> str:
    return say(
        "no ping for {number:.0f} min on duty, outside any visit",
        number=found.number("lasted_s") / 60,
    )


_SHOWN = {
    "phone": say("another phone of theirs"),
    "check_in": say("the check-in"),
    "check_out": say("the check-out"),
    "receipt": say("the receipt"),
}


def _two_places(found: Found) -> str:
    shown = _SHOWN[str(found.figures["shown_by"])]
    return say(
        "{shown} was {number:.0f} m from where the pings were",
        shown=shown,
        number=found.number("distance_m"),
    )


def _outside_hours(found: Found) -> str:
    if found.figures["contact_from"] is None:
        return say(
            "a visit at {who} when none was allowed: {figures}",
            who=found.who,
            figures=found.figures["rule"],
        )
    hours = say(
        "{figures} to {figures_2}",
        figures=found.figures["contact_from"],
        figures_2=found.figures["contact_to"],
    )
    return say("a visit at {who} outside the contact hours, {hours}", who=found.who, hours=hours)


_NOT_VISITED = {
    "no_stay": say("nothing shows a visit"),
    "unverified": say("a stay there is not borne out well enough"),
    "others_met": say("the house was visited for somebody else"),
    "claimed": say("only the agent's word says so"),
}


def _not_visited(found: Found) -> str:
    return say(
        "{who} was planned; {not_visited}",
        who=found.who,
        not_visited=_NOT_VISITED[str(found.figures["why"])],
    )


def _not_planned(found: Found) -> str:
    plan = (
        say("the plan did not have it") if found.figures["has_plan"] else say("there was no plan")
    )
    return say("a visit at {who}; {plan}", who=found.who, plan=plan)


_WORDS: Mapping[Kind, Callable[[Found], str]] = {
    Kind.OVERLAP: _overlap,
    Kind.GAP: _gap,
    Kind.TWO_PLACES: _two_places,
    Kind.OUTSIDE_CONTACT_HOURS: _outside_hours,
    Kind.NOT_VISITED: _not_visited,
    Kind.NOT_PLANNED: _not_planned,
}
