"""Windows: the order in which pings arrived leaves no trace."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geofence.ping_window import PingWindow, ping_window

PINGS = st.lists(
    st.tuples(
        st.integers(0, 20).map(float),
        st.sampled_from([-29.9, -29.91, 120.0, float("nan")]),
        st.sampled_from([-71.2, -71.3]),
        st.sampled_from([0.0, 5.0, 30.0, float("nan")]),
        st.booleans(),
    ),
    max_size=30,
)
Ping = tuple[float, float, float, float, bool]


def window(pings: list[Ping]) -> PingWindow:
    t, lat, lon, accuracy, mock = np.array(pings, float).reshape(-1, 5).T
    return ping_window(t, lat, lon, accuracy, mock.astype(bool))


def rows(given_window: PingWindow) -> list[tuple[object, ...]]:
    columns = (
        given_window.t_s, given_window.lat, given_window.lon,
        np.nan_to_num(given_window.accuracy_m, nan=-1), given_window.mock,
    )  # fmt: skip
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(st.data(), PINGS)
def test_any_order_and_any_repeats_give_one_window(data: st.DataObject, pings: list[Ping]) -> None:
    repeats = data.draw(st.lists(st.sampled_from(pings))) if pings else []
    assert rows(window(data.draw(st.permutations(pings + repeats)))) == rows(window(pings))


@given(PINGS)
def test_a_window_ascends_strictly_and_holds_only_positions(pings: list[Ping]) -> None:
    made = window(pings)
    assert (np.diff(made.t_s) > 0).all()
    assert (np.abs(made.lat) <= 90).all()


def test_of_two_pings_at_one_instant_the_more_accurate_stays_and_a_mock_flag_sticks() -> None:
    made = window([(5, -29.9, -71.2, 30, True), (5, -29.91, -71.3, 5, False)])
    assert rows(made) == [(5, -29.91, -71.3, 5, True)]
