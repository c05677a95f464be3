"""Motion: what the speeds that a phone reports say about standing and walking.

A receiver measures speed by the Doppler shift of its signals, not from its positions: to some
tenths of a meter per second, also between high walls that shift a position by half a block. Not
every app passes that on, so a phone is believed as far as the hour around a ping bears it out.
"""

import numpy as np
from numpy.typing import NDArray

from core.geometry import Floats

Bools = NDArray[np.bool_]

STANDS_MPS = (0.2, 0.45)
"""The error per axis of a speed under an open sky and between walls (handset receivers state 0.1
to 0.5 m/s); what the hour itself shows is held within these limits."""

WALKS_MPS, WALKS_SPREAD_MPS = 1.3, 0.3
SLOW_MPS, BRISK_MPS = WALKS_MPS / 2, 1.0
RIDES_MPS = 15.0
"""A usual walk, and what is hardly one; with a vehicle every speed up to that of free traffic in a
town is as likely."""

FALSELY_MOVING, FALSELY_STANDING = 0.03, 0.1
"""How often, at least, a standing phone reports a walk and one that moves reports nothing: a
reflected signal, steps in a hall, the turn of a street, a light."""

WALKED = 2.5
"""Motion twelve times as likely as standing (as a natural logarithm)."""

STEP_S = 7.0
"""No way from one spot to another is walked in less than twice this: ten steps and more."""

BELIEF_S = 3_600.0
WITNESSES = 5
"""A phone is judged by the pings within this of each; fewer than five settle nothing."""

WAY_M, WAY_S = 60.0, (20.0, 120.0)
TRUSTED = 0.5
"""Some apps report 0 where they know no speed. Who covers 60 m within 20 s to two minutes moves: a
phone is believed when half of its pings at the ends of such ways say so. One that sleeps too long
to be asked is believed when five of its pings tell of motion at all."""

IN_PLACE_S, IN_PLACE_M = 120.0, 60.0
RESTLESS, FOLLOWS = 0.3, 0.6
"""Other apps divide distances by times, errors included, and walk while the phone lies on a table.
Where positions get nowhere from two minutes before to two minutes after, a phone that moves in a
third of the pings, or whose speed follows the errors of its positions (by the correlation of the
two), is not believed."""


def motion(t_s: Floats, x: Floats, y: Floats, speed_mps: Floats) -> Floats:
    """Per ping, how much likelier its speed is for somebody who moves than for one who stands.

    Natural logarithms, from -2.3 to 3.5; 0 where the ping tells no speed, and where the phone's
    speeds cannot be believed. Ascending times, positions in meters. Looks `BELIEF_S` and four
    minutes around each ping.
    """
    known = np.isfinite(speed_mps)
    if not known.any():
        return np.zeros(len(t_s))
    speed = np.where(known, speed_mps, 0.0)
    hour = (np.searchsorted(t_s, t_s - BELIEF_S), np.searchsorted(t_s, t_s + BELIEF_S, "right"))
    moving = speed >= SLOW_MPS
    ways = _on_the_way(t_s, x, y) & known
    asked = _within(hour, ways)
    tell = _within(hour, ways & moving) / np.maximum(asked, 1)
    believed = np.where(asked >= WITNESSES, tell >= TRUSTED, _within(hour, moving) >= WITNESSES)
    in_place = _in_place(t_s, x, y) & known
    believed &= _within(hour, in_place & (speed >= BRISK_MPS)) <= RESTLESS * _within(hour, in_place)
    believed &= _follows(t_s, x, y, speed, in_place, hour) <= FOLLOWS
    slow = known & (speed > 0) & ~moving
    error2 = _within(hour, np.where(slow, speed**2, 0)) / np.maximum(2 * _within(hour, slow), 1)
    stands, moves = _densities(speed, np.clip(error2**0.5, *STANDS_MPS))
    silent = np.where(asked >= WITNESSES, np.maximum(FALSELY_STANDING, 1 - tell), FALSELY_STANDING)
    odds = ((1 - silent) * moves + silent * stands) / (
        (1 - FALSELY_MOVING) * stands + FALSELY_MOVING * moves
    )
    return np.where(known & believed, np.log(odds), 0.0)


