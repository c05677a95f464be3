"""What an agent did on a day, in figures: the way, the stops and whom they were at, the hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracking.trails.trail import Gap, Stop, Summary, Trail


@dataclass(frozen=True, slots=True)
class WorkingAgent:
    """Whose day it is; `zone` says when it begins and ends."""

    id: UUID
    name: str
    branch: str
    zone: str


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when (epoch seconds), and how much of that counts."""

    began_s: float
    ended_s: float
    lasted_s: float


@dataclass(frozen=True, slots=True)
class VisitedCase:
    """A case that a visit was for."""

    id: UUID
    customer: str


@dataclass(frozen=True, slots=True)
class ProvenVisit:
    """A visit as the pings prove it, with the cases open at that place."""

    id: UUID
    began_s: float
    ended_s: float
    verdict: str
    cases: tuple[VisitedCase, ...]


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What is known of an agent's day beside pings; times end at the present.

    `signed_on` is from the first sign-on to the last sign-off or the present, `shift` as planned;
    both None when there was none. Visits planned are the round's, done are those proven or
    reported.
    """

    agent: WorkingAgent
    signed_on: Hours | None
    is_signed_on: bool
    shift: Hours | None
    visits: tuple[ProvenVisit, ...]
    visits_planned: int
    visits_done: int


@dataclass(frozen=True, slots=True)
class ReportedStop:
    """A stop, and the visits that were made there."""

    stop: Stop
    visits: tuple[ProvenVisit, ...]


@dataclass(frozen=True, slots=True)
class DayReport:
    """An agent's day."""

    day: date
    facts: DayFacts
    summary: Summary
    stops: tuple[ReportedStop, ...]
    gaps: tuple[Gap, ...]


def day_report(day: date, facts: DayFacts, trail: Trail) -> DayReport:
    """The report of a day from its trail and the rest that is known."""
    stops = tuple(ReportedStop(stop, _visits_at(stop, facts.visits)) for stop in trail.stops)
    return DayReport(day, facts, trail.summary, stops, trail.gaps)


def _visits_at(stop: Stop, visits: Sequence[ProvenVisit]) -> tuple[ProvenVisit, ...]:
    """The visits that share half of their time or of the stop's with it, in order of time."""
    return tuple(
        visit
        for visit in visits
        if min(stop.ended_s, visit.ended_s) - max(stop.began_s, visit.began_s)
        >= 0.5 * min(stop.dwell_s, visit.ended_s - visit.began_s)
    )
