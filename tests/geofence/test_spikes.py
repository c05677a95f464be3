"""Spikes: one line for each shape of a track."""

import numpy as np
import pytest

from geofence.spikes import spikes

STILL = [0.0] * 5

SHAPES = [
    # what, seconds between pings, metres along a line, which are spikes
    ("standing", 10, [0, 3, -4, 2, 0, 5], []),
    ("one far off", 10, [*STILL, 200, *STILL], [5]),
    ("one far off, sampled each minute", 60, [*STILL, 200, *STILL], [5]),
    ("four pings far off", 5, [*STILL, 200, 210, 205, 200, *STILL], [5, 6, 7, 8]),
    ("driving straight on", 10, [0, 80, 160, 240, 320], []),
    ("driving with one far off", 10, [0, 80, 160, 900, 320, 400], [3]),
    ("going away for good", 10, [0, 0, 0, 200, 200, 200, 200], []),
    ("away for five minutes and back", 30, [*STILL, *[200] * 10, *STILL], []),
    ("ordinary noise", 10, [0, 30, -5, 38, 2, -30], []),
    ("too few to tell", 10, [0, 500], []),
]


@pytest.mark.parametrize(
    ("every_s", "along_m", "expected"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES]
)
def test_spikes(every_s: float, along_m: list[float], expected: list[int]) -> None:
    x = np.array(along_m, float)
    t = every_s * np.arange(len(x), dtype=float)
    assert np.flatnonzero(spikes(t, x, 0 * x)).tolist() == expected
