"""A field day with a known truth: where an agent stood, and what the phone made of it.

Written without a look at the detector: doors in rows along the streets of a grid, visits and
pauses, and the errors of phones (slowly wandering noise, spikes, jumps, confident lies, wrong or
missing accuracy, silence, duplicates, any order).
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from core.geometry import Floats, LatLon, LocalPlane
from geofence.fence import Fence, GeocodeQuality, radius_for
from geofence.ping_window import Bools, PingWindow, Rows, ping_window
from geofence.place import ManualCheckIn

PLANE = LocalPlane(LatLon(-29.9, -71.25))
BLOCK_M = 90.0
MORNING_S = 1_750_000_000.0
Stands = list[tuple[int, float, float]]  # door (-1: none), from, to
SETTINGS = {"open": (4.0, 8.0), "urban": (8.0, 18.0), "canyon": (15.0, 40.0)}


@dataclass(frozen=True, slots=True)
class TrueVisit:
    """A visit as it happened: the fences at that door, and the time at the door (epoch s)."""

    fence_ids: frozenset[UUID]
    began_at: float
    ended_at: float


@dataclass(frozen=True, slots=True)
class Day:
    """What the office knows (`fences`, `planned`), what arrived in what order, and the truth."""

    fences: tuple[Fence, ...]
    planned: frozenset[UUID]
    check_ins: tuple[ManualCheckIn, ...]
    pings: PingWindow
    arrived: tuple[Floats, Floats, Floats, Floats, Bools, Floats]
    visits: tuple[TrueVisit, ...]
    true_sigma_m: float


class _Walk:
    """Waypoints in time; the agent moves in straight lines between them."""

    def __init__(self, x: float, y: float) -> None:
        self.points = [(MORNING_S, x, y)]

    def go(self, x: float, y: float, speed_mps: float) -> None:
        t, x0, y0 = self.points[-1]
        self.points.append((t + np.hypot(x - x0, y - y0) / speed_mps, x, y))

    def wait(self, seconds: float) -> tuple[float, float]:
        t, x, y = self.points[-1]
        self.points.append((t + seconds, x, y))
        return t, t + seconds


def simulated_day(seed: int, setting: str = "urban", sampling_s: float = 15.0) -> Day:
    """One agent's day. Equal arguments give equal days."""
    rng = np.random.default_rng(seed)
    doors, streets = _doors(rng)
    fences, ids_at = _customers(rng, doors)
    planned_doors = rng.choice(len(doors), 20, replace=False)
    order = _visit_order(rng, doors, planned_doors)
    walk, stays = _live_through(rng, doors, streets, order)
    t, x, y = (np.array(column) for column in zip(*walk.points, strict=True))
    sampled, px, py, accuracy, sigma = _phone(rng, (t, x, y), SETTINGS[setting], sampling_s, stays)
    lat, lon = PLANE.latlon(px, py)
    rows = _arrival_order(rng, len(sampled))
    speed_mps = _speed_mps(rng, (t, x, y), sampled)
    mock = np.zeros(len(rows), bool)
    arrived = (sampled[rows], lat[rows], lon[rows], accuracy[rows], mock, speed_mps[rows])
    visits = tuple(TrueVisit(frozenset(ids_at[d]), a, b) for d, a, b in stays if d >= 0)
    return Day(
        fences=fences,
        planned=frozenset(ids_at[d][0] for d in planned_doors),
        check_ins=_check_ins(rng, visits, fences),
        pings=ping_window(*arrived),
        arrived=arrived,
        visits=visits,
        true_sigma_m=sigma,
    )


