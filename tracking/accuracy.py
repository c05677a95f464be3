"""What a phone's stated accuracy is worth, in metres."""

import numpy as np

from core.geometry import Floats

FLOOR_M = 8.0
SCALE = 1.3
UNKNOWN_M = 20.0


def sigmas_m(accuracy_m: Floats) -> Floats:
    """The error to reckon with per axis (1σ): ``max(8 m, 1.3 × accuracy)``.

    Android and iOS state the radius that holds the truth in 68 % of cases, which for a round
    error would be 1.5 σ; phones are optimists (stated values are wrong by a factor of up to
    three), so σ is taken *above* the statement and never below 8 m, the error of a good phone
    beside a building. Not a number, zero and negative (iOS marks an invalid fix with −1) mean
    unknown: 20 m.
    """
    known = accuracy_m > 0
    return np.where(known, np.maximum(FLOOR_M, SCALE * accuracy_m), UNKNOWN_M)


def sigma_m(accuracy_m: float | None) -> float:
    """`sigmas_m` of one statement; None means unknown."""
    stated = np.nan if accuracy_m is None else accuracy_m
    return float(sigmas_m(np.array([stated]))[0])
