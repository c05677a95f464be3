"""The way an agent took on a day, from their pings."""

from dataclasses import dataclass

import numpy as np

from core.geometry import Floats, LatLon, LocalPlane
from tracking.accuracy import sigmas_m
from tracking.trails.day_pings import DayPings
from tracking.trails.one_per_instant import Rows
from tracking.trails.outliers import GAP_S, Bools, believable, unreachable
from tracking.trails.stops import Ground, Stay, find_stays

COARSE_M = 100.0
"""Such a position comes from cell towers or Wi-Fi and would draw a spike across the map."""

SMOOTHED_S = 10.0
"""Positions are averaged over so long before and after: the error of one ping is no way."""

SPEED_OVER_S = 10.0
"""Speeds are measured over no less, for an error of 5 m between two seconds is no speed."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stay of two minutes or longer: from its first ping to its last (epoch seconds)."""

    began_s: float
    ended_s: float
    lat: float
    lon: float
    radius_m: float
    pings: int

    @property
    def dwell_s(self) -> float:
        """How long the agent stayed."""
        return self.ended_s - self.began_s


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the way is not known: a silence, or a jump that no vehicle makes.

    `distance_m` is the straight line across. Times are epoch seconds.
    """

    began_s: float
    ended_s: float
    start: LatLon
    end: LatLon
    distance_m: float
    is_jump: bool

    @property
    def lasted_s(self) -> float:
        """How long nothing is known."""
        return self.ended_s - self.began_s


@dataclass(frozen=True, slots=True)
class Summary:
    """A trail in figures.

    `pings` counts instants with a ping; `coarse` of them were too vague to draw and `outliers`
    were not believed. From the first ping to the last, moving, standing (in stops) and gaps add
    up. Speeds are of the moving, None where nothing moved.
    """

    pings: int
    coarse: int
    outliers: int
    devices: int
    first_ping_s: float | None
    last_ping_s: float | None
    distance_m: float
    moving_s: float
    standing_s: float
    gap_s: float
    mean_speed_mps: float | None
    max_speed_mps: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """The believed pings as parallel arrays; what they show; and the way through them.

    `stretches` has the first and last row of each stretch without a gap. The way (`way_lat`,
    `way_lon`) has a point for each ping, slightly smoothed, in a stop its center.
    """

    t_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    altitude_m: Floats
    way_lat: Floats
    way_lon: Floats
    stretches: tuple[tuple[int, int], ...]
    stops: tuple[Stop, ...]
    gaps: tuple[Gap, ...]
    summary: Summary


def trail_of(pings: DayPings) -> Trail:
    """The trail of a day's pings."""
    # 1. Without what is too vague, and what cannot be true.
    fine = np.flatnonzero(~(pings.accuracy_m > COARSE_M))
    lat, lon = pings.lat[fine], pings.lon[fine]
    plane = _plane(lat, lon)
    x, y = plane.xy(lat, lon)
    kept = believable(pings.t_s[fine], x, y)
    rows, x, y = fine[kept], x[kept], y[kept]
    t_s, sigma_m = pings.t_s[rows], sigmas_m(pings.accuracy_m[rows])
    # 2. In stretches between which nothing is known.
    jumped = unreachable(t_s, x, y)
    broken = jumped | (np.diff(t_s) > GAP_S)
    first, last = _ends(broken, len(t_s))
    lengths = last - first + 1
    ground = Ground(t_s, x, y, sigma_m, np.repeat(first, lengths), np.repeat(last, lengths))
    # 3. Where the agent stayed, and how they went.
    stays = find_stays(ground)
    way_x, way_y = _way(ground, stays)
    way_lat, way_lon = plane.latlon(way_x, way_y)
    stops = tuple(_stop(ground, plane, stay) for stay in stays)
    gaps = [_gap(ground, plane, int(row), bool(jumped[row])) for row in np.flatnonzero(broken)]
    distance_m = float(np.hypot(np.diff(way_x), np.diff(way_y))[~broken].sum())
    standing_s, gap_s = sum(stop.dwell_s for stop in stops), sum(gap.lasted_s for gap in gaps)
    moving_s = float(t_s[-1] - t_s[0]) - standing_s - gap_s if len(t_s) else 0.0
    moved = moving_s > 0 and distance_m > 0
    return Trail(
        t_s,
        pings.lat[rows],
        pings.lon[rows],
        pings.accuracy_m[rows],
        pings.altitude_m[rows],
        way_lat,
        way_lon,
        tuple(zip(first.tolist(), last.tolist(), strict=True)),
        stops,
        tuple(gaps),
        Summary(
            pings=len(pings),
            coarse=len(pings) - len(fine),
            outliers=len(fine) - len(rows),
            devices=len(np.unique(pings.device)),
            first_ping_s=float(t_s[0]) if len(t_s) else None,
            last_ping_s=float(t_s[-1]) if len(t_s) else None,
            distance_m=distance_m,
            moving_s=moving_s,
            standing_s=standing_s,
            gap_s=gap_s,
            mean_speed_mps=distance_m / moving_s if moved else None,
            max_speed_mps=_max_speed_mps(ground, way_x, way_y) if moved else None,
        ),
    )