def _doors(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """60 doors in rows of neighbors along the east-west streets, and the street before each."""
    doors: list[tuple[float, float]] = []
    streets: list[tuple[float, float]] = []
    while len(doors) < 60:
        row, start = rng.integers(0, 12), rng.uniform(0, 11 * BLOCK_M)
        side, along = rng.choice([-1, 1]), start
        for _ in range(rng.integers(1, 6)):
            street = (along, row * BLOCK_M)
            door = (along, row * BLOCK_M + side * rng.uniform(5, 15))
            doors.append(door)
            streets.append(street)
            along += rng.uniform(15, 45)
    return np.array(doors[:60]), np.array(streets[:60])


def _customers(
    rng: np.random.Generator, doors: Floats
) -> tuple[tuple[Fence, ...], list[list[UUID]]]:
    fences, ids_at = [], []
    for x, y in doors:
        quality = rng.choice(list(GeocodeQuality), p=[0.6, 0.3, 0.1])
        worst_m = {"rooftop": 20, "street": 40, "area": 60}[quality]
        off_m, angle = rng.uniform(0, worst_m), rng.uniform(0, 2 * np.pi)
        lat, lon = PLANE.latlon(
            np.array([x + off_m * np.cos(angle)]), np.array([y + off_m * np.sin(angle)])
        )
        count = rng.integers(2, 5) if rng.random() < 0.1 else 1
        ids = [UUID(bytes=rng.bytes(16)) for _ in range(count)]
        center = LatLon(float(lat[0]), float(lon[0]))
        fences += [Fence(i, center, radius_for(GeocodeQuality(quality))) for i in ids]
        ids_at.append(ids)
    return tuple(fences), ids_at


def _visit_order(rng: np.random.Generator, doors: Floats, planned: Rows) -> list[int]:
    """Which doors are really visited: a fifth skipped, others unplanned or next door."""
    visited = []
    for door in planned:
        if rng.random() < 0.2:
            continue
        if rng.random() < 0.05:
            gaps = np.hypot(*(doors - doors[door]).T)
            visited.append(int(np.argsort(gaps)[1]))
        else:
            visited.append(int(door))
    visited += [int(d) for d in rng.choice(len(doors), 3)]
    here, order, left = doors[visited[0]], [], list(visited)
    while left:
        nearest = min(left, key=lambda d: float(np.hypot(*(doors[d] - here)) * rng.uniform(0.5, 2)))
        left.remove(nearest)
        order.append(nearest)
        here = doors[nearest]
    return order + [int(d) for d in rng.choice(order, 2)]


def _live_through(
    rng: np.random.Generator, doors: Floats, streets: Floats, order: list[int]
) -> tuple[_Walk, Stands]:
    pace = float(rng.choice([1.3, 1.3, 5.0, 8.0]))
    walk = _Walk(0.0, 0.0)
    stays: Stands = [(-1, *walk.wait(900))]
    pause_before = dict.fromkeys(rng.choice(len(order), 3, replace=False).tolist(), (480, 1200))
    pause_before[len(order) // 2] = (1800, 3000)
    previous = -1
    for n, door in enumerate(order):
        if door == previous:
            continue
        if n in pause_before:
            _ride(rng, walk, rng.uniform(0, 990), 90.0 * float(rng.integers(0, 12)), pace, stays)
            stays.append((-1, *walk.wait(rng.uniform(*pause_before[n]))))
        street_x, street_y = streets[door]
        if rng.random() < 0.15:
            aside = street_x + rng.choice([-1, 1]) * rng.uniform(35, 90)
            _ride(rng, walk, aside, street_y, pace, stays)
            stays.append((-1, *walk.wait(rng.uniform(60, 300))))
        _ride(rng, walk, street_x, street_y, pace, stays)
        walk.go(doors[door][0], doors[door][1], 1.1)
        length_s = float(np.clip(rng.lognormal(np.log(400), 0.6), 100, 1500))
        stays.append((door, *walk.wait(length_s)))
        walk.go(street_x, street_y, 1.1)
        previous = door
    return walk, stays


def _ride(
    rng: np.random.Generator, walk: _Walk, x: float, y: float, pace: float, stays: Stands
) -> None:
    """Along the grid to a point of an east-west street, with red lights and slow stretches."""
    _, x0, y0 = walk.points[-1]
    if y0 != y:
        column = round((x0 + x) / 2 / BLOCK_M) * BLOCK_M
        walk.go(column, y0, pace)
        if rng.random() < 0.15:
            stays.append((-1, *walk.wait(rng.uniform(15, 100))))
        walk.go(column, y, pace)
    if rng.random() < 0.1:
        _, x1, _ = walk.points[-1]
        walk.go(x1 + 0.4 * (x - x1), y, pace)
        walk.go(x1 + 0.4 * (x - x1) + np.sign(x - x1) * min(50, 0.5 * abs(x - x1)), y, 0.6)
    walk.go(x, y, pace)


def _phone(
    rng: np.random.Generator,
    path: tuple[Floats, Floats, Floats],
    sigmas: tuple[float, float],
    sampling_s: float,
    stays: Stands,
) -> tuple[Floats, Floats, Floats, Floats, float]:
    t, x, y = path
    steps = sampling_s * rng.uniform(0.8, 1.2, int((t[-1] - t[0]) / sampling_s))
    at = t[0] + np.cumsum(steps)
    at = at[_awake(rng, at, stays)]
    sigma = float(rng.uniform(*sigmas))
    n = len(at)
    error_x, error_y = (_wander(rng, at, sigma) + rng.normal(0, 0.3 * sigma, n) for _ in "xy")
    for begin in rng.uniform(t[0], t[-1], 6):  # jumps
        hit = (at >= begin) & (at < begin + rng.uniform(20, 60))
        error_x[hit] += rng.normal(0, 80)
        error_y[hit] += rng.normal(0, 80)
    spike = rng.random(n) < 0.01
    angle, reach = rng.uniform(0, 2 * np.pi, n), rng.uniform(80, 300, n)
    error_x += spike * reach * np.cos(angle)
    error_y += spike * reach * np.sin(angle)
    stated = 1.5 * sigma * np.clip(rng.lognormal(rng.normal(0, 0.4), 0.3, n), 0.3, 3)
    stated[rng.random(n) < 0.05] = 0
    stated[rng.random(n) < 0.03] = np.nan
    stated[spike & (rng.random(n) < 0.5)] = 5
    return at, np.interp(at, t, x) + error_x, np.interp(at, t, y) + error_y, stated, sigma


def _speed_mps(rng: np.random.Generator, path: tuple[Floats, Floats, Floats], at: Floats) -> Floats:
    """By Doppler: the truth over two seconds, and an error of a fifth of a meter per second."""
    t, x, y = path
    east, north = (
        (np.interp(at + 1, t, axis) - np.interp(at - 1, t, axis)) / 2 + rng.normal(0, 0.2, len(at))
        for axis in (x, y)
    )
    speed: Floats = np.hypot(east, north).round(2)
    return speed


def _awake(rng: np.random.Generator, at: Floats, stays: Stands) -> Bools:
    awake = np.ones(len(at), dtype=bool)
    for begin in rng.uniform(at[0], at[-1], 4):
        awake &= (at < begin) | (at > begin + rng.uniform(120, 480))
    if rng.random() < 0.25:  # a phone that dozes off when it lies still
        for _, a, b in stays:
            if rng.random() < 0.3:
                awake &= (at < a + 120) | (at > min(b - 20, a + 120 + rng.uniform(180, 600)))
    return awake


def _wander(rng: np.random.Generator, at: Floats, sigma: float) -> Floats:
    """Ornstein-Uhlenbeck noise: remembers itself for a minute or two."""
    memory_s = rng.uniform(60, 120)
    keep = np.exp(-np.diff(at, prepend=at[0]) / memory_s)
    kicks = rng.normal(0, sigma, len(at))
    out = np.empty(len(at))
    last = kicks[0]
    for i in range(len(at)):
        last = keep[i] * last + np.sqrt(1 - keep[i] ** 2) * kicks[i]
        out[i] = last
    return out


def _arrival_order(rng: np.random.Generator, n: int) -> Rows:
    """Everything arrives, some of it twice, a burst of it hours late, in any order."""
    order = np.concatenate([np.arange(n), rng.choice(n, n // 20)])
    return rng.permutation(order)


def _check_ins(
    rng: np.random.Generator, visits: tuple[TrueVisit, ...], fences: tuple[Fence, ...]
) -> tuple[ManualCheckIn, ...]:
    made = []
    for visit in visits:
        if rng.random() < 0.5:
            honest = rng.random() > 0.1
            who = min(visit.fence_ids) if honest else fences[rng.integers(len(fences))].id
            made.append(ManualCheckIn(who, visit.began_at + rng.uniform(10, 60)))
    return tuple(made)


Found = tuple[frozenset[UUID], float, float]


def score(found: list[Found], day: Day) -> tuple[int, int, int]:
    """(right, found, true): one to one, right place, ≥ 40 % of the visit, IoU ≥ 0.3."""
    pairs = []
    for i, (ids, began_at, ended_at) in enumerate(found):
        for j, visit in enumerate(day.visits):
            both = min(ended_at, visit.ended_at) - max(began_at, visit.began_at)
            either = max(ended_at, visit.ended_at) - min(began_at, visit.began_at)
            long_enough = both >= 0.4 * (visit.ended_at - visit.began_at)
            if ids & visit.fence_ids and long_enough and both >= 0.3 * either:
                pairs.append((both / either, i, j))
    used: set[tuple[str, int]] = set()
    for _, i, j in sorted(pairs, reverse=True):
        if ("found", i) not in used and ("true", j) not in used:
            used |= {("found", i), ("true", j)}
    return len(used) // 2, len(found), len(day.visits)


def f1(scores: list[tuple[int, int, int]]) -> float:
    """The F1 score over several days, all visits counted alike."""
    right, found, true = np.sum(scores, axis=0).tolist()
    return float(2 * right / (found + true))
