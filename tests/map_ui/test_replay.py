"""A replayed day: the columns that are sent, and what the browser reads out of them."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import numpy as np

from core.geometry import LatLon
from map_ui.replay.day import Payment, ReplayedDay, replay_view
from routing.underway.days.actual import MadeVisit, PlannedVisit, compare
from tests.map_ui.test_modules import pytestmark, run
from tracking.trails.day_pings import day_pings
from tracking.trails.day_report import WorkingAgent
from tracking.trails.trail import trail_of

__all__ = ["pytestmark"]

BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)
CASE, OTHER = UUID(int=1), UUID(int=2)
AGENT = WorkingAgent(UUID(int=9), "Diego Soto", "LS", "America/Santiago")


def a_day() -> ReplayedDay:
    """Rides north for a minute, is silent for ten, and rides on; one visit made, one missed."""
    t_s = np.concatenate((np.arange(0, 61, 10.0), np.arange(661, 721, 10.0))) + BEGAN.timestamp()
    lat = -29.9 + 1e-3 * np.arange(len(t_s), dtype=np.float64)
    accuracy_m = np.where(np.arange(len(t_s)) == 2, np.nan, 8.0)
    zeros = np.zeros(len(t_s))
    pings = day_pings(t_s, lat, zeros - 71.25, accuracy_m, zeros, zeros, now_s=t_s[-1] + 1)
    planned = [
        PlannedVisit(case, name, BEGAN, BEGAN + timedelta(minutes=5), 100.0)
        for case, name in ((CASE, "María"), (OTHER, "Pedro"))
    ]
    came = BEGAN + timedelta(seconds=30)
    made = [MadeVisit(CASE, "María", came, came + timedelta(seconds=20), "verified")]
    paid = Payment(UUID(int=5), came + timedelta(seconds=10), 1250, "cash", "María", None)
    return ReplayedDay(
        agent=AGENT,
        day=date(2026, 11, 23),
        currency="CLP",
        trail=trail_of(pings),
        plan=None,
        comparison=compare(planned, made),
        places={CASE: LatLon(-29.898, -71.25)},
        payments=(paid,),
    )


def as_json() -> str:
    return json.dumps(replay_view(a_day()), default=str)


def test_pings_are_columns_of_one_length_and_unknown_accuracy_is_null() -> None:
    view = replay_view(a_day())
    assert {len(column) for column in view["pings"].values()} == {13}
    assert view["begins_s"] == BEGAN.timestamp()
    assert view["pings"]["t_s"][:2] == [0.0, 10.0]
    assert view["pings"]["accuracy_m"][2] is None
    assert len(view["stretches"]) == 2


def test_visits_stand_beside_the_plan_with_their_places_where_known() -> None:
    view = replay_view(a_day())
    made, missed = view["visits"]
    assert (made["customer"], made["late_s"], made["lat"]) == ("María", 30, -29.898)
    assert (missed["customer"], missed["began_at"], missed["lat"]) == ("Pedro", None, None)
    assert view["counts"]["missed"] == 1


def test_an_agent_glides_between_pings_and_is_unknown_in_a_gap() -> None:
    where = "(s => shape.whereAt(shape.dayShape(day), (day.begins_s + s) * 1000))"
    found = run(
        f"(day => [-5, 5, 300, 665, 9999].map({where}))({as_json()})",
        shape="live/replay/day_shape.js",
    )
    before, riding, silent, on_again, after = found
    assert [each["state"] for each in found] == [
        "unknown", "moving", "unknown", "moving", "standing",
    ]  # fmt: skip
    assert before["row"] == 0
    assert abs(riding["speed_mps"] - 11.1) < 0.3
    assert abs(riding["heading"]) < 1
    assert silent["row"] == 6
    assert on_again["row"] == 7
    assert after["row"] == 12


def test_what_happened_comes_in_order_and_a_stop_at_a_visit_is_told_once() -> None:
    kinds = run(
        f"shape.happenings({as_json()}).map((each) => each.kind)", shape="live/replay/day_shape.js"
    )
    assert kinds == ["visit", "payment", "gap"]


def test_a_day_without_pings_can_be_shown() -> None:
    empty = {**json.loads(as_json()), "begins_s": None, "stretches": [], "stops": [], "gaps": []}
    empty |= {"pings": {key: [] for key in ("t_s", "lat", "lon", "accuracy_m")}, "payments": []}
    empty["visits"] = []
    day = f"shape.dayShape({json.dumps(empty)})"
    body = f"[shape.whereAt({day}, 0), shape.spanOf({day}, [])]"
    assert run(body, shape="live/replay/day_shape.js") == [None, None]


def test_a_link_says_who_which_day_and_which_moment() -> None:
    asked = "{agentId: 'a b', day: '2026-11-23', at: 1795436700500}"
    there_and_back = f"address.readAddress(address.addressOf({asked}))"
    assert run(there_and_back, address="live/replay/address.js") == {
        "agentId": "a b", "day": "2026-11-23", "at": 1795436700000,
    }  # fmt: skip
    odd = "address.readAddress('?replay=a&day=tomorrow&at=noon')"
    assert run(odd, address="live/replay/address.js") == {"agentId": "a", "day": None, "at": None}
    assert run("address.readAddress('?alert=a')", address="live/replay/address.js") is None


def test_hours_under_the_slider_are_the_zones_own_and_have_room() -> None:
    begins, ends = BEGAN - timedelta(minutes=7), BEGAN + timedelta(hours=9)
    span = f"{{begins: {begins.timestamp() * 1000}, ends: {ends.timestamp() * 1000}}}"
    for width, zone, first, step_h in (
        (1000, "America/Santiago", "09:00", 1),
        (1000, "Asia/Kolkata", "18:00", 1),
        (330, "Asia/Kathmandu", "18:00", 2),
    ):
        body = f"axis.roundTimes({span}, {width}, times.timesIn('{zone}').wall)"
        found = run(
            f"{body}.map((at) => [at, times.timesIn('{zone}').clockTime(at)])",
            axis="live/replay/axis.js",
            times="live/times.js",
        )
        assert found[0][1] == first
        assert {b[0] - a[0] for a, b in pairwise(found)} == {step_h * 3_600_000}


def test_what_is_pointed_at_is_told_in_a_line() -> None:
    view = json.loads(as_json())
    payment = view["payments"][0] | {"label": "$ 1,250"}
    stop = {"began_at": BEGAN.isoformat(), "ended_at": BEGAN.isoformat(), "dwell_s": 360}
    found = [("visit", each) for each in view["visits"]] + [("payment", payment), ("stop", stop)]
    things = json.dumps([{"kind": kind, "of": it} for kind, it in found])
    told = run(
        f"{things}.map((each) => brief.inBrief(each, times.timesIn('America/Santiago')))",
        brief="live/replay/brief.js",
        times="live/times.js",
    )
    assert told == [
        "María · 09:00–09:00 · Stayed 20 s · planned 09:00 · on time",
        "Pedro · planned 09:00",
        "$ 1,250 · cash from María · 09:00",
        "09:00–09:00 · stopped for 6 min",
    ]


def test_the_way_is_parted_by_speed_and_never_across_a_gap() -> None:
    paces = run(f"shape.dayShape({as_json()}).paces", shape="live/replay/day_shape.js")
    assert [(first, last) for _, first, last in paces] == [(0, 6), (7, 12)]
    assert {step for step, *_ in paces} == {3}  # 11.1 m/s are 40 km/h
