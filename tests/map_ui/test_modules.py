"""The pure ES modules of the screens, run by Node.js, which set-up needs anyway."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core import money
from map_ui.texts.catalog import browser_script, translated
from tests.map_ui.pages import STATIC, scripts

NODE = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


def run(body: str, **modules: str) -> Any:
    """What `body`, a JavaScript expression, is worth; `modules` maps a name to a file."""
    imports = "".join(
        f"import * as {name} from {json.dumps((STATIC / path).as_uri())};\n"
        for name, path in modules.items()
    )
    command = [str(NODE), "--input-type=module", "-e"]
    script = f"{imports}console.log(JSON.stringify({body}))"
    done = subprocess.run([*command, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_module_can_be_parsed() -> None:
    sources = {str(path.relative_to(STATIC)): path.read_text() for path in scripts()}
    script = """
      const faults = {};
      for (const [name, source] of Object.entries(JSON.parse(require("fs").readFileSync(0)))) {
        try { new vm.SourceTextModule(source); } catch (fault) { faults[name] = String(fault); }
      }
      console.log(JSON.stringify(faults));
    """
    command = [str(NODE), "--experimental-vm-modules", "--no-warnings", "-e", script]
    done = subprocess.run(
        command, input=json.dumps(sources), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {}


def test_what_a_module_takes_from_another_is_there() -> None:
    given = re.compile(r"export (?:async )?(?:function\*?|const|let|class) ([\w$]+)")
    taken = re.compile(r'(?:import|export) {([^}]*)} from "(\.[^"]+)"')
    missing = []
    for path in scripts():
        for names, other in taken.findall(path.read_text()):
            module = (path.parent / other).resolve()
            if "vendor" in module.parts:
                continue
            source = module.read_text() if module.is_file() else ""
            there = set(given.findall(source))
            for group in re.findall(r"export {([^}]*)}", source):
                there |= {name.split(" as ")[-1].strip() for name in group.split(",")}
            wanted = {name.split(" as ")[0].strip() for name in names.split(",")} - {""}
            missing += [f"{path.relative_to(STATIC)}: {name} of {other}" for name in wanted - there]
    assert missing == []


def test_the_browser_and_the_server_agree_on_minor_units() -> None:
    currencies = [*money._EXPONENTS, "INR", "EUR", "USD", "IDR", "BRL"]
    digits = run(f"{json.dumps(currencies)}.map(money.exponent)", money="live/money.js")
    assert digits == [money.exponent(currency) for currency in currencies]


@pytest.mark.parametrize(
    ("amount_minor", "currency", "locale", "shown"),
    [
        (12340, "CLP", "en", "CLP 12,340"),
        (12340000, "INR", "en-IN", "₹1,23,400"),
        (45050, "INR", "en-IN", "₹450.50"),
        (5, "INR", "en-IN", "₹0.05"),
        (-45050, "INR", "en-IN", "-₹450.50"),
        (1250, "KWD", "en", "KWD 1.250"),
        (0, "EUR", "en", "€0"),
        (2**53 - 1, "INR", "en-IN", "₹9,00,71,99,25,47,409.91"),
    ],
)
def test_money_is_told_to_the_last_minor_unit(
    amount_minor: int, currency: str, locale: str, shown: str
) -> None:
    args = f"{amount_minor}, {json.dumps(currency)}, {json.dumps(locale)}"
    text = run(f"money.money({args})", money="live/money.js")
    assert text.replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("ms", "long", "short"),
    [
        (900, "1 second", "just now"),
        (40_000, "40 seconds", "40 s ago"),
        (60_000, "1 minute", "1 min ago"),
        (11 * 60_000 + 59_000, "11 minutes", "11 min ago"),
        (60 * 60_000, "1 h", "1 h ago"),
        (80 * 60_000, "1 h 20 min", "1 h ago"),
    ],
)
def test_durations_are_told_in_words(ms: int, long: str, short: str) -> None:
    assert run(f"[words.duration({ms}), words.ago({ms})]", words="live/words.js") == [long, short]


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
    return json.dumps({"geometry": geometry, "properties": {"stops": stops, "gaps": gaps}})


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
    assert shape == {"lines": [], "beads": [], "gaps": []}


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


def test_a_spreadsheet_never_runs_what_a_customer_is_called() -> None:
    table = """{rows: [["=HYPERLINK(1)", 'Say "hi"', "a,b", "-12.5"]].map((cells) =>
      ({cells: cells.map((text) => ({dataset: {}, textContent: text}))}))}"""
    csv = run(f"table.toCsv({table})", table="parts/table.js")
    assert csv == "'=HYPERLINK(1)," + '"Say ""hi""","a,b",-12.5'


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


