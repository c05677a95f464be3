"""An agent's day as it truly was: on foot, by motorbike or by car, from door to door.

Everything here is truth; no phone has looked at it yet.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks._visit_agenda import Agenda, Task
from benchmarks._visit_doors import Doors, settled
from benchmarks._visit_streets import City, Quarter, Spot
from core.geometry import Floats

STEP_M = 10.0
LIGHT_SHARE = 0.06
DRIVE_BY_SHARE = 0.6


class Mode(NamedTuple):
    """How an agent moves: top speed, and from which distance on the vehicle is taken at all."""

    name: str
    speed_mps: float
    walks_below_m: float
    reach_m: float


MODES = (
    Mode("foot", 1.35, np.inf, 700.0),
    Mode("motorbike", 8.0, 90.0, 1_600.0),
    Mode("car", 9.0, 140.0, 1_900.0),
)
MODE_SHARE = (0.35, 0.45, 0.20)


class Visit(NamedTuple):
    """A visit: the door, and the time at it. `meant` is the planned door next to it, or -1."""

    door: int
    began_at: float
    ended_at: float
    meant: int


class Pause(NamedTuple):
    """A stay that is no visit: at lights, corner, tea, lunch, fuel or home."""

    kind: str
    began_at: float
    ended_at: float


class DriveBy(NamedTuple):
    """Passing a door slowly, without stopping."""

    door: int
    began_at: float
    ended_at: float


@dataclass(eq=False)
class Life:
    """The path (straight between its points; `xy` on the city's plane) and what happened."""

    mode: Mode
    t_s: list[float]
    xy: list[Floats]
    visits: list[Visit] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    drive_bys: list[DriveBy] = field(default_factory=list)

    def at(self, t_s: Floats) -> Floats:
        """True positions at these times."""
        xy = np.array(self.xy)
        return np.column_stack([np.interp(t_s, self.t_s, xy[:, axis]) for axis in (0, 1)])

    def stays(self) -> "list[Visit | Pause]":
        """Visits and pauses, in order of time."""
        stays: list[Visit | Pause] = [*self.visits, *self.pauses]
        return sorted(stays, key=lambda stay: stay.began_at)


@dataclass(frozen=True, slots=True, eq=False)
class Beat:
    """Where an agent works and lives, and how he moves."""

    quarter: Quarter
    doors: Doors
    mode: Mode
    home: Spot

    @property
    def house(self) -> Floats:
        """Where he lives, off the street."""
        ahead = self.quarter.direction(self.home)
        return np.asarray(self.quarter.point(self.home) + 12 * np.array([-ahead[1], ahead[0]]))


def beat(rng: np.random.Generator, city: City) -> Beat:
    """Somebody's beat."""
    mode = MODES[int(rng.choice(len(MODES), p=MODE_SHARE))]
    quarter = city.quarter(rng)
    doors = settled(rng, quarter, mode.reach_m)
    edge = int(rng.choice(quarter.near(1.3 * mode.reach_m)))
    return Beat(quarter, doors, mode, Spot(edge, float(rng.uniform(0, quarter.lengths_m[edge]))))


class Walker:
    """Lives one agenda. `here` is where the vehicle stands, or the agent without one."""

    def __init__(self, rng: np.random.Generator, beat: Beat, start_s: float) -> None:
        self._rng, self._quarter, self._doors = rng, beat.quarter, beat.doors
        self._home, self._house = beat.home, beat.house
        self._here = beat.home
        self.life = Life(beat.mode, [start_s], [beat.house])
        self._walk_mps = float(np.clip(rng.normal(1.3, 0.12), 1.0, 1.6))

    def live(self, agenda: Agenda) -> Life:
        """The whole day."""
        rng = self._rng
        self._pause("home", rng.uniform(600, 1200))
        self._on_foot(self._quarter.point(self._home))
        for task in agenda:
            if task.pause:
                self._take(task)
            if task.door >= 0:
                self._call_on(task)
        self._go(self._home)
        self._on_foot(self._house)
        self._pause("home", rng.uniform(600, 1200))
        return self.life

    def _take(self, task: Task) -> None:
        """Tea, lunch or fuel: in this street, or in any of the beat."""
        near = self._quarter.near(self.life.mode.reach_m)
        edge = self._here.edge if self._rng.random() < 0.35 else int(self._rng.choice(near))
        where = Spot(edge, float(self._rng.uniform(0, self._quarter.lengths_m[edge])))
        self._go(where)
        ahead = self._quarter.direction(where)
        aside = np.array([-ahead[1], ahead[0]]) * self._rng.choice([-1, 1])
        self._on_foot(self._quarter.point(where) + self._rng.uniform(2, 14) * aside)
        self._pause(task.pause, task.pause_s)
        self._on_foot(self._quarter.point(where))

    def _call_on(self, task: Task) -> None:
        rng, doors = self._rng, self._doors
        spot = doors.spots[task.door]
        if task.corner_s:
            corner = self._along(spot, rng.choice([-1, 1]) * rng.uniform(25, 90))
            self._go(corner, task.door)
            self._pause("corner", task.corner_s)
        if self._by_vehicle(spot):
            parked = self._along(spot, rng.normal(0, 10))
            self._go(parked, task.door)
            self._wait(rng.uniform(5, 25))
            self._on_foot(self._quarter.point(spot))
        else:
            self._go(spot, task.door)
        inside = doors.door[task.door] - doors.front[task.door]
        inside /= np.hypot(*inside)
        self._on_foot(doors.door[task.door] + rng.normal(0, 1.0, 2))
        began_at = self.life.t_s[-1]
        self._at_the_door(doors.door[task.door], inside, task.visit_s)
        self.life.visits.append(Visit(task.door, began_at, self.life.t_s[-1], task.meant))
        self._on_foot(doors.front[task.door])
        if self.life.mode.name != "foot":
            self._on_foot(self._quarter.point(self._here))
            self._wait(rng.uniform(5, 25))

    def _at_the_door(self, door: Floats, inside: Floats, visit_s: float) -> None:
        """A step in or not, and a step aside now and then."""
        depth_m = self._rng.choice([0.0, 2.0, 5.0], p=[0.4, 0.35, 0.25])
        end_s = self.life.t_s[-1] + visit_s
        while end_s - self.life.t_s[-1] > 30:
            left_s = end_s - self.life.t_s[-1]
            self._wait(min(left_s - 4, self._rng.exponential(120)))
            self.life.t_s.append(self.life.t_s[-1] + 3)
            self.life.xy.append(door + depth_m * inside + self._rng.normal(0, 1.0, 2))
        self._wait(end_s - self.life.t_s[-1])

    def _by_vehicle(self, goal: Spot) -> bool:
        origin, end = self._quarter.point(self._here), self._quarter.point(goal)
        return bool(np.hypot(*(end - origin)) >= self.life.mode.walks_below_m)

    def _along(self, spot: Spot, shift_m: float) -> Spot:
        length_m = float(self._quarter.lengths_m[spot.edge])
        along_m = spot.along_m + shift_m
        if not 0 <= along_m <= length_m:
            along_m = spot.along_m - shift_m
        return Spot(spot.edge, float(np.clip(along_m, 0, length_m)))

    def _pause(self, kind: str, seconds: float) -> None:
        began_at = self.life.t_s[-1]
        self._wait(seconds)
        self.life.pauses.append(Pause(kind, began_at, self.life.t_s[-1]))

    def _wait(self, seconds: float) -> None:
        self.life.t_s.append(self.life.t_s[-1] + max(0.0, float(seconds)))
        self.life.xy.append(self.life.xy[-1])

    def _on_foot(self, goal: Floats) -> None:
        away_m = float(np.hypot(*(goal - self.life.xy[-1])))
        self.life.t_s.append(self.life.t_s[-1] + away_m / self._walk_mps)
        self.life.xy.append(goal)

    def _go(self, goal: Spot, target: int = -1) -> None:
        """Along the streets, by vehicle if far enough, with red lights and slow passings."""
        vehicle = self._by_vehicle(goal)
        points, edges, crossings = self._quarter.way(self._here, goal)
        points, edges, crossings = _fine(points, edges, crossings)
        if len(points) < 2:
            return
        speed_mps = np.full(len(edges), self._walk_mps)
        if vehicle:
            speed_mps = np.minimum(self._quarter.speed_mps[edges], self.life.mode.speed_mps)
            steps = np.arange(len(edges))
            from_end = np.minimum(steps, steps[::-1])
            speed_mps = np.minimum(speed_mps, 3.5 + 1.5 * from_end)  # set off, and brake
        for edge in np.unique(edges):
            speed_mps[edges == edge] *= self._rng.lognormal(0, 0.15)
        slow = self._slow_by(points, target)
        if slow:
            door, rows = slow
            speed_mps[rows] = np.minimum(speed_mps[rows], self._rng.uniform(0.5, 1.8))
        step_s = np.hypot(*np.diff(points, axis=0).T) / speed_mps
        wait_s = self._waits(crossings, vehicle)
        came_s = self.life.t_s[-1] + np.cumsum(np.concatenate(([0.0], step_s + wait_s[:-1])))
        for row in (np.flatnonzero(wait_s[1:-1] >= 30) + 1).tolist():
            self.life.pauses.append(
                Pause("light", float(came_s[row]), float(came_s[row] + wait_s[row]))
            )
        if slow:
            self.life.drive_bys.append(
                DriveBy(door, float(came_s[rows[0]]), float(came_s[rows[-1] + 1]))
            )
        for row in range(len(points)):
            self.life.t_s.append(float(came_s[row]))
            self.life.xy.append(points[row])
            if wait_s[row]:
                self.life.t_s.append(float(came_s[row] + wait_s[row]))
                self.life.xy.append(points[row])
        self._here = goal

    def _waits(self, crossings: NDArray[np.int64], vehicle: bool) -> Floats:
        """Seconds at each point of a way: at some of the larger crossings, never at its ends."""
        large = (crossings >= 0) & (self._quarter.degree[crossings] >= 4)
        large[[0, -1]] = False
        red = large & (self._rng.random(len(crossings)) < LIGHT_SHARE * (1.5 if vehicle else 1.0))
        return np.where(red, self._rng.uniform(8, 100, len(crossings)), 0.0)

    def _slow_by(self, points: Floats, target: int) -> tuple[int, NDArray[np.int64]] | None:
        """Now and then: a door on the way, and the steps in which it is passed slowly."""
        if self._rng.random() > DRIVE_BY_SHARE or len(points) < 6:
            return None
        away_m = np.hypot(*(self._doors.front[:, None] - points).transpose(2, 0, 1))
        nearest = away_m.argmin(axis=1)
        passed = (away_m.min(axis=1) < 8) & (np.abs(points[nearest] - points[-1]).max(axis=1) > 90)
        passed &= np.abs(points[nearest] - points[0]).max(axis=1) > 90
        if target >= 0:
            passed[target] = False
        if not passed.any():
            return None
        door = int(self._rng.choice(np.flatnonzero(passed)))
        along = np.abs(np.arange(len(points) - 1) - nearest[door])
        return door, np.flatnonzero(along <= self._rng.integers(2, 5))


def _fine(
    points: Floats, edges: NDArray[np.int64], crossings: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """The same way with a point at least every `STEP_M`, and no two in one place."""
    length_m = np.hypot(*np.diff(points, axis=0).T)
    moves = length_m > 0.05
    if not moves.any():
        return points[:1], edges[:0], crossings[:1]
    # A crossing is told at the end of one edge's line; the next line begins there again.
    kept = np.concatenate(([True], moves))
    group = np.cumsum(kept) - 1
    crossing = np.full(group[-1] + 1, -1)
    np.maximum.at(crossing, group, crossings)
    points, edges, length_m = points[kept], edges[moves], length_m[moves]
    pieces = np.ceil(length_m / STEP_M).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(pieces)))
    at = np.arange(first[-1] + 1)
    fine = np.column_stack([np.interp(at, first, points[:, axis]) for axis in (0, 1)])
    fine_crossings = np.full(len(fine), -1)
    fine_crossings[first] = crossing
    return fine, np.repeat(edges, pieces), fine_crossings
