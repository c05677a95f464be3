"""The pure modules of the live map: what is pressing, what lies where, what is told of it."""

import json
import re

import pytest

from tests.map_ui.pages import STATIC
from tests.map_ui.test_modules import pytestmark, run

__all__ = ["pytestmark"]


def agent(**facts: object) -> str:
    plain = {
        "id": "a", "name": "Sofía Rivera", "status": "moving", "position": None, "battery_pct": 80,
        "visits_done": 3, "visits_planned": 9, "collected_minor": 0, "cash_in_hand_minor": 0,
        "cash_limit_minor": 1000,
    }  # fmt: skip
    return json.dumps({**plain, **facts})


@pytest.mark.parametrize(
    ("facts", "todo"),
    [
        ({}, None),
        ({"status": "stale"}, "Silent for 11 minutes: call"),
        ({"status": "no_position"}, "No sign-on yet: call"),
        ({"cash_in_hand_minor": 899}, None),
        ({"cash_in_hand_minor": 900}, "Cash at 90 % of the limit: plan a deposit"),
        ({"cash_in_hand_minor": 1000}, "Over the cash limit: send to deposit"),
        ({"cash_in_hand_minor": 5, "cash_limit_minor": 0}, None),
        ({"battery_pct": 15}, "Battery 15 %: ask to charge"),
        ({"battery_pct": None}, None),
        ({"status": "off_shift", "cash_in_hand_minor": 1000}, None),
    ],
)
def test_the_list_says_what_to_do_next(facts: dict[str, object], todo: str | None) -> None:
    call = f"decisions.need({agent(**facts)}, [], 660000)"
    found = run(f"[{call}, decisions.DECIDE]", decisions="live/decisions.js")
    need, decide = found
    assert need.get("todo") == todo
    assert (need["rank"] >= decide) == (todo is not None)


def first_told(kind: str, title: str, **facts: object) -> str:
    alerts = json.dumps([{"kind": kind, "title": title, "facts": facts}])
    call = f"decisions.need({agent(cash_in_hand_minor=1000)}, {alerts}, 0)"
    todo: str = run(call, decisions="live/decisions.js")["todo"]
    return todo


def test_an_open_alert_comes_first_and_is_told_in_its_own_words() -> None:
    assert first_told("gps_off", "Location is off") == "Location is off"


def test_an_alert_does_not_repeat_the_name_that_its_agents_row_begins_with() -> None:
    assert first_told("panic", "Sofía Rivera calls for help") == "Calls for help"
    title = "11 cases of Sofía Rivera with nothing to come"
    assert first_told("next_action_missing", title, count=11) == "11 cases with nothing to come"
    one, two = {"seq": 4}, {"seq": 6}
    title = "Sofía Rivera may miss stop 4"
    assert first_told("window_at_risk", title, stops=[one]) == "Stop 4 is at risk"
    assert first_told("window_at_risk", title, stops=[one, two]) == "2 visits are at risk"


def test_alerts_come_by_how_pressing_they_are() -> None:
    late, later, earlier = (f"2026-11-23T12:0{minute}:00Z" for minute in (5, 6, 4))
    taken = "2026-11-23T12:07:00Z"
    alerts = json.dumps(
        [
            {"id": name, "severity": severity, "raised_at": raised_at, "acknowledged_at": seen}
            for name, severity, raised_at, seen in [
                ("urgent and taken on", 2, later, taken),
                ("a notice", 1, later, None),
                ("urgent", 2, earlier, None),
                ("urgent and newer", 2, late, None),
                ("a panic, taken on", 3, later, taken),
                ("a panic", 3, earlier, None),
            ]
        ]
    )
    body = f"{alerts}.sort(decisions.byPressure).map((alert) => alert.id)"
    assert run(body, decisions="live/decisions.js") == [
        "a panic", "a panic, taken on", "urgent and newer", "urgent", "a notice",
        "urgent and taken on",
    ]  # fmt: skip