def instants(t_s: Floats) -> list[str]:
    """Epoch seconds as RFC 3339 in UTC, to the millisecond."""
    milliseconds = np.rint(t_s * 1000).astype(np.int64).astype("datetime64[ms]")
    texts: list[str] = np.datetime_as_string(milliseconds, timezone="UTC").tolist()
    return texts


def _plane(lat: Floats, lon: Floats) -> LocalPlane:
    """Around the middle of the day, which no position far away can move."""
    if not len(lat):
        return LocalPlane(LatLon(0.0, 0.0))
    return LocalPlane(LatLon(float(np.median(lat)), float(np.median(lon))))


def _ends(broken: Bools, count: int) -> tuple[Rows, Rows]:
    """First and last row of each stretch."""
    if not count:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    after = np.flatnonzero(broken)
    return np.append(0, after + 1), np.append(after, count - 1)


def _way(ground: Ground, stays: list[Stay]) -> tuple[Floats, Floats]:
    """Stays at their centers, and between them the mean of the seconds around each ping.

    Towards the ends of a stretch the mean is of fewer, as many before as after: an end stays
    where it is.
    """
    count = len(ground.t_s)
    if not count:
        return ground.x, ground.y
    x, y, stands = ground.x.copy(), ground.y.copy(), np.zeros(count, bool)
    for stay in stays:
        rows = slice(stay.first, stay.last + 1)
        x[rows], y[rows], stands[rows] = stay.x, stay.y, True
    t = ground.t_s - ground.t_s[0]
    to_end_s = np.minimum(t - t[ground.stretch_first], t[ground.stretch_last] - t)
    around_s = np.minimum(SMOOTHED_S, to_end_s) + 1e-6
    begin = np.maximum(np.searchsorted(t, t - around_s), ground.stretch_first)
    end = np.minimum(np.searchsorted(t, t + around_s, "right"), ground.stretch_last + 1)
    sums = np.zeros((2, count + 1))
    np.cumsum((x, y), axis=1, out=sums[:, 1:])
    smooth_x, smooth_y = (sums[:, end] - sums[:, begin]) / (end - begin)
    return np.where(stands, x, smooth_x), np.where(stands, y, smooth_y)


def _max_speed_mps(ground: Ground, x: Floats, y: Floats) -> float | None:
    """The highest speed over `SPEED_OVER_S` or the next ping after; None in shorter stretches."""
    later = np.searchsorted(ground.t_s, ground.t_s + SPEED_OVER_S)
    rows = np.flatnonzero(later <= ground.stretch_last)
    if not len(rows):
        return None
    later = later[rows]
    went_m = np.hypot(x[later] - x[rows], y[later] - y[rows])
    return float((went_m / (ground.t_s[later] - ground.t_s[rows])).max())


def _stop(ground: Ground, plane: LocalPlane, stay: Stay) -> Stop:
    lat, lon = plane.latlon(np.array([stay.x]), np.array([stay.y]))
    return Stop(
        float(ground.t_s[stay.first]),
        float(ground.t_s[stay.last]),
        float(lat[0]),
        float(lon[0]),
        stay.radius_m,
        stay.last - stay.first + 1,
    )


def _gap(ground: Ground, plane: LocalPlane, row: int, is_jump: bool) -> Gap:
    rows = slice(row, row + 2)
    x, y = ground.x[rows], ground.y[rows]
    lat, lon = (each.tolist() for each in plane.latlon(x, y))
    began_s, ended_s = ground.t_s[rows].tolist()
    across_m = float(np.hypot(x[1] - x[0], y[1] - y[0]))
    return Gap(began_s, ended_s, LatLon(lat[0], lon[0]), LatLon(lat[1], lon[1]), across_m, is_jump)
