"""The app's rules of money: what is typed and counted, what is due, and what the till holds."""

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page

from collection.receipts.codes.code import is_well_formed, with_check_digit
from collection.upi.link import UpiRequest, note_of, upi_link
from core.money import Money
from tests.browser.agent_app.facts.call import call

pytestmark = pytest.mark.browser


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


def test_handovers_that_the_server_knows_one_side_of_count_in_the_till(page: Page) -> None:
    none, limit = {"amount_minor": 0}, {"amount_minor": 60_000, "currency": "CLP"}
    in_hand = {"amount_minor": 30_000}
    given = {"id": "g", "state": "offered", "given_at": "2026-11-23T12:00:00Z", "giver_id": "me",
             "amount": {"amount_minor": 10_000}}  # fmt: skip
    offered = given | {"id": "o", "given_at": None}
    taken = {"id": "t", "taker_id": "me", "amount": {"amount_minor": 5_000}}
    # A colleague says so of this agent, whose phone knows nothing of one of them.
    asked = {"id": "x", "giver_id": "me", "amount": {"amount_minor": 7_000}}
    settling = asked | {"id": "g"}
    day = {
        "agent_id": "me",
        "till": {"in_hand": in_hand, "reserved": none, "pending": none, "limit": limit},
        "handovers": {"items": [given, offered], "takings": [taken, asked, settling]},
    }
    till = call(page, "so_far", "tillSoFar", day, [], None, 1_700_000_000_000)
    assert (till["in_hand_minor"], till["headroom_minor"]) == (25_000, 35_000)
    assert [each["id"] for each in till["open"]["asked"]] == ["x"]
    confirmed = {"id": "x", "kind": "handover", "state": "waiting", "body": asked}
    till = call(page, "so_far", "tillSoFar", day, [confirmed], None, 1_700_000_000_000)
    assert (till["in_hand_minor"], till["open"]["asked"]) == (18_000, [])
    own = {"id": "t", "kind": "handover_taking", "state": "waiting",
           "body": {"amount": {"amount_minor": 5_000}}}  # fmt: skip
    till = call(page, "so_far", "tillSoFar", day, [own], None, 1_700_000_000_000)
    assert till["in_hand_minor"] == 25_000  # once, though the server knows of it already
