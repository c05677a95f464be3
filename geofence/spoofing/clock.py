"""A phone's clock that is turned during the day."""

import numpy as np

from core.geometry import Floats
from core.said import say, say_many
from geofence.spoofing.course import Course
from geofence.spoofing.suspicion import RAREST, Figure, Suspicion

TURNED_S = 120.0
"""Less is a clock that drifts or is put right by the network."""

STEADY_S = 10.0
FEWEST = 10
SHORTEST_S = 120.0


def clock(course: Course) -> list[Suspicion]:
    """Changes of the offset between the phone's clock and ours.

    What a phone sends as it goes arrives after a steady delay: its clock's error and a moment on
    the way. A clock that is wrong all day is no sign, and late deliveries come in bursts, whose
    delay falls from ping to ping. But two steady delays on one day mean that the clock was turned.
    Being put right once is common; being turned away from the right time, or twice, is not.
    """
    found: list[Suspicion] = []
    for begin, end in course.phones:
        levels = _levels(course.day.t_s[begin:end], course.day.received_s[begin:end])
        if len(levels) < 2:
            continue
        turned_s = np.diff(levels[:, 0])
        turns = np.flatnonzero(np.abs(turned_s) >= TURNED_S)
        if not len(turns):
            continue
        put_right = len(turns) == 1 and abs(levels[turns[0] + 1, 0]) < TURNED_S
        worst_s = float(np.abs(turned_s[turns]).max())
        text = say_many("once", "{count} times", len(turns))
        found.append(
            Suspicion(
                "clock-turned",
                say(
                    "The phone's clock was turned {often}, by up to {worst_s:.0f} minutes",
                    often=text,
                    worst_s=worst_s / 60,
                ),
                float(levels[turns[0], 1]),
                float(levels[turns[-1] + 1, 2]),
                0.05 if put_right else 0.002 if len(turns) == 1 else RAREST,
                (Figure("turns", len(turns)), Figure("turned_s", worst_s)),
            )
        )
    return found


def _levels(t_s: Floats, received_s: Floats) -> Floats:
    """Rows of (delay, first and last phone time) of stretches sent live, in order of arrival."""
    order = np.lexsort((t_s, received_s))
    order = order[np.isfinite(received_s[order])]
    t, arrived = t_s[order], received_s[order]
    delay = arrived - t
    live = (np.diff(arrived) >= 1) & (np.abs(np.diff(delay)) <= STEADY_S)
    edges = np.diff(np.concatenate([[0], live.astype(np.int8), [0]]))
    firsts, lasts = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    long = (lasts - firsts >= FEWEST) & (arrived[lasts] - arrived[firsts] >= SHORTEST_S)
    pieces = zip(firsts[long], lasts[long], strict=True)
    rows = [(delay[a : b + 1].min(), t[a], t[b]) for a, b in pieces]
    return np.array(rows).reshape(-1, 3)