def test_markers_that_touch_become_one_pile_and_part_when_close() -> None:
    tracks = "[{x: 10, y: 10}, {x: 10.001, y: 10}, {x: 11, y: 10}]"
    sizes = "piles.pile(tracks, {scale}, new Map()).map((group) => group.members.length)"
    for scale, expected in [(2**10, [2, 1]), (2**16, [1, 1, 1]), (1, [3])]:
        body = f"((tracks) => {sizes.replace('{scale}', str(scale))})({tracks})"
        assert sorted(run(body, piles="live/piles.js"), reverse=True) == expected


def test_of_many_piles_the_largest_takes_those_that_it_lies_on_wherever_they_are() -> None:
    body = """(() => {
      // Ten have a disc of 17.3 px: it lies on one who is 26 px on, and not on one who is 28 px on.
      const at = (x, y) => ({ x, y });
      const found = [];
      for (let shift = 0; shift < 48; shift += 3) {
        for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1], [0.6, 0.8], [-0.6, -0.8]]) {
          const ten = Array.from({ length: 10 }, () => at(shift, shift));
          const on = at(shift + 26 * dx, shift + 26 * dy);
          const free = at(shift - 28 * dx, shift - 28 * dy);
          const told = piles.pile([on, free, ...ten], 1, new Map());
          found.push(told.map(({ members }) => members.length).join());
        }
      }
      return [...new Set(found)];
    })()"""
    assert run(body, piles="live/piles.js") == ["11,1"]


def test_somebody_in_a_pile_stays_until_clearly_out_of_it() -> None:
    body = """(() => {
      const former = new Map();
      const [a, b] = [{x: 0, y: 0}, {x: 20, y: 0}];
      const sizes = () => piles.pile([a, b], 1, former).length;
      const seen = [sizes()];
      for (const x of [30, 40]) { b.x = x; seen.push(sizes()); }
      for (const x of [30, 20]) { b.x = x; seen.push(sizes()); }
      return seen;
    })()"""
    assert run(body, piles="live/piles.js") == [1, 1, 2, 2, 1]


def round_of(*statuses: str) -> str:
    stops = [
        {
            "id": f"s{n}", "seq": n, "status": status, "lat": 0, "lon": n,
            "leg": {"geometry": {"coordinates": [[n - 1, 0], [n - 0.5, 0], [n, 0]]}},
        }
        for n, status in enumerate(statuses, 1)
    ]  # fmt: skip
    whole = [[0, 0], *([n, 0] for n in range(1, len(stops) + 1)), [0, 1]]
    return json.dumps({"stops": stops, "geometry": {"coordinates": whole}})


@pytest.mark.parametrize(
    ("statuses", "position", "travelled", "to_come"),
    [
        (["planned", "planned"], None, 0, 3),
        (["verified", "planned"], None, 1, 2),
        (["verified", "visiting"], None, 2, 1),
        (["verified", "missed"], None, 3, 0),
        (["verified", "planned"], {"lat": 0, "lon": 1.5}, 2, 2),
        (["verified", "planned"], {"lat": 5, "lon": 1.5}, 1, 2),
    ],
)
def test_a_round_is_cut_into_travelled_and_to_come(
    statuses: list[str], position: dict[str, float] | None, travelled: int, to_come: int
) -> None:
    shape = run(
        f"shape.roundShape({round_of(*statuses)}, {json.dumps(position)})",
        shape="live/round_shape.js",
    )
    assert (len(shape["travelled"]), len(shape["toCome"])) == (travelled, to_come)
    assert [stop["done"] for stop in shape["stops"]] == [
        status in ("verified", "missed") for status in statuses
    ]


def trail_with(geometry: object) -> str:
    stop = {"lat": 0, "lon": 0, "began_at": "a", "ended_at": "b"}
    stops = [{**stop, "dwell_s": seconds} for seconds in (120, 480, 3600, 36_000)]
    gaps = [{"start": {"lat": 0, "lon": 0}, "end": {"lat": 0, "lon": 90}}]
    told = {"stops": stops, "gaps": gaps, "speeds_mps": [[1], [1, 1]]}
    return json.dumps({"geometry": geometry, "properties": told})


