"""The app's rules of a round: doors, arrivals, plans, weeks, and what comes of a visit."""

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from core.fix import Fix
from core.geometry import LatLon, distance_m
from geofence.fence import Fence
from geofence.verdict import judge_check_in, outside
from tests.browser.agent_app.facts.call import call
from tests.conftest import MONDAY_NINE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("north_m", [0, 49, 60, 75, 120, 400])
@pytest.mark.parametrize("accuracy_m", [5, 30, None])
def test_a_place_is_outside_where_the_server_says_so(
    page: Page, north_m: float, accuracy_m: float | None
) -> None:
    center = LatLon(-29.9, -71.25)
    there = LatLon(center.lat + north_m / 111_195, center.lon)
    fence = Fence(UUID(int=1), center, 50)
    fix = Fix(there, accuracy_m, MONDAY_NINE)
    judged = outside(judge_check_in(fence, fix, MONDAY_NINE))
    found = call(
        page, "place", "standing",
        {"lat": there.lat, "lon": there.lon, "accuracy_m": accuracy_m},
        {"lat": center.lat, "lon": center.lon}, 50,
    )  # fmt: skip
    assert found["is_outside"] == (judged is not None)
    assert found["distance_m"] == pytest.approx(distance_m(center, there), rel=0.01, abs=0.1)


def test_an_arrival_needs_two_sure_fixes_in_a_row(page: Page) -> None:
    stop = {"lat": -29.9, "lon": -71.25, "fence_radius_m": 50, "case_id": "a"}
    near = {"lat": -29.9001, "lon": -71.25, "accuracy_m": 10}
    far = {"lat": -29.91, "lon": -71.25, "accuracy_m": 10}
    coarse = near | {"accuracy_m": 400}
    arrived = [
        call(page, "place", "arrivedAt", fixes, [stop])
        for fixes in ([near], [far, near], [coarse, near], [near, coarse], [far, near, near])
    ]
    assert [each and each["case_id"] for each in arrived] == [None, None, None, None, "a"]


def a_round(revision: int, *cases: str) -> dict[str, Any]:
    return {"revision": revision, "stops": [{"case_id": c, "customer": c} for c in cases]}


@pytest.mark.parametrize(
    ("after", "added", "dropped", "moved"),
    [
        (("a", "b", "c", "d"), ["d"], [], []),
        (("a", "c"), [], ["b"], []),
        (("b", "a", "c"), [], [], ["b", "a"]),
        (("a", "d", "c"), ["d"], ["b"], []),
    ],
)
def test_a_new_plan_is_told_as_what_it_changes(
    page: Page, after: tuple[str, ...], added: list[str], dropped: list[str], moved: list[str]
) -> None:
    told = call(page, "round", "difference", a_round(1, "a", "b", "c"), a_round(2, *after))
    names = {kind: [stop["customer"] for stop in stops] for kind, stops in told.items()}
    assert names == {"added": added, "dropped": dropped, "moved": moved}


def test_a_plan_that_changes_nothing_is_not_told(page: Page) -> None:
    assert call(page, "round", "difference", a_round(1, "a", "b"), a_round(2, "a", "b")) is None


def test_a_week_is_from_monday_to_sunday(page: Page) -> None:
    for day in ("2026-11-23", "2026-11-25", "2026-11-29"):
        assert call(page, "section", "weekOf", day) == ["2026-11-23", "2026-11-29"]
    assert call(page, "section", "weekOf", "2027-01-01") == ["2026-12-28", "2027-01-03"]


def value(code: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    least: dict[str, Any] = {
        "label": code,
        "reaches": None,
        "asks": [],
        "active_from": None,
        "active_until": None,
    }
    return least | {"code": code, "parent": parent} | more


VISITS = {
    "values": [
        value("met", reaches="customer"), value("paid", "met", asks=["assessment"]),
        value("refused", "met", asks=["assessment", "cause", "note"]), value("why", "refused"),
        value("promised", "met", asks=["promise"]),
        value("old", "met", active_until="2026-11-01"),
        value("nobody", reaches="nobody"), value("locked", "nobody"),
    ]
}  # fmt: skip


def test_a_value_is_told_in_the_agents_language_where_its_list_knows_it(page: Page) -> None:
    paid = value("paid") | {"label": "Paid", "labels": {"hi": "भुगतान किया"}}
    assert call(page, "values", "labelIn", paid, "hi") == "भुगतान किया"
    assert call(page, "values", "labelIn", paid, "es") == "Paid"
    kept_by_an_older_app = value("paid") | {"label": "Paid"}
    assert call(page, "values", "labelIn", kept_by_an_older_app, "hi") == "Paid"


NEXT = {"nextKind": "visit", "nextOn": "2026-11-24"}
MET = {"contact": "met", "person": "customer"}


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"note": "only words"}, {"contact", "nextKind", "nextOn"}),
        (NEXT | {"contact": "nobody"}, {"result"}),
        (NEXT | {"contact": "nobody", "result": "locked"}, set()),
        (NEXT | MET | {"result": "old"}, {"result"}),
        (NEXT | MET | {"result": "paid"}, {"assessment"}),
        (NEXT | MET | {"result": "paid", "intent": "willing", "ability": "able"}, set()),
        (NEXT | MET | {"result": "paid", "intent": "willing", "ability": "able",
                       "person": "neighbor"}, {"person"}),
        (NEXT | MET | {"result": "refused"},
         {"reason", "assessment", "note", "causeCode", "causeNote"}),
        (NEXT | MET | {"result": "promised"}, {"promise"}),
        (MET | {"result": "promised", "nextKind": "visit", "nextOn": "2027-11-24"},
         {"promise", "nextOn"}),
    ],
)  # fmt: skip
def test_a_follow_up_names_what_is_missing(
    page: Page, given: dict[str, Any], missing: set[str]
) -> None:
    found = page.evaluate(
        """async ([given, list]) => {
          const { missingOf } = await import("/app/facts/values.js");
          return [...missingOf(given, list, "2026-11-23", "2027-02-21", false)];
        }""",
        [given, VISITS],
    )
    assert set(found) == missing


@pytest.mark.parametrize(
    ("battery", "every_ms", "is_exact", "least"),
    [
        (None, 20_000, True, 1),
        ({"level": 0.9, "charging": False}, 20_000, True, 1),
        ({"level": 0.4, "charging": False}, 40_000, True, 8),
        ({"level": 0.15, "charging": False}, 90_000, False, 15),
        ({"level": 0.05, "charging": True}, 20_000, True, 1),
    ],
)
def test_positions_come_less_often_as_the_battery_empties(
    page: Page, battery: dict[str, Any] | None, every_ms: int, *, is_exact: bool, least: int
) -> None:
    pace = call(page, "saving", "pace", battery)
    assert (pace["every_ms"], pace["is_exact"], pace["least"]) == (every_ms, is_exact, least)


def test_what_a_battery_has_lost_is_not_given_back_by_charging(page: Page) -> None:
    told: dict[str, Any] = {}
    for level_pct in (80, 74, 90, 85):
        told = call(page, "saving", "drained", told, level_pct)
    assert told == {"used": 11, "last": 85}
