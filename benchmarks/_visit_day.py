"""A simulated visit day: what the office knows, what arrived, and the truth.

Written without the detector: nothing here or in its private neighbors imports `geofence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchmarks._visit_agenda import agenda
from benchmarks._visit_doors import Doors
from benchmarks._visit_errors import SETTINGS
from benchmarks._visit_life import Beat, Life, Visit, Walker, beat
from benchmarks._visit_phone import DELIVERIES, Pings, Record, recorded
from benchmarks._visit_streets import City
from core.geometry import Floats, LocalPlane

SAMPLINGS_S = (5.0, 10.0, 30.0, 60.0, 300.0)
MONDAY_S = 1_760_961_600.0
"""08:00 in Chile on a Monday in October 2025."""

CHECKS_IN, FALSE_CHECK_INS = 0.6, 0.055


class Cell(NamedTuple):
    """A kind of day. Figures are told for each."""

    setting: str
    sampling_s: float
    delivery: str

    @property
    def name(self) -> str:
        return f"{self.setting} {self.sampling_s:.0f} s {self.delivery}"


CELLS = tuple(Cell(a, b, c) for a in SETTINGS for b in SAMPLINGS_S for c in DELIVERIES)


class CheckIn(NamedTuple):
    """The agent's word: a customer's number and the time."""

    customer: int
    at_s: float


@dataclass(frozen=True, slots=True, eq=False)
class VisitDay:
    """`planned` are customers; `record` is what the phone told; `life` and `doors` hold the truth
    (`doors.geocode` and its quality are known to the office too)."""

    cell: Cell
    plane: LocalPlane
    doors: Doors
    planned: tuple[int, ...]
    check_ins: tuple[CheckIn, ...]
    life: Life
    record: Record

    @property
    def pings(self) -> Pings:
        """In order of time, each once."""
        return self.record.pings

    @property
    def arrived(self) -> Pings:
        """As they came in: late, in any order, some twice."""
        return self.record.pings.at(self.record.arrival)

    @property
    def visits(self) -> Sequence[Visit]:
        return self.life.visits

    @property
    def ping_xy(self) -> Floats:
        """The pings on the plane, in order of time."""
        return np.column_stack(self.plane.xy(self.pings.lat, self.pings.lon))

    def planned_doors(self) -> set[int]:
        """The doors of the planned customers."""
        return {d for d, who in enumerate(self.doors.customers) if set(who) & set(self.planned)}


def visit_day(city: City, cell: Cell, seed: Sequence[int]) -> VisitDay:
    """One agent's day. Equal arguments give equal days."""
    rng = np.random.default_rng(list(seed))
    return day_on(rng, beat(rng, city), cell, int(rng.integers(0, 5)))


def day_on(rng: np.random.Generator, beat: Beat, cell: Cell, weekday: int) -> VisitDay:
    """A day on a beat; `weekday` 0 is the Monday."""
    tasks, planned = agenda(rng, beat.doors)
    start_s = MONDAY_S + 86_400 * weekday + rng.uniform(0, 3_600)
    life = Walker(rng, beat, float(start_s)).live(tasks)
    plane = beat.quarter.plane
    record = recorded(rng, life, plane, *cell)
    check_ins = _check_ins(rng, beat.doors, planned, life)
    return VisitDay(cell, plane, beat.doors, planned, check_ins, life, record)


def _check_ins(
    rng: np.random.Generator, doors: Doors, planned: tuple[int, ...], life: Life
) -> tuple[CheckIn, ...]:
    """At most visits' beginnings; some for customers who were not visited at all."""
    made = []
    for visit in life.visits:
        if rng.random() < CHECKS_IN:
            claims_plan = visit.meant >= 0 and rng.random() < 0.5
            who = doors.customers[visit.meant if claims_plan else visit.door]
            known = [customer for customer in who if customer in planned] or list(who)
            delay_s = rng.uniform(5, min(90.0, visit.ended_at - visit.began_at))
            made.append(CheckIn(int(rng.choice(known)), visit.began_at + delay_s))
    visited = {door for visit in life.visits for door in (visit.door, visit.meant)}
    skipped = [
        d for d in range(len(doors)) if d not in visited and set(doors.customers[d]) & set(planned)
    ]
    for _ in range(rng.binomial(2 * len(made), FALSE_CHECK_INS / 2) if skipped else 0):
        stand = life.pauses[int(rng.integers(len(life.pauses)))]
        at_s = rng.uniform(stand.began_at, stand.ended_at)
        away_m = np.hypot(*(doors.door[skipped] - life.at(np.array([at_s]))[0]).T)
        door = skipped[int(away_m.argmin() if rng.random() < 0.5 else rng.integers(len(skipped)))]
        made.append(CheckIn(int(rng.choice(doors.customers[door])), float(at_s)))
    return tuple(sorted(made, key=lambda check_in: check_in.at_s))