@pytest.mark.parametrize(
    ("geometry", "lengths"),
    [
        (None, []),
        ({"type": "LineString", "coordinates": [[0, 0], [1, 0]]}, [2]),
        ({"type": "MultiLineString", "coordinates": [[[0, 0], [1, 0]], [[2, 0]] * 3]}, [2, 3]),
    ],
)
def test_a_trail_has_lines_gaps_and_beads_that_grow_with_the_dwell(
    geometry: object, lengths: list[int]
) -> None:
    shape = run(f"shape.trailShape({trail_with(geometry)})", shape="live/trail_shape.js")
    assert [len(line) for line in shape["lines"]] == lengths
    two, eight, hour, day = (bead["radius"] for bead in shape["beads"])
    assert 3 < two < eight < hour == day < 12
    assert [end["x"] for end in shape["gaps"][0]] == [128, 192]


def test_without_a_trail_nothing_is_drawn() -> None:
    shape = run("shape.trailShape(null)", shape="live/trail_shape.js")
    assert shape == {"lines": [], "beads": [], "gaps": [], "paces": [[]] * 5}


@pytest.mark.parametrize(
    ("gaps", "outliers", "more"),
    [([], 0, "2 stops"), ([1], 1, "2 stops · 1 gap, 6 min · 1 ping not believed")],
)
def test_a_way_is_told_in_two_lines(gaps: list[int], outliers: int, more: str) -> None:
    figures = {
        "distance_m": 12_400, "moving_s": 7800, "standing_s": 2700, "gap_s": 360,
        "stops": [1, 2], "gaps": gaps, "outliers": outliers,
    }  # fmt: skip
    told = run(f"words.wayInWords({json.dumps(figures)}, 'en')", words="live/words.js")
    assert told == ["12 km · moving 2 h 10 min · standing 45 min", more]


def test_world_pixels_are_those_of_web_mercator() -> None:
    corners = run(
        "[camera.world(0, 0), camera.world(85.0511287798, -180)]", camera="live/camera.js"
    )
    assert corners[0] == pytest.approx({"x": 128, "y": 128})
    assert corners[1] == pytest.approx({"x": 0, "y": 0}, abs=1e-6)


def test_every_status_of_the_agreed_answers_has_a_word() -> None:
    both = run("[Object.keys(words.STATUS), Object.keys(words.STOP)]", words="live/words.js")
    assert set(both[0]) == {
        "moving", "standing", "at_customer", "stale", "off_shift", "no_position",
    }  # fmt: skip
    assert set(both[1]) == {
        "planned", "visiting", "verified", "probable", "unverified", "missed",
    }  # fmt: skip
    symbols = (STATIC / "icons.svg").read_text()
    assert set(both[0]) <= set(re.findall(r'<symbol id="([\w-]+)"', symbols))


def test_a_long_name_is_cut_between_letters_and_stands_where_there_is_room() -> None:
    hindi = "श्रीमती लक्ष्मीनारायणी विश्वेश्वरय्या चट्टोपाध्याय-सुब्रह्मण्यम्"
    # Each character 4.6 px wide, so that 50 have room.
    body = f"['Diego Soto', '{hindi}'].map((name) => label.labelOf(name, (w) => w.length * 4.6))"
    short, cut = run(body, label="live/label.js")
    assert short == "Diego Soto"
    # Neither a vowel sign nor a joined consonant is torn off the letter that it belongs to.
    assert cut == "श्रीमती लक्ष्मीनारायणी विश्वेश्वरय्या चट्टोपाध्या…"
    room = "[[100, 10, 80, 800], [750, 10, 80, 800], [40, 10, 80, 110]]"
    begins = run(f"{room}.map((all) => label.beginsAt(...all))", label="live/label.js")
    assert begins == [117, 653, 57]


