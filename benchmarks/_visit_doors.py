"""Doors and customers: rows of houses along real streets, and what the office believes of them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchmarks._visit_streets import Quarter, Spot
from core.geometry import Floats

DOORS = 55
GAP_M = (15.0, 45.0)
SET_BACK_M = (5.0, 16.0)
BLOCK_SHARE = 0.12
WORST_GEOCODE_M = 60.0


class Quality(NamedTuple):
    """A kind of geocode: its fence's radius, its error (σ per axis), and how usual it is."""

    name: str
    radius_m: float
    error_m: float
    share: float


QUALITIES = (
    Quality("rooftop", 50.0, 5.0, 0.65),
    Quality("street", 100.0, 15.0, 0.25),
    Quality("area", 150.0, 30.0, 0.10),
)
"""Errors are normal, cut off at 60 m."""


@dataclass(frozen=True, slots=True, eq=False)
class Doors:
    """Parallel by door, in meters on the city's plane. A block of flats is one door.

    `front` is the point of the street before the door, `geocode` where the office believes it;
    `quality` indexes `QUALITIES`; `customers` holds each door's customers' numbers; doors of one
    `row` stand side by side in order.
    """

    spots: tuple[Spot, ...]
    front: Floats
    door: Floats
    geocode: Floats
    quality: np.ndarray
    customers: tuple[tuple[int, ...], ...]
    row: np.ndarray

    def __len__(self) -> int:
        return len(self.spots)

    @property
    def radius_m(self) -> Floats:
        return np.array([QUALITIES[q].radius_m for q in self.quality])

    def next_to(self, door: int) -> list[int]:
        """The neighbors in the row."""
        return [
            other
            for other in (door - 1, door + 1)
            if 0 <= other < len(self) and self.row[other] == self.row[door]
        ]


def settled(rng: np.random.Generator, quarter: Quarter, reach_m: float) -> Doors:
    """`DOORS` doors within about `reach_m` of the quarter's center."""
    near = quarter.near(reach_m)
    if (quarter.lengths_m[near] >= 50).sum() >= 12:
        near = near[quarter.lengths_m[near] >= 50]
    spots: list[Spot] = []
    front: list[Floats] = []
    door: list[Floats] = []
    row: list[int] = []
    rows = 0
    while len(spots) < DOORS:
        edge = int(rng.choice(near))
        length_m = float(quarter.lengths_m[edge])
        along, side = rng.uniform(5, max(6, length_m - 60)), rng.choice([-1, 1])
        for _ in range(rng.integers(1, 7)):
            if along > length_m - 3 or len(spots) == DOORS:
                break
            spot = Spot(edge, float(along))
            street, ahead = quarter.point(spot), quarter.direction(spot)
            house = street + side * rng.uniform(*SET_BACK_M) * np.array([-ahead[1], ahead[0]])
            if not door or np.hypot(*(np.array(door) - house).T).min() >= GAP_M[0]:
                spots.append(spot)
                front.append(street)
                door.append(house)
                row.append(rows)
            along += rng.uniform(*GAP_M)
        rows += 1
    return _with_customers(rng, spots, np.array(front), np.array(door), np.array(row))


def _with_customers(
    rng: np.random.Generator, spots: list[Spot], front: Floats, door: Floats, row: np.ndarray
) -> Doors:
    quality = rng.choice(len(QUALITIES), len(door), p=[q.share for q in QUALITIES])
    error = geocode_errors(rng, quality)
    flats = np.where(rng.random(len(door)) < BLOCK_SHARE, rng.integers(2, 6, len(door)), 1)
    last = np.cumsum(flats)
    customers = tuple(
        tuple(range(end - count, end))
        for end, count in zip(last.tolist(), flats.tolist(), strict=True)
    )
    return Doors(tuple(spots), front, door, door + error, quality, customers, row)


def geocode_errors(rng: np.random.Generator, quality: np.ndarray) -> Floats:
    """How far geocodes of these qualities lie from their doors (east and north)."""
    sigma = np.array([q.error_m for q in QUALITIES])[quality][:, None]
    error: Floats = rng.normal(0, 1, (len(quality), 2)) * sigma
    while (far := np.hypot(*error.T) > WORST_GEOCODE_M).any():
        error[far] = rng.normal(0, 1, (int(far.sum()), 2)) * sigma[far]
    return error
