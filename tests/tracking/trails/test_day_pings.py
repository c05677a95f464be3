"""A day's pings: the order in which they arrived leaves no trace, and the future is not shown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import Floats
from tests.tracking.trails.walks import FOREVER_S, Way
from tracking.trails.day_pings import DayPings, day_pings
from tracking.trails.trail import trail_of

Ping = tuple[float, float, float, float, float, float]
PINGS = st.lists(
    st.tuples(
        st.integers(0, 12).map(lambda n: 60.0 * n),
        st.sampled_from([-29.9, -29.9004, -29.902]),
        st.sampled_from([-71.2, -71.2003]),
        st.sampled_from([0.0, 5.0, 30.0, float("nan")]),
        st.sampled_from([float("nan"), 12.0, 40.0]),
        st.sampled_from([0.0, 1.0]),
    ),
    min_size=1,
    max_size=40,
)


def columns(pings: list[Ping]) -> list[Floats]:
    return list(np.array(pings, float).reshape(-1, 6).T)


def content(pings: DayPings) -> list[object]:
    return [
        np.nan_to_num(each, nan=-1).tolist()
        for each in (
            pings.t_s, pings.lat, pings.lon, pings.accuracy_m, pings.altitude_m, pings.device,
        )
    ]  # fmt: skip


@given(PINGS, st.data())
def test_pings_shuffled_and_sent_twice_are_the_same_day(
    pings: list[Ping], draw: st.DataObject
) -> None:
    again = draw.draw(st.lists(st.sampled_from(pings), max_size=10))
    shuffled = draw.draw(st.permutations([*pings, *again]))
    one = day_pings(*columns(pings), now_s=FOREVER_S)
    other = day_pings(*columns(shuffled), now_s=FOREVER_S)
    assert content(one) == content(other)
    assert trail_of(one).summary == trail_of(other).summary
    assert trail_of(one).stops == trail_of(other).stops


def test_of_two_pings_at_one_instant_the_better_accuracy_counts_and_unknown_comes_last() -> None:
    same = [(0.0, -29.9, -71.2, a, 0.0, 0.0) for a in (float("nan"), 30.0, 5.0, 0.0)]
    assert day_pings(*columns(same), now_s=FOREVER_S).accuracy_m.tolist() == [5.0]


def test_of_two_equally_good_pings_at_one_instant_the_southernmost_counts() -> None:
    same = [(0.0, lat, -71.2, 5.0, 0.0, 0.0) for lat in (-29.9, -29.902, -29.901)]
    assert day_pings(*columns(same), now_s=FOREVER_S).lat.tolist() == [-29.902]


def test_a_ping_from_the_future_waits_until_its_time_has_come() -> None:
    seen = Way().go(300, 0).seen(every_s=10)
    now_s = float(seen.t_s[3])
    assert seen.pings(now_s).t_s.tolist() == seen.t_s[:4].tolist()
    assert len(seen.pings()) == len(seen.t_s)