def walking(t_s: Floats, moves: Floats) -> Bools:
    """The pings on a way: runs of those that speak for motion, one of them, with what is told
    within `STEP_S` of it, by `WALKED`."""
    step = (np.searchsorted(t_s, t_s - STEP_S), np.searchsorted(t_s, t_s + STEP_S, "right"))
    loud = _within(step, moves) >= WALKED
    change = np.flatnonzero(np.diff(np.concatenate(([0], moves > 0, [0]))))
    walks = np.zeros(len(t_s), bool)
    for first, after in zip(change[::2].tolist(), change[1::2].tolist(), strict=True):
        walks[first:after] = loud[first:after].any()
    return walks


def _within(rows: tuple[NDArray[np.intp], NDArray[np.intp]], values: Floats | Bools) -> Floats:
    """The sum of `values` from each first row to before each last one."""
    total = np.concatenate(([0.0], np.cumsum(values, dtype=float)))
    within: Floats = total[rows[1]] - total[rows[0]]
    return within


def _on_the_way(t_s: Floats, x: Floats, y: Floats) -> Bools:
    """The pings at either end of a way that positions alone show, errors and all."""
    until = np.searchsorted(t_s, t_s + WAY_S[0])
    rows = np.flatnonzero(until < len(t_s))
    until = until[rows]
    way_m = np.hypot(x[until] - x[rows], y[until] - y[rows])
    moved = (way_m >= WAY_M) & (t_s[until] - t_s[rows] <= WAY_S[1])
    ends = np.zeros(len(t_s), bool)
    ends[rows[moved]] = ends[until[moved]] = True
    return ends


def _in_place(t_s: Floats, x: Floats, y: Floats) -> Bools:
    """The pings around which positions get nowhere, over four minutes and little more."""
    before = np.searchsorted(t_s, t_s - IN_PLACE_S)
    after = np.minimum(np.searchsorted(t_s, t_s + IN_PLACE_S), len(t_s) - 1)
    span_s = t_s[after] - t_s[before]
    near = np.hypot(x[after] - x[before], y[after] - y[before]) <= IN_PLACE_M
    placed: Bools = near & (span_s >= IN_PLACE_S) & (span_s <= 4 * IN_PLACE_S)
    return placed


def _follows(
    t_s: Floats,
    x: Floats,
    y: Floats,
    speed: Floats,
    in_place: Bools,
    hour: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> Floats:
    """How closely the speeds of pings in place follow the steps of their positions; 0 where there
    are too few of them, or nothing varies."""
    link_mps = np.hypot(np.diff(x, prepend=x[0]), np.diff(y, prepend=y[0])) / np.maximum(
        np.diff(t_s, prepend=-np.inf), 1e-3
    )
    # Cut off, lest one spike make or break it.
    a = np.where(in_place, np.minimum(speed, BRISK_MPS), 0.0)
    b = np.where(in_place, np.minimum(link_mps, BRISK_MPS), 0.0)
    count = np.maximum(_within(hour, in_place), 1)
    mean_a, mean_b = _within(hour, a) / count, _within(hour, b) / count
    both = _within(hour, a * b) / count - mean_a * mean_b
    spread2 = np.maximum(_within(hour, a * a) / count - mean_a**2, 0) * np.maximum(
        _within(hour, b * b) / count - mean_b**2, 0
    )
    sound = (count >= WITNESSES) & (spread2 > 1e-9)
    return np.where(sound, both / np.sqrt(np.where(sound, spread2, 1)), 0.0)


def _densities(speed: Floats, error: Floats) -> tuple[Floats, Floats]:
    """How dense a speed is for one who stands and one who moves; below the error all are one."""
    v = np.maximum(speed, error)
    stands = np.where(
        speed <= error,
        (1 - np.exp(-0.5)) / error,
        v / error**2 * np.exp(-(v**2) / (2 * error**2)),
    )
    spread = np.hypot(error, WALKS_SPREAD_MPS)
    walks = np.exp(-((v - WALKS_MPS) ** 2) / (2 * spread**2)) / (spread * (2 * np.pi) ** 0.5)
    rides = np.where(v <= RIDES_MPS, 1 / RIDES_MPS, 1e-3)
    return stands, (walks + rides) / 2
