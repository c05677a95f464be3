"""What is still to come of many rounds, as arrays for `routing.underway.eta`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.geometry import Floats, LatLon
from routing.underway.eta import Lineup, pauses_s, rest_left_s
from routing.underway.ride import Ride, StopToCome

HOME = -1
"""The number of the leg from the last stop to the end of a round."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A way that the plan does not know: before stop `nth` of ride `row`, or `HOME`."""

    row: int
    nth: int
    from_: LatLon
    to: LatLon


def unknown_legs(rides: Sequence[Ride]) -> list[Leg]:
    """From each agent's position to the next stop, past stops made out of order, and home.

    Who has not been seen today comes along the way that the plan has.
    """
    legs = []
    for row, ride in enumerate(rides):
        for nth, stop in enumerate(ride.stops):
            before = _place(ride.stops[nth - 1]) if nth else ride.position
            known = stop.is_here or (nth > 0 and ride.stops[nth - 1].seq == stop.seq - 1)
            if before is not None and not known:
                legs.append(Leg(row, nth, before, _place(stop)))
        if ride.stops and ride.home:
            legs.append(Leg(row, HOME, _place(ride.stops[-1]), ride.home))
    return legs


def lineup(rides: Sequence[Ride], legs: Sequence[Leg], legs_s: Floats, now_s: float) -> Lineup:
    """The arrays of `rides`, with `legs_s` as the travel times of their `unknown_legs`.

    An agent who was last seen a while ago is taken to ride on meanwhile, without arriving before
    `now_s`; one who is at a customer leaves after the planned time there, or now.
    """
    most = max((len(ride.stops) for ride in rides), default=0)
    rests = max((len(ride.rests) for ride in rides), default=0)
    travel_s, pause_s, service_s = (np.zeros((len(rides), most)) for _ in range(3))
    opens_s, closes_s = (np.full((len(rides), most), np.nan) for _ in range(2))
    rest_from_s, rest_s = (np.zeros((len(rides), rests)) for _ in range(2))
    count = np.array([len(ride.stops) for ride in rides], dtype=np.int64)
    for row, ride in enumerate(rides):
        n = len(ride.stops)
        travel_s[row, :n] = [stop.travel_s for stop in ride.stops]
        service_s[row, :n] = [stop.service_s for stop in ride.stops]
        opens_s[row, :n] = [np.nan if s.opens_s is None else s.opens_s for s in ride.stops]
        closes_s[row, :n] = [stop.closes_s for stop in ride.stops]
        pause_s[row, :n] = _pauses(ride)
        for nth, (from_s, length_s) in enumerate(ride.rests):
            rest_from_s[row, nth], rest_s[row, nth] = from_s, length_s
    home_s = np.zeros(len(rides))
    for leg, leg_s in zip(legs, legs_s.tolist(), strict=True):
        if leg.nth == HOME:
            home_s[leg.row] = leg_s
        else:
            travel_s[leg.row, leg.nth] = leg_s
    free_s = np.empty(len(rides))
    for row, ride in enumerate(rides):
        free_s[row] = _set_out(ride, travel_s[row], service_s[row], opens_s[row], now_s)
    _take_rests(rides, rest_from_s, rest_s, travel_s, now_s)
    return Lineup(
        free_s, home_s, count, rest_from_s, rest_s, travel_s, pause_s, opens_s, closes_s, service_s
    )


def _place(stop: StopToCome) -> LatLon:
    return LatLon(stop.lat, stop.lon)


def _pauses(ride: Ride) -> Floats:
    stops = ride.stops
    arrives_s = np.array([stop.arrives_s for stop in stops])
    left_s = np.array([np.nan if s.left_s is None or s.is_here else s.left_s for s in stops])
    rested_s = np.zeros(len(stops))
    for from_s, length_s in ride.rests:
        spare_s = np.nan_to_num(arrives_s - left_s)
        rested_s += np.where((arrives_s >= from_s + length_s) & (left_s <= from_s + length_s)
                             & (spare_s >= length_s), length_s, 0.0)  # fmt: skip
    return pauses_s(left_s, arrives_s, np.array([s.travel_s for s in stops]), rested_s)


def _set_out(
    ride: Ride, travel_s: Floats, service_s: Floats, opens_s: Floats, now_s: float
) -> float:
    """When the agent leaves for the first stop; its way and visit are shortened to what is left."""
    ready_s = max(now_s, ride.begins_s, ride.ready_s or 0.0)
    if not ride.stops:
        return ready_s
    first = ride.stops[0]
    if first.is_here:
        begun_s = max(first.here_s or now_s, first.opens_s or 0.0)
        service_s[0] = max(0.0, begun_s + service_s[0] - now_s)
        travel_s[0], opens_s[0] = 0.0, np.nan
    elif ride.position is None:
        travel_s[0] = max(0.0, first.arrives_s - ready_s)
    elif ride.seen_s is not None and ready_s == now_s:
        travel_s[0] = max(0.0, travel_s[0] - max(0.0, now_s - max(ride.seen_s, ride.begins_s)))
    return ready_s


def _take_rests(
    rides: Sequence[Ride], rest_from_s: Floats, rest_s: Floats, travel_s: Floats, now_s: float
) -> None:
    """Rests that have fallen due: what is left of them is spent before the next way."""
    if not rest_s.size:
        return
    here = np.array([bool(ride.stops) and ride.stops[0].is_here for ride in rides])
    since_s = np.array([ride.left_s or 0.0 for ride in rides])[:, None]
    due = (now_s >= rest_from_s) & (rest_s > 0) & ~here[:, None]
    left_s = rest_left_s(np.full_like(rest_s, now_s), since_s, rest_from_s, rest_s)
    travel_s[:, :1] += np.where(due, left_s, 0.0).sum(axis=1, keepdims=True)
    rest_s[due] = 0.0