def test_a_speed_has_the_same_step_on_every_day() -> None:
    body = "[0, 1.6, 1.7, 5.5, 5.6, 11.1, 11.2, 16.6, 16.7, 90].map(pace.stepOf)"
    assert run(body, pace="live/pace.js") == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_a_faster_way_is_wider_for_a_color_alone_tells_nothing() -> None:
    widths = run("pace.STEPS.map(({ width }) => width)", pace="live/pace.js")
    assert widths == sorted(set(widths))


def test_links_of_one_speed_are_one_run() -> None:
    body = "pace.runsOf(3, 8, (row) => [1, 1, 0, 2, 2][row - 3])"
    assert run(body, pace="live/pace.js") == [[1, 3, 5], [0, 5, 6], [2, 6, 8]]
    assert run("pace.runsOf(3, 3, () => 1)", pace="live/pace.js") == []


def test_a_trail_is_parted_by_how_fast_it_was_gone() -> None:
    trail = {
        "geometry": {
            "type": "MultiLineString",
            "coordinates": [[[0, 0], [1, 0], [2, 0], [3, 0]], [[5, 0], [6, 0]]],
        },
        "properties": {"stops": [], "gaps": [], "speeds_mps": [[1, 1, 20], [20]]},
    }
    shape = f"shape.trailShape({json.dumps(trail)})"
    lengths = run(
        f"{shape}.paces.map((lines) => lines.map((line) => line.length))",
        shape="live/trail_shape.js",
    )
    assert lengths == [[3], [], [], [], [2, 2]]


def test_a_place_is_told_as_other_programs_read_it() -> None:
    place = "{ lat: -29.9045298, lon: 71.2 }"
    body = f"[words.coordinates({place}), words.mapLink({place})]"
    assert run(body, words="live/coordinates.js") == [
        "-29.90453, 71.20000",
        "geo:-29.90453,71.20000?q=-29.90453,71.20000",
    ]


HEAPED = """(() => {
  const drawn = [];
  const context = {
    beginPath() {}, stroke() {}, lineTo() {}, moveTo: (x, y) => drawn.push([x, y]),
  };
  const pile = new heaps.Heaps();
  const paint = (x0, spots) => {
    drawn.length = 0;
    pile.begin({ x0, y0: 0, width: 440, height: 220 });
    for (const [x, y] of spots) pile.add(x - x0, y);
    pile.paint(context);
    return drawn.length / 2;
  };
  const many = Array.from({ length: 30_000 }, (_, i) => [(i * 7) % 440, (i * 13) % 220]);
  const few = [[10, 10], [12, 12], [200, 100]];
  return {
    many: paint(0, many), few: paint(0, few), dragged: paint(9, few),
    hit: pile.at(11 - 9, 11), missed: pile.at(300, 200), none: paint(0, []),
  };
})()"""


def test_thirty_thousand_crosses_are_as_many_as_there_is_room_for() -> None:
    found = run(HEAPED, heaps="live/heaps.js")
    assert found["many"] <= 11 * 6
    assert found["few"] == found["dragged"] == 2
    assert (found["hit"], found["missed"], found["none"]) == (2, 0, 0)


def test_a_heap_grows_with_what_lies_in_it_up_to_a_limit() -> None:
    radii = run("[1, 2, 40, 256, 5000].map(heaps.heapRadius)", heaps="live/heaps.js")
    assert radii == sorted(radii)
    assert radii[0] == 2.5
    assert radii[-1] == radii[-2] == 10


def test_signs_of_one_face_set_it_once_a_frame() -> None:
    body = """(() => {
      let set = 0;
      const context = { set font(face) { set += 1; } };
      for (const face of ["a", "a", "a", "b", "b"]) letters.face(context, face);
      letters.forgetFace(context);
      letters.face(context, "b");
      return set;
    })()"""
    assert run(body, letters="live/letters.js") == 3
