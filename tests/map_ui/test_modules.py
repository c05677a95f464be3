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


def test_a_spreadsheet_never_runs_what_a_customer_is_called() -> None:
    table = """{rows: [["=HYPERLINK(1)", 'Say "hi"', "a,b", "-12.5"]].map((cells) =>
      ({cells: cells.map((text) => ({dataset: {}, textContent: text}))}))}"""
    csv = run(f"table.toCsv({table})", table="parts/table.js")
    assert csv == "'=HYPERLINK(1)," + '"Say ""hi""","a,b",-12.5'


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


def test_a_single_day_stands_in_the_middle_of_its_chart() -> None:
    body = "[1, 2, 30].map(values.roomFor)"
    ranges = run(body, values="dashboards/values.js")
    assert ranges == [[-1, 1], [-0.3, 1.3], [-0.3, 29.3]]