@pytest.mark.parametrize(
    ("device", "maker"),
    [
        ("22101316G Mozilla/5.0 (Linux; Android 13; K)", "xiaomi"),
        ("M2101K6G", "xiaomi"),
        ("Redmi Note 9", "xiaomi"),
        ("SM-A515F Mozilla/5.0 (Linux; Android 12; SM-A515F)", "samsung"),
        ("CPH2239", "oppo"),
        ("RMX3085", "oppo"),
        ("OnePlus Nord", "oppo"),
        ("vivo 1906", "vivo"),
        ("V2111", "vivo"),
        ("ELE-L29", "huawei"),
        ("ANY-LX1", "huawei"),
        ("TECNO KI5k", "transsion"),
        ("Infinix X6816", "transsion"),
        ("itel A48", "transsion"),
        ("moto g(30)", "motorola"),
        ("Nokia 5.4", "nokia"),
        ("Pixel 6a", "pixel"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", "iphone"),
        ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0.0.0", "other"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/124.0.0.0", "other"),
        ("Mozilla/5.0 (Linux; Android 13; K Build/TP1A.220624.014)", "other"),
    ],
)
def test_the_maker_of_a_phone_is_guessed_from_what_its_browser_says(
    device: str, maker: str
) -> None:
    assert run(f"makers.guess({json.dumps(device)})", makers="phone/makers.js") == maker


def test_every_makers_steps_say_where_and_what() -> None:
    makers = run("Object.values(makers.MAKERS)", makers="phone/makers.js")
    assert len(makers) == 11
    for maker in makers:
        assert 3 <= len(maker["steps"]) <= 5
        assert all(where.count("**") in (0, 2) and what for where, what in maker["steps"])


@pytest.mark.parametrize(
    ("heard_at", "carried_by", "title", "text"),
    [
        (None, None, "Nothing has arrived yet", "Nobody is signed on to it."),
        ("11:59:48", "Sofía", "Reports arrive", "Last heard 12 s ago. Sofía is signed on to it."),
        ("11:40:00", None, "Last heard 20 min ago", "Nobody is signed on to it."),
    ],
)
def test_a_phone_is_told_whether_it_is_heard(
    heard_at: str | None, carried_by: str | None, title: str, text: str
) -> None:
    device = {
        "now": "2026-11-23T12:00:00Z",
        "heard_at": heard_at and f"2026-11-23T{heard_at}Z",
        "carried_by": carried_by,
    }
    told = run(f"words.arrival({json.dumps(device)})", words="phone/words.js")
    assert told["title"] == title
    assert told["text"].endswith(text)


def test_every_finding_of_a_failed_test_says_what_to_do_next() -> None:
    for code in ("no_beat", "stopped", "gaps", "too_few"):
        test = {"state": "failed", "findings": [{"code": code, "text": "It is so."}]}
        told = run(f"words.verdict({json.dumps(test)})", words="phone/words.js")
        assert told["title"] == "Not passed"
        assert told["next"].endswith("Then test again.")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "on time"), (119, "on time"), (-119, "on time"), (1200, "20 min late"),
     (-300, "5 min early"), (5400, "1 h 30 min late")],
)  # fmt: skip
def test_lateness_is_told_in_words(seconds: int, words: str) -> None:
    assert run(f"words.lateness({seconds})", words="live/words.js") == words


def test_proposals_come_by_line_with_what_is_almost_sure_first() -> None:
    proposals = json.dumps(
        [
            {"id": id_, "score": score, "rank": rank, "lines": [{"id": line}]}
            for id_, score, rank, line in [
                ("second", 0.4, 2, "b"), ("first", 0.4, 1, "b"), ("sure", 0.9, 1, "c"),
                ("likely", 0.7, 1, "a"),
            ]
        ]
    )  # fmt: skip
    body = f"words.groups({proposals}).map((options) => options.map((one) => one.id))"
    found = run(body, words="reconciliation/words.js")
    assert found == [["sure"], ["likely"], ["first", "second"]]


