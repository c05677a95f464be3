"""A visit as people read it: where, when, how sure, for whom, and how it came to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from core.said import say

LATE_S = 600.0
"""Pings so long under way are late: the map calls a phone stale after this."""


class Standing(StrEnum):
    """What has become of a version of a visit."""

    CURRENT = "current"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Met(StrEnum):
    """What is known of a customer at a visit's place beside that the agent was there."""

    MET = "met"
    NOT_MET = "not_met"
    PLACE_ONLY = "place_only"


@dataclass(frozen=True, slots=True)
class VisitedCase:
    """A case that was open at a visit's place; `evidence` is what the agent did about it there.

    Each piece has its `kind`, `id`, time (`at`) and, of a check-in that was checked out, `outcome`.
    """

    case_id: UUID
    customer: str
    met: Met
    evidence: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A version of a visit. `id` is the visit's through all versions, `version_id` its own.

    `pings_from` to `pings_until` is when the pings were received that decided it, `pings_delay_s`
    how long one of them was under way at most; all None when something else did.
    """

    id: UUID
    version_id: UUID
    version: int
    agent_id: UUID
    agent: str
    branch: str
    zone: str
    day: date
    began_at: datetime
    ended_at: datetime
    is_closed: bool
    lat: float
    lon: float
    uncertainty_m: float
    pings: int
    posterior: float
    verdict: str
    reasons: Sequence[Mapping[str, Any]]
    change: str
    decided_at: datetime
    pings_from: datetime | None
    pings_until: datetime | None
    pings_delay_s: float | None
    replaced_at: datetime | None
    withdrawn_why: str | None
    cases: tuple[VisitedCase, ...]

    @property
    def standing(self) -> Standing:
        """Whether it holds, another version does, or none."""
        if self.replaced_at is None:
            return Standing.CURRENT
        return Standing.WITHDRAWN if self.withdrawn_why else Standing.REPLACED

    @property
    def is_late(self) -> bool:
        """Whether it was decided by a ping that came late."""
        return self.pings_delay_s is not None and self.pings_delay_s > LATE_S

    @property
    def told(self) -> str:
        """How this version came about, in a sentence with the branch's times."""
        if self.version == 1:
            return say("{begin} added {by}", begin=self._begin, by=self._by)
        return say(
            "{begin} changed {by}: {change}", begin=self._begin, by=self._by, change=self.change
        )

    @property
    def told_withdrawn(self) -> str | None:
        """That and why the visit was withdrawn, in a sentence; None while it was not."""
        if self.replaced_at is None or not self.withdrawn_why:
            return None
        return say(
            "{begin} withdrawn at {replaced_at}: {withdrawn_why}",
            begin=self._begin,
            replaced_at=self._time(self.replaced_at),
            withdrawn_why=self.withdrawn_why,
        )

    @property
    def _begin(self) -> str:
        return f"{self.began_at.astimezone(ZoneInfo(self.zone)):%H:%M}"

    @property
    def _by(self) -> str:
        if self.pings_from is None or self.pings_until is None:
            return say("at {decided_at}", decided_at=self._time(self.decided_at))
        first, last = self._time(self.pings_from), self._time(self.pings_until)
        if first == last or self.pings_until - self.pings_from < timedelta(minutes=1):
            return say("by pings received at {last}", last=last)
        return say("by pings received from {first} to {last}", first=first, last=last)

    def _time(self, instant: datetime) -> str:
        """A time on the branch's clock, with the date when that is another day than the visit's."""
        local = instant.astimezone(ZoneInfo(self.zone))
        return f"{local:%H:%M}" if local.date() == self.day else f"{local:%H:%M on %Y-%m-%d}"
