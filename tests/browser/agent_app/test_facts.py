"""The app's rules as values: amounts, places, answers and rounds, in the browser that runs them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from api.pages.agent_app import APP
from collection.receipts.codes.code import is_well_formed, with_check_digit
from collection.upi.link import UpiRequest, note_of, upi_link
from core.fix import Fix
from core.geometry import LatLon, distance_m
from core.money import Money
from geofence.fence import Fence
from geofence.verdict import judge_check_in, outside
from map_ui.static_url import STATIC
from tests.conftest import MONDAY_NINE

pytestmark = pytest.mark.browser

ORIGIN = "https://facts.invalid"  # as phones have it: hashing needs a secure page


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page that has the app's files and no server."""
    page = chromium.new_page()

    def give(route: Any) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        file = APP / path.removeprefix("/app/") if path.startswith("/app/") else None
        file = file or STATIC / path.removeprefix("/static/")
        if path == "/":
            route.fulfill(body="<!doctype html>", content_type="text/html")
        else:
            route.fulfill(body=Path(file).read_bytes(), content_type="text/javascript")

    page.route(f"{ORIGIN}/**", give)
    page.goto(f"{ORIGIN}/")
    yield page
    page.close()


def call(page: Page, module: str, name: str, *arguments: Any) -> Any:
    return page.evaluate(
        "async ([module, name, args]) => (await import(`/app/facts/${module}.js`))[name](...args)",
        [module, name, list(arguments)],
    )


def test_parts_grow_smaller_while_nothing_comes_through(page: Page) -> None:
    sizes = page.evaluate(
        """async () => {
          const { partBytes } = await import("/app/facts/parts.js");
          return [0, 1, 2, 3, 4, 9].map((cuts) => Math.min(partBytes(cuts), 1e9));
        }"""
    )
    assert sizes == [1e9, 65_536, 32_768, 16_384, 16_384, 16_384]


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1200", "INR", 120_000),
        ("1,200.50", "INR", 120_050),
        ("1.200,5", "EUR", 120_050),
        ("1,23,400", "INR", 12_340_000),
        ("12.000", "CLP", 12_000),
        ("12 000", "CLP", 12_000),
        ("0.07", "USD", 7),
        ("1.2.3", "USD", None),
        ("1,20", "CLP", None),
        ("-5", "INR", None),
        ("", "INR", None),
        ("five", "INR", None),
        ("99999999999999999", "INR", None),
    ],
)
def test_an_amount_is_read_as_people_type_it_or_not_at_all(
    page: Page, typed: str, currency: str, minor: int | None
) -> None:
    assert call(page, "money", "minorOf", typed, currency) == minor


@pytest.mark.parametrize(
    ("status", "tries", "meaning"),
    [
        (200, 1, "sent"),
        (204, 1, "sent"),
        (0, 99, "later"),
        (503, 99, "later"),
        (429, 1, "later"),
        (401, 1, "sign_in"),
        (500, 1, "later"),
        (500, 6, "parked"),
        (400, 1, "parked"),
        (403, 1, "parked"),
        (404, 1, "parked"),
        (409, 1, "parked"),
        (413, 1, "parked"),
        (422, 1, "parked"),
    ],
)
def test_an_answer_decides_what_becomes_of_a_record(
    page: Page, status: int, tries: int, meaning: str
) -> None:
    assert call(page, "answer", "meaning", status, tries) == meaning


def test_waiting_grows_to_a_minute_and_is_spread(page: Page) -> None:
    waits = [call(page, "answer", "waitMs", tries, 1) for tries in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] == 60_000
    assert call(page, "answer", "waitMs", 3, 0) == call(page, "answer", "waitMs", 3, 1) / 2


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


def test_ids_are_uuids_of_version_7_and_in_the_order_of_time(page: Page) -> None:
    first, second = (
        call(page, "ids", "factId", ms) for ms in (1_700_000_000_000, 1_700_000_000_001)
    )
    assert first < second
    assert (first[14], first[19] in "89ab") == ("7", True)
    assert call(page, "ids", "provisionalNumber", first).startswith("P-")