def test_open_items_are_chosen_by_age_and_missing_money_is_told() -> None:
    items = "[0, 1, 2, 15, 16].map((age_days) => ({age_days, amount_minor: 10}))"
    body = (
        f"""["", "0-1", "8-15", "over 15"].map((bucket) => words.ofAge({items}, bucket).length)"""
    )
    assert run(body, words="reconciliation/words.js") == [5, 2, 1, 1]
    body = "words.short([{amount_minor: 99}], [{amount_minor: 60}, {amount_minor: 40}])"
    assert run(body, words="reconciliation/words.js") == 1


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ("", True), ("22500.50", True), ("22,500", True), ("22500", True), ("100418 asha", True),
        ("RAO", True), ("palayam 100418", True), ("100419", False), ("asha 100419", False),
    ],
)  # fmt: skip
def test_an_open_item_is_found_by_its_amount_slip_name_and_branch(asked: str, fits: bool) -> None:
    claim = json.dumps(
        {
            "amount_minor": 2_250_050, "currency": "INR", "reference": "100418",
            "agent": "Asha Rao", "about": "Asha Rao", "branch": "Palayam",
        }
    )  # fmt: skip
    found = run(f"words.fits({claim}, {json.dumps(asked)})", words="reconciliation/words.js")
    assert found is fits


def test_what_is_wrong_with_a_file_is_told_by_line_and_field() -> None:
    problem = json.dumps(
        {
            "title": "It cannot be read",
            "message": "It cannot be read. line 5 and more",
            "facts": {
                "problems": [{"at": "line 5", "field": ":61:", "value": "x", "expected": "a day"}],
                "more": 2,
            },
        }
    )
    assert run(f"words.faults({problem})", words="reconciliation/words.js") == [
        "line 5, :61:: “x” should be a day",
        "and 2 more",
    ]
    plain = json.dumps({"title": "No", "message": "No. Ask the bank", "facts": {}})
    assert run(f"words.faults({plain})", words="reconciliation/words.js") == ["Ask the bank"]


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("America/Santiago", "2026-11-24T11:40", "2026-11-24T14:40:00.000Z"),
        ("America/Santiago", "2026-04-04T22:30", "2026-04-05T01:30:00.000Z"),
        ("Asia/Kolkata", "2026-01-01T00:10", "2025-12-31T18:40:00.000Z"),
        ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00.000Z"),
        ("Europe/Berlin", "2026-03-29T03:01", "2026-03-29T01:01:00.000Z"),
    ],
)
def test_a_time_on_paper_is_read_in_the_branchs_zone(zone: str, wall: str, instant: str) -> None:
    call = f"(times.useZone({zone!r}), [times.instantOf({wall!r}), times.wallTime({instant!r})])"
    assert run(call, times="live/times.js") == [instant, wall]


def test_a_long_list_has_what_is_in_view_and_leaves_room_for_the_rest() -> None:
    shown = run(
        "list.pieces([10, 20, 30, 40, 50, 60], 35, 95, 5)",
        list="parts/pieces.js",
    )
    assert shown == [{"gap": 30}, {"at": 2}, {"at": 3}, {"gap": 50}, {"at": 5}]
    assert run("list.pieces([10, 20], -50, 500)", list="parts/pieces.js") == [
        {"at": 0}, {"at": 1},
    ]  # fmt: skip


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


@pytest.mark.parametrize(
    ("language", "typed", "chosen"),
    [
        ("en", "Fill this in.", "Choose one of the list."),
        ("es", "Complete este campo.", "Elija una opción de la lista."),
        ("hi", "इसे भरें।", "सूची में से एक चुनें।"),
        ("id", "Isi bagian ini.", "Pilih salah satu dari daftar."),
    ],
)
def test_under_an_empty_field_stands_what_to_do(language: str, typed: str, chosen: str) -> None:
    module = json.dumps((STATIC / "parts/problem.js").as_uri())
    required = json.dumps(translated(language, "required"))
    script = f"""
      {browser_script(language)}
      const {{ inWords }} = await import({module});
      const [text, list] = [{{ tagName: "TEXTAREA" }}, {{ tagName: "SELECT" }}];
      const told = [inWords(text, {required}), inWords(list, {required}), inWords(text, "a date")];
      console.log(JSON.stringify(told));
    """
    command = [str(NODE), "--input-type=module", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [typed, chosen, "a date"]
