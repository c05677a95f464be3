"""Scoring: which of the visits that somebody reports are true ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks._visit_life import DriveBy, Visit

LEAST_SHARE = 0.4
LEAST_IOU = 0.3


class Found(NamedTuple):
    """A reported visit; a block of flats is one door. Epoch seconds."""

    door: int
    began_at: float
    ended_at: float
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were right, reported and true; tallies add up."""

    right: int = 0
    found: int = 0
    true: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.found + other.found, self.true + other.true)

    @property
    def f1(self) -> float:
        """Visits all count alike; 0 if there is none."""
        return 2 * self.right / max(1, self.found + self.true)


def matches(found: Sequence[Found], visits: Sequence[Visit]) -> list[tuple[int, int]]:
    """Pairs (found, true) of the same door, one to one, the best overlap first.

    A pair needs 40 % of the true visit and an intersection over union of 0.3.
    """
    if not found or not visits:
        return []
    both, either = _overlaps(found, visits)
    length_s = np.array([visit.ended_at - visit.began_at for visit in visits])
    door = np.array([f.door for f in found])[:, None] == np.array([v.door for v in visits])
    iou = both / np.maximum(either, 1e-9)
    good = door & (both >= LEAST_SHARE * length_s) & (iou >= LEAST_IOU)
    pairs: list[tuple[int, int]] = []
    rows, columns = np.nonzero(good)
    for at in np.argsort(-iou[rows, columns], kind="stable"):
        row, column = int(rows[at]), int(columns[at])
        if all(row != r and column != c for r, c in pairs):
            pairs.append((row, column))
    return pairs


def tally(found: Sequence[Found], visits: Sequence[Visit]) -> Tally:
    """The tally of a day."""
    return Tally(len(matches(found, visits)), len(found), len(visits))


def drive_bys_called(
    found: Sequence[Found], visits: Sequence[Visit], drive_bys: Sequence[DriveBy]
) -> int:
    """How many slow passings were reported as a visit: a wrong one that lies mostly in them."""
    paired = {row for row, _ in matches(found, visits)}
    wrong = [f for row, f in enumerate(found) if row not in paired]
    if not wrong or not drive_bys:
        return 0
    both, _ = _overlaps(wrong, drive_bys)
    length_s = np.array([[f.ended_at - f.began_at] for f in wrong])
    return int((both >= 0.5 * np.maximum(length_s, 1.0)).any(axis=0).sum())


def wrong_doors(found: Sequence[Found], visits: Sequence[Visit]) -> int:
    """Of visits made next door, how many were verified for the planned door."""
    next_door = [visit for visit in visits if visit.meant >= 0]
    sure = [f for f in found if f.verified]
    if not next_door or not sure:
        return 0
    both, _ = _overlaps(sure, next_door)
    length_s = np.array([visit.ended_at - visit.began_at for visit in next_door])
    meant = np.array([f.door for f in sure])[:, None] == np.array([v.meant for v in next_door])
    return int((meant & (both >= LEAST_SHARE * length_s)).any(axis=0).sum())


def _overlaps(
    one: Sequence[Found], two: Sequence[Visit] | Sequence[DriveBy] | Sequence[Found]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds in both, and in either, by pair."""
    begin, end = np.array([(f.began_at, f.ended_at) for f in one]).T[:, :, None]
    other_begin, other_end = np.array([(v.began_at, v.ended_at) for v in two]).T
    both = np.maximum(0.0, np.minimum(end, other_end) - np.maximum(begin, other_begin))
    return both, (end - begin) + (other_end - other_begin) - both
