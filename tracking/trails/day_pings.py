"""One agent's pings of a day, in the one form that trails are made of."""

from dataclasses import dataclass

import numpy as np

from core.geometry import Floats
from tracking.trails.one_per_instant import one_per_instant


@dataclass(frozen=True, slots=True, eq=False)
class DayPings:
    """Parallel arrays, strictly ascending in `t_s` (epoch seconds by the phone's clock).

    An accuracy or altitude that is not a number is unknown. `device` numbers the phones that the
    agent carried. Build one with `day_pings`: only then does the order in which pings arrived
    leave no trace.
    """

    t_s: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    altitude_m: Floats
    device: Floats

    def __len__(self) -> int:
        return len(self.t_s)


def day_pings(
    t_s: Floats,
    lat: Floats,
    lon: Floats,
    accuracy_m: Floats,
    altitude_m: Floats,
    device: Floats,
    *,
    now_s: float,
) -> DayPings:
    """The pings of a day from those that arrived, in any order and with repeats.

    A ping from the future is left out until `now_s` has reached it: a phone's clock that is ahead
    must not show where an agent is going to be. Of several at one instant one counts, as
    `one_per_instant` says.
    """
    accuracy_m = np.where(accuracy_m > 0, accuracy_m, np.nan)
    past = t_s <= now_s
    columns = [c[past] for c in (t_s, lat, lon, accuracy_m, altitude_m, device)]
    order, first = one_per_instant(*columns)
    return DayPings(*(column[order[first]] for column in columns))
