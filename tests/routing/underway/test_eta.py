"""Expected times in cascade, against a plain loop and against what must hold."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.underway.eta import Etas, Lineup, cascade, pauses_s, rest_left_s

NAN = np.nan


def ride(travel: list[float], *, free: float = 0.0, service: float = 600.0, **facts: Any) -> Etas:
    """One agent; service ten minutes, no windows, no rest unless told."""
    n = len(travel)
    standard: dict[str, Any] = {
        "pause_s": np.zeros((1, n)), "opens_s": np.full((1, n), NAN),
        "closes_s": np.full((1, n), 1e6), "service_s": np.full((1, n), service),
        "home_s": np.zeros(1), "rest_from_s": np.zeros((1, 0)), "rest_s": np.zeros((1, 0)),
    }  # fmt: skip
    given_ = {name: np.array([value], dtype=float) for name, value in facts.items()}
    return cascade(
        Lineup(
            free_s=np.array([free]), count=np.array([n]), travel_s=np.array([travel]),
            **(standard | given_),
        )
    )  # fmt: skip


def test_each_stop_follows_the_one_before() -> None:
    etas = ride([60, 120], free=1000)
    assert etas.arrives_s.tolist() == [[1060, 1780]]
    assert etas.departs_s.tolist() == [[1660, 2380]]


def test_who_comes_early_waits_for_the_window_and_who_comes_late_has_no_slack() -> None:
    etas = ride([60, 60], opens_s=[500, NAN], closes_s=[900, 1000])
    assert etas.arrives_s[0, 0] == 60
    assert etas.begins_s[0, 0] == 500
    assert etas.slack_s.tolist() == [[400, 1000 - 1160]]


@pytest.mark.parametrize(
    ("from_", "arrives", "begins"),
    [(30, 960, 960), (60, 960, 960), (2000, 60, 60)],
    ids=["on the way", "just then", "after the visit"],
)
def test_a_rest_is_taken_before_the_first_visit_after_it_is_due(
    from_: float, arrives: float, begins: float
) -> None:
    etas = ride([60], rest_from_s=[from_], rest_s=[900])
    assert etas.arrives_s[0, 0] == arrives
    assert etas.begins_s[0, 0] == begins


def test_a_rest_fits_into_a_wait_at_the_door() -> None:
    etas = ride([60], opens_s=[3600], rest_from_s=[600], rest_s=[900])
    assert (etas.arrives_s[0, 0], etas.begins_s[0, 0]) == (60, 3600)


def test_two_rests_are_both_taken() -> None:
    etas = ride([60, 60], rest_from_s=[0, 1200], rest_s=[300, 300])
    assert etas.begins_s.tolist() == [[360, 1020]]
    late = ride([60, 600], rest_from_s=[0, 1200], rest_s=[300, 300])
    assert late.begins_s.tolist() == [[360, 360 + 600 + 600 + 300]]


def test_a_rest_that_fell_due_is_over_after_its_time() -> None:
    left = rest_left_s(
        np.array([90.0, 110.0, 350.0, 500.0]), np.array([0.0, 0.0, 300.0, 0.0]),
        np.full(4, 100.0), np.full(4, 120.0),
    )  # fmt: skip
    assert left.tolist() == [0.0, 110.0, 70.0, 0.0]


def test_what_the_plan_does_beside_riding_is_a_pause() -> None:
    left = np.array([0.0, 0.0, NAN])
    arrives = np.array([700.0, 101.0, 900.0])
    assert pauses_s(left, arrives, np.full(3, 100.0), np.zeros(3)).tolist() == [600.0, 0.0, 0.0]


seconds = st.integers(0, 4000)


@given(st.lists(st.tuples(seconds, seconds, seconds), min_size=1, max_size=8), seconds, seconds)
def test_a_later_start_never_makes_anything_earlier(
    stops: list[tuple[int, int, int]], free: int, later: int
) -> None:
    travel, service, opens = (list(map(float, column)) for column in zip(*stops, strict=True))
    facts: dict[str, Any] = {"service_s": service, "opens_s": opens}
    soon, late = ride(travel, free=free, **facts), ride(travel, free=free + later, **facts)
    assert (late.begins_s >= soon.begins_s).all()
    assert (late.begins_s - soon.begins_s <= later).all()


@given(st.lists(st.lists(st.tuples(seconds, seconds), max_size=6), min_size=1, max_size=5))
def test_agents_do_not_mix(rides: list[list[tuple[int, int]]]) -> None:
    most = max(len(stops) for stops in rides)
    padded = np.zeros((2, len(rides), most))
    for row, stops in enumerate(rides):
        for nth, stop in enumerate(stops):
            padded[:, row, nth] = stop
    n = len(rides)
    blank = np.zeros((n, most))
    together = cascade(
        Lineup(np.zeros(n), np.zeros(n), np.array([len(s) for s in rides]), np.zeros((n, 0)),
               np.zeros((n, 0)), padded[0], blank, blank + NAN, blank + 1e6, padded[1])
    )  # fmt: skip
    for row, stops in enumerate(rides):
        if stops:
            alone = ride([s[0] for s in stops], service_s=[s[1] for s in stops])
            assert np.array_equal(together.begins_s[row, : len(stops)], alone.begins_s[0])
        assert np.isnan(together.begins_s[row, len(stops) :]).all()