def test_every_language_has_the_texts_that_english_has_with_the_same_parts(page: Page) -> None:
    strays = page.evaluate(
        """async () => {
          const { en } = await import("/app/texts/en.js");
          const others = await Promise.all(
            ["es", "hi", "id"].map(async (code) => (await import(`/app/texts/${code}.js`))[code]));
          const partsOf = (text) => (text.match(/\\{\\w+\\}/g) ?? []).sort().join();
          const formsOf = (text) => (typeof text === "string" ? [text] : Object.values(text));
          const parts = (text) => [...new Set(formsOf(text).map(partsOf))].join(" or ");
          return others.flatMap((texts) => Object.keys({ ...en, ...texts })
            .filter((name) => parts(texts[name] ?? "{none}") !== parts(en[name] ?? "{none}")));
        }"""
    )
    assert strays == []


def test_a_count_is_told_in_the_form_that_the_language_has_of_it(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const { speak, t } = await import("/app/texts/texts.js");
          const told = (code) => (speak(code), [1, 2].map((count) => t("daysLate", { count })));
          const all = ["en", "es", "hi", "id"].map(told);
          speak("en");
          return all;
        }"""
    )
    assert told == [
        ["1 day late", "2 days late"], ["1 día de atraso", "2 días de atraso"],
        ["1 दिन की देरी", "2 दिन की देरी"], ["terlambat 1 hari", "terlambat 2 hari"],
    ]  # fmt: skip


def test_a_count_has_the_forms_of_its_language(page: Page) -> None:
    strays = page.evaluate(
        """async () => {
          const strays = [];
          for (const code of ["en", "es", "hi", "id"]) {
            const texts = (await import(`/app/texts/${code}.js`))[code];
            const forms = [1, 2].map((count) => new Intl.PluralRules(code).select(count));
            for (const [name, text] of Object.entries(texts)) {
              const isWhole = typeof text === "string" || forms.every((form) => text[form]);
              if (!isWhole) strays.push(`${code}: ${name}`);
            }
          }
          return strays;
        }"""
    )
    assert strays == []


def cash(minor: int, lease: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"mode": "cash", "amount": {"amount_minor": minor}}
    if lease:
        body["offline"] = {"lease_id": lease, "number": 1}
    return {"kind": "receipt", "state": "waiting", "body": body}


def handed_over(minor: int) -> dict[str, Any]:
    return {"kind": "deposit", "state": "waiting", "body": {"amount": {"amount_minor": minor}}}


@pytest.mark.parametrize(
    ("records", "in_hand", "headroom"),
    [
        ([], 0, 60_000),
        ([cash(50_000, "L")], 50_000, 10_000),
        ([cash(50_000, "L"), handed_over(40_000)], 10_000, 40_000),
        ([cash(50_000, "L"), handed_over(40_000), cash(15_000)], 25_000, 25_000),
        ([cash(60_000, "L")], 60_000, 0),
    ],
)
def test_cash_has_the_room_of_the_lease_or_what_else_is_free(
    page: Page, records: list[dict[str, Any]], in_hand: int, headroom: int
) -> None:
    none, limit = {"amount_minor": 0}, {"amount_minor": 60_000, "currency": "CLP"}
    day = {"till": {"in_hand": none, "reserved": none, "pending": none, "limit": limit}}
    lease = {
        "id": "L",
        "prefix": "A-L1",
        "left_minor": 60_000,
        "expires_at": "2026-11-23T20:00:00Z",
    }
    till = call(page, "so_far", "tillSoFar", day, records, lease, 1_700_000_000_000)
    assert (till["in_hand_minor"], till["headroom_minor"]) == (in_hand, headroom)


def test_a_blocked_till_takes_nothing_until_the_phone_has_handed_cash_over(page: Page) -> None:
    none, limit = {"amount_minor": 0}, {"amount_minor": 60_000, "currency": "CLP"}
    held = {"amount_minor": 20_000}
    till = {"in_hand": held, "reserved": none, "pending": none, "limit": limit}
    day = {"till": till | {"blocked_for": "aged_cash"}}
    blocked = call(page, "so_far", "tillSoFar", day, [], None, 1_700_000_000_000)
    assert (blocked["headroom_minor"], blocked["blocked_for"]) == (0, "aged_cash")
    free = call(page, "so_far", "tillSoFar", day, [handed_over(20_000)], None, 1_700_000_000_000)
    assert (free["headroom_minor"], free["blocked_for"]) == (60_000, None)


def test_a_lease_that_is_over_holds_no_room(page: Page) -> None:
    lease = {
        "id": "L",
        "prefix": "A-L1",
        "left_minor": 60_000,
        "expires_at": "2023-11-14T20:00:00Z",
    }
    assert call(page, "so_far", "leaseLeft", lease, [], 1_700_000_000_000) == 0


HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("since_ms", "goes_on"),
    [(0, True), (-10_000, True), (-60_000, False), (15 * HOUR_MS, True), (17 * HOUR_MS, False)],
)
def test_a_clock_that_went_back_or_leapt_may_have_been_set(
    page: Page, since_ms: int, goes_on: bool
) -> None:
    seen_ms = 1_700_000_000_000
    assert call(page, "times", "goesOn", seen_ms, seen_ms + since_ms) is goes_on


@pytest.mark.parametrize(
    ("stamp", "error_ms", "by_ms"),
    [
        ({"clock_error_ms": 0, "clock_run": 4}, 2 * DAY_MS, -2 * DAY_MS),
        ({"clock_error_ms": 0, "clock_run": 4}, -2 * DAY_MS, 2 * DAY_MS),
        # It may have come since: the server's answer decides.
        ({"clock_error_ms": 0, "clock_run": 4}, HOUR_MS, None),
        ({"clock_error_ms": 0, "clock_run": 3}, 2 * DAY_MS, None),
        ({"clock_error_ms": 0}, 2 * DAY_MS, None),  # of an older version of the app
        (
            {"clock_error_ms": -3 * DAY_MS, "clock_run": 4, "is_time_guessed": True},
            -3 * DAY_MS - HOUR_MS, HOUR_MS,
        ),
    ],
)  # fmt: skip
def test_times_are_moved_by_what_is_known_for_sure_of_the_clock_they_are_of(
    page: Page, stamp: dict[str, Any], error_ms: int, by_ms: int | None
) -> None:
    assert call(page, "times", "correctionMs", stamp, 4, error_ms) == by_ms


def test_a_week_is_from_monday_to_sunday(page: Page) -> None:
    for day in ("2026-11-23", "2026-11-25", "2026-11-29"):
        assert call(page, "section", "weekOf", day) == ["2026-11-23", "2026-11-29"]
    assert call(page, "section", "weekOf", "2027-01-01") == ["2026-12-28", "2027-01-03"]


@pytest.mark.parametrize(
    ("paid", "open_"),
    [
        (0, [["2026-11-16", 100], ["2026-11-23", 200]]),
        (150, [["2026-11-23", 150]]),
        (300, []),
        (400, []),  # more than was due
    ],
)
def test_what_came_in_has_paid_the_oldest_dues_first(
    page: Page, paid: int, open_: list[list[str | int]]
) -> None:
    dues = {"2026-11-16": 100, "2026-11-23": 200}
    its = {
        "case": {"outstanding": {"amount_minor": 300}},
        "demands": [{"due_on": on, "unpaid": {"amount_minor": m}} for on, m in dues.items()],
        "due_minor": max(0, 300 - paid),
    }
    found = call(page, "so_far", "openDues", its)
    assert [[each["due_on"], each["left_minor"]] for each in found] == open_


def test_sections_have_what_falls_due_in_their_days_and_is_not_paid(page: Page) -> None:
    def money(minor: int) -> dict[str, int]:
        return {"amount_minor": minor}

    def a_case(
        name: str, dues: dict[str, int], paid: int = 0, section: str = "overdue"
    ) -> dict[str, Any]:
        total = sum(dues.values())
        return {
            "case": {"id": name, "section": section, "outstanding": money(total)},
            "demands": [{"due_on": on, "unpaid": money(minor)} for on, minor in dues.items()],
            "due_minor": total - paid, "overdue_minor": total - paid, "advance": [],
            "promise": None,
        }  # fmt: skip

    cases = [
        a_case("old", {"2026-10-01": 500}, section="recovery"),
        a_case("today", {"2026-11-20": 100, "2026-11-24": 200}, paid=150),
        a_case("monday", {"2026-11-23": 300}),
        a_case("paid", {"2026-11-24": 400}, paid=400),
        a_case("friday", {"2026-11-27": 50, "2026-12-04": 50})
        | {"promise": {"due_on": "2026-11-24", "amount": money(70)}},
    ]
    told = page.evaluate(
        """async (cases) => {
          const { SECTIONS, sectionsOf } = await import("/app/facts/section.js");
          const byId = new Map(cases.map((each) => [each.case.id, each]));
          const stops = new Map([["monday", {}], ["old", {}]]);
          const found = sectionsOf(byId, stops, "2026-11-24");
          if (found.map(({ name }) => name).join() !== SECTIONS.join()) return null;
          return Object.fromEntries(found.map(({ name, cases, minor }) =>
            [name, [cases.map((each) => each.case.id), minor]]));
        }""",
        cases,
    )
    assert told == {
        "all": [["monday", "old"], 800],
        "daily": [["today"], 150],
        "weekly": [["monday", "today", "friday"], 500],
        "overdue": [["monday", "today", "paid", "friday"], 550],
        "recovery": [["old"], 500],
        "promised": [["friday"], 70],
        "advance": [[], 0],
        "others": [["today", "paid", "friday"], 250],
    }


def test_a_record_of_a_wrong_clock_is_moved_with_all_its_times(page: Page) -> None:
    body = {"taken_at": "2026-11-23T13:00:00.000Z", "mode": "cash",
            "fix": {"lat": 1, "captured_at": "2026-11-23T12:59:00.000Z"}}  # fmt: skip
    path = "/v1/agent/receipts/1"
    record = {"body": body, "path": path, "made_at": "2026-11-23T13:00:00.000Z"}
    moved = call(page, "times", "moved", record, -3_600_000)
    assert moved["path"] == path
    assert moved["made_at"] == "2026-11-23T12:00:00.000Z"
    moved = moved["body"]
    assert moved["taken_at"] == "2026-11-23T12:00:00.000Z"
    assert moved["fix"] == {"lat": 1, "captured_at": "2026-11-23T11:59:00.000Z"}
    assert moved["mode"] == "cash"


def test_a_picture_of_a_wrong_clock_is_moved_in_its_path(page: Page) -> None:
    path = "/v1/agent/attachments/1?kind=photo&device_time=2026-11-23T13%3A00%3A00.000Z"
    record = {"body": {"sha256": "f"}, "path": path, "made_at": "2026-11-23T13:00:00.000Z"}
    moved = call(page, "times", "moved", record, -3_600_000)
    assert (moved["body"], moved["path"]) == ({"sha256": "f"}, path.replace("T13", "T12"))


@pytest.mark.parametrize(
    ("problem", "is_about_time"),
    [
        ({"type": "/problems/time-not-plausible"}, True),
        ({"type": "/problems/invalid-field", "errors": [{"field": "taken_at"}]}, True),
        ({"type": "/problems/invalid-field", "errors": [{"field": "amount"}]}, False),
        ({"type": "/problems/over-cash-limit"}, False),
    ],
)
def test_what_is_refused_for_its_time_is_known(
    page: Page, problem: dict[str, Any], is_about_time: bool
) -> None:
    assert call(page, "times", "isAboutTime", problem) is is_about_time


@pytest.mark.parametrize(
    ("minor", "currency", "language", "words"),
    [
        (12_345_600, "INR", "en", "one lakh twenty-three thousand four hundred fifty-six"),
        (2_50_00_000_00, "INR", "en", "two crore fifty lakh"),
        (1_500_000, "CLP", "en", "one million five hundred thousand"),
        (1_00, "INR", "en", "one"),
        (999_999_00, "USD", "en", "nine hundred ninety-nine thousand nine hundred ninety-nine"),
        (12_345_600, "INR", "hi", "एक लाख तेईस हज़ार चार सौ छप्पन"),
        (99_00, "INR", "hi", "निन्यानवे"),
        (15_000, "CLP", "es", "quince mil"),
        (21_001, "CLP", "es", "veintiún mil un"),
        (21_00, "INR", "es", "veintiuna"),
        (200_00, "INR", "es", "doscientas"),
        (1_000_000, "CLP", "es", "un millón de"),
        (2_100_100, "CLP", "es", "dos millones cien mil cien"),
        (31_500, "CLP", "es", "treinta y un mil quinientos"),
        (1_500_000_00, "IDR", "id", "satu juta lima ratus ribu"),
        (1_111_00, "IDR", "id", "seribu seratus sebelas"),
        (17_045_00, "IDR", "id", "tujuh belas ribu empat puluh lima"),
    ],
)
def test_an_amount_is_told_in_words_as_its_language_counts(
    page: Page, minor: int, currency: str, language: str, words: str
) -> None:
    told = page.evaluate(
        "async (args) => (await import('/app/texts/in_words.js')).inWords(...args)",
        [minor, currency, language],
    )
    assert told.startswith(words + " "), told


def test_what_is_less_than_a_whole_unit_is_told_as_a_part_of_it(page: Page) -> None:
    told = page.evaluate(
        "async () => (await import('/app/texts/in_words.js')).inWords(10050, 'INR', 'en')"
    )
    assert told == "one hundred Indian rupees 50/100"


@pytest.mark.parametrize("account", ["L-77/4", "Cuenta Nº 12 & hijos", "ऋण 7"])
@pytest.mark.parametrize("name", ["Karat", "Karat Finance (Jaipur) & Co."])
def test_a_upi_link_is_the_one_that_the_server_makes(page: Page, account: str, name: str) -> None:
    receipt = UUID("01933b5e-0000-7000-8000-000000000001")
    request = UpiRequest(
        "lender@bank", name, Money(120_005, "INR"), receipt.hex, note_of(f"Account {account}")
    )
    payee = {"vpa": "lender@bank", "name": name}
    assert call(page, "upi", "upiLink", payee, 120_005, str(receipt), account) == upi_link(request)


def test_a_code_is_well_formed_where_the_server_says_so(page: Page) -> None:
    codes = [with_check_digit(f"{n:05d}") for n in range(0, 100_000, 7_919)]
    codes += ["123456", "000001", "12345", "1234567", "abcdef"]
    assert [call(page, "tender", "isCode", code) for code in codes] == [
        is_well_formed(code) for code in codes
    ]


@pytest.mark.parametrize(
    ("counts", "missing", "change"),
    [
        ({"20000": 1}, 0, 5_000),
        ({"10000": 1, "5000": 1}, 0, 0),
        ({"10000": 1}, 5_000, 0),
    ],
)
def test_counted_notes_are_held_against_the_amount(
    page: Page, counts: dict[str, int], missing: int, change: int
) -> None:
    tender = call(page, "tender", "tenderOf", counts, 15_000)
    assert (tender["missing_minor"], tender["change_minor"]) == (missing, change)


def test_nothing_counted_is_no_count(page: Page) -> None:
    assert call(page, "tender", "tenderOf", {}, 15_000) is None


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


def test_what_a_sheet_pays_counts_in_the_till_and_on_its_cases(page: Page) -> None:
    paid = {"mode": "cash", "amount": {"amount_minor": 20_000}, "case_id": "a"}
    card = paid | {"mode": "card", "case_id": "b"}
    sheet = {
        "kind": "center_meeting", "state": "waiting", "case_id": None,
        "body": {"members": [{"receipts": [paid, card]}, {"receipts": []}]},
    }  # fmt: skip
    none, limit = {"amount_minor": 0}, {"amount_minor": 60_000, "currency": "CLP"}
    day = {"till": {"in_hand": none, "reserved": none, "pending": none, "limit": limit}}
    till = call(page, "so_far", "tillSoFar", day, [sheet], None, 1_700_000_000_000)
    assert till["in_hand_minor"] == 20_000
    owed = {"amount_minor": 50_000}
    for case_id, left in (("a", 30_000), ("b", 30_000), ("c", 50_000)):
        entry = {"case": {"id": case_id, "outstanding": owed, "overdue": owed, "promise": None}}
        assert call(page, "so_far", "caseSoFar", entry, [sheet])["overdue_minor"] == left


WHAT = {
    "giver_id": "01a21d00-0000-7000-8000-00000000000a",
    "taker_id": "01a21d00-0000-7000-8000-00000000000b",
    "amount_minor": 40_000, "currency": "CLP", "day": "2026-11-23",
}  # fmt: skip


def test_two_phones_make_the_same_of_a_handover_and_only_of_the_same_one(page: Page) -> None:
    given = call(page, "handover", "agreed", WHAT, "7KQ2")
    assert given["code"].startswith("7KQ2-")
    assert UUID(given["id"]).version == 7
    for typed in (given["code"], given["code"].lower().replace("-", " ")):
        assert call(page, "handover", "agreedBy", WHAT, typed) == given
    for other in (
        {"amount_minor": 41_000}, {"day": "2026-11-24"}, {"currency": "INR"},
        {"giver_id": WHAT["taker_id"], "taker_id": WHAT["giver_id"]},
    ):  # fmt: skip
        assert call(page, "handover", "agreedBy", WHAT | other, given["code"]) is None
    assert call(page, "handover", "agreedBy", WHAT, given["code"][:-1]) is None
    assert call(page, "handover", "agreed", WHAT, "7KQ3")["id"] != given["id"]


def test_a_scanned_text_is_a_code_an_answer_or_nothing(page: Page) -> None:
    giver = WHAT["giver_id"]
    text = call(page, "handover", "givenText", "AB12-CD34", giver)
    assert call(page, "handover", "readText", text) == {"code": "AB12-CD34", "giver_id": giver}
    answer = call(page, "handover", "takenText", "7QXM")
    assert call(page, "handover", "readText", answer) == {"answer": "7QXM"}
    strays = ("", "AB12-CD34", "https://example.org/a:b", "ROUNDSMAN:GIVE:AB12", "ROUNDSMAN:X:1")
    for stray in (*strays, "ROUNDSMAN:TAKEN:7QXMA", text + ":more"):
        assert call(page, "handover", "readText", stray) is None


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


def test_a_slip_breaks_long_names_and_keeps_every_letter(page: Page) -> None:
    lines = page.evaluate(
        """async () => {
          const { wrapped } = await import("/app/facts/raster.js");
          return wrapped("María de los Ángeles Fernández-Covarrubias y", 12, (its) => its.length);
        }"""
    )
    assert max(map(len, lines)) <= 12
    assert "".join(lines).replace(" ", "") == "MaríadelosÁngelesFernández-Covarrubiasy"


def test_handovers_that_the_server_knows_one_side_of_count_in_the_till(page: Page) -> None:
    none, limit = {"amount_minor": 0}, {"amount_minor": 60_000, "currency": "CLP"}
    in_hand = {"amount_minor": 30_000}
    given = {"id": "g", "state": "offered", "given_at": "2026-11-23T12:00:00Z", "giver_id": "me",
             "amount": {"amount_minor": 10_000}}  # fmt: skip
    offered = given | {"id": "o", "given_at": None}
    taken = {"id": "t", "taker_id": "me", "amount": {"amount_minor": 5_000}}
    day = {
        "agent_id": "me",
        "till": {"in_hand": in_hand, "reserved": none, "pending": none, "limit": limit},
        "handovers": {"items": [given, offered], "takings": [taken]},
    }
    till = call(page, "so_far", "tillSoFar", day, [], None, 1_700_000_000_000)
    assert (till["in_hand_minor"], till["headroom_minor"]) == (25_000, 35_000)
    own = {"id": "t", "kind": "handover_taking", "state": "waiting",
           "body": {"amount": {"amount_minor": 5_000}}}  # fmt: skip
    till = call(page, "so_far", "tillSoFar", day, [own], None, 1_700_000_000_000)
    assert till["in_hand_minor"] == 25_000  # once, though the server knows of it already
