"""What the app asks at a door, held against the server's own rules, in the browser that runs it."""

from typing import Any

import pytest
from playwright.sync_api import Page

from api.agents.day import mode_answer
from collection.receipts.mode import COUNTRIES, checked_mode
from core.errors import InvalidField
from tests.browser.agent_app.facts.call import call

pytestmark = pytest.mark.browser

REFERENCES = ("", "1234", "A1B2C3", "123456789012", "HDFCN52026112300", "MP-77/12", "1234567890123")
DETAILS: tuple[dict[str, str], ...] = (
    {}, {"bank": "State Bank"}, {"bank": "S"}, {"bank": "State Bank", "dated_on": "2026-11-30"},
    {"bank": "State Bank", "dated_on": "30.11.2026"}, {"provider": "M-Pesa"}, {"last_four": "12"},
    {"bank": "State Bank", "aadhaar_last_four": "1234"}, {"payer_vpa": "asha@bank"},
)  # fmt: skip


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_a_payment_is_whole_on_the_phone_where_the_server_takes_it(
    page: Page, country: str
) -> None:
    tried: list[tuple[Any, ...]] = []
    for code in COUNTRIES[country]:
        mode = mode_answer(code, country).model_dump()
        names = {detail["name"] for detail in mode["details"]}
        for reference in REFERENCES:
            for given in DETAILS:
                details = {name: value for name, value in given.items() if name in names}
                is_taken = True
                try:
                    checked_mode(code, reference or None, details, country)
                except InvalidField:
                    is_taken = False
                told = {f"detail_{name}": value for name, value in details.items()}
                # The phone shows no field for what a mode does not have.
                if mode["reference"] or not reference:
                    tried.append((mode, {"reference": reference} | told, is_taken))
    wrong = page.evaluate(
        """async (tried) => {
          const { wrongFields } = await import("/app/facts/mode.js");
          return tried.map(([mode, given]) => wrongFields(mode, given));
        }""",
        [each[:2] for each in tried],
    )
    for (mode, given, is_taken), fields in zip(tried, wrong, strict=True):
        assert (fields == []) == is_taken, (mode["code"], given, fields)


@pytest.mark.parametrize(
    ("given", "policy", "missing"),
    [
        ({}, "asked", None),
        ({}, "required", "causeCode"),
        ({"causeCode": "income_late"}, "asked", "causeNote"),
        ({"causeCode": "income_late", "causeNote": "  "}, "required", "causeNote"),
        ({"causeCode": "income_late", "causeNote": "On Friday"}, "required", None),
    ],
)
def test_a_cause_is_missing_where_the_branch_requires_one(
    page: Page, given: dict[str, str], policy: str, missing: str | None
) -> None:
    assert call(page, "cause", "missingCause", given, policy) == missing


@pytest.mark.parametrize(
    ("amount", "due", "open_", "gap"),
    [
        (20_000, 50_000, 50_000, "short"),
        (50_000, 50_000, 50_000, None),
        (80_000, 50_000, 90_000, None),  # in part before its day: an advance
        (90_001, 50_000, 90_000, "over"),
        (5_000, 0, 0, None),  # ad hoc
    ],
)
def test_an_amount_is_short_of_what_is_due_or_over_all_that_is_open(
    page: Page, amount: int, due: int, open_: int, gap: str | None
) -> None:
    assert call(page, "cause", "gapOf", amount, {"due": due, "open": open_}) == gap


@pytest.mark.parametrize(
    ("over", "left", "gap"), [(0, 30_000, "short"), (30_000, 0, "over"), (80_000, 0, "short")]
)
def test_the_offices_answer_tells_how_an_amount_differs(
    page: Page, over: int, left: int, gap: str
) -> None:
    amounts = {"amount": 80_000, "advance": 0, "suspense": over, "outstanding": left}
    answer = {name: {"amount_minor": minor} for name, minor in amounts.items()}
    assert call(page, "cause", "gapSaid", answer) == gap


def test_a_sheets_receipts_have_what_their_modes_ask_and_why_they_are_short(page: Page) -> None:
    case = {"case_id": "a", "amounts": {"left": {"amount_minor": 50_000}}}
    member = {"cases": [case, case | {"case_id": "b"}, case | {"case_id": "c"}]}
    why = {"causeCode": "income_late", "causeNote": " On Friday "}
    entries = {
        "a": {"typed": "50000", **why},
        "b": {"typed": "20000", "mode": "cheque", "reference": "004711", **why,
              "detail_bank": "State Bank", "detail_dated_on": "2026-11-30"},
    }  # fmt: skip
    modes = [mode_answer(code, "IN").model_dump() for code in ("cash", "cheque")]
    whole, short = call(page, "sheet", "receiptsOf", member, entries, modes, "CLP")
    assert whole == {
        "case_id": "a", "amount": {"amount_minor": 50_000, "currency": "CLP"}, "mode": "cash",
        "mode_reference": None,
    }  # fmt: skip
    assert short == {
        "case_id": "b", "amount": {"amount_minor": 20_000, "currency": "CLP"}, "mode": "cheque",
        "mode_reference": "004711",
        "mode_details": {"bank": "State Bank", "dated_on": "2026-11-30"},
        "cause": {"code": "income_late", "note": "On Friday"},
    }  # fmt: skip


def test_a_member_who_owes_and_pays_nothing_has_a_cause_and_nobody_else(page: Page) -> None:
    owed = {"left": {"amount_minor": 50_000}}
    case = {"case_id": "a", "amounts": owed}
    away = {"customer_id": "1", "amounts": owed, "cases": [case]}
    paying = {"customer_id": "2", "amounts": owed, "cases": [case | {"case_id": "b"}]}
    quit_ = {
        "customer_id": "3", "amounts": {"left": {"amount_minor": 0}},
        "cases": [case | {"case_id": "c"}],
    }  # fmt: skip
    why = {"causeCode": "income_late", "causeNote": "On Friday"}
    given = {
        "entries": {"b": {"typed": "50000"}}, "marks": {"1": "absent", "2": "present"},
        "whys": {"1": why, "2": why, "3": why},
    }  # fmt: skip
    sheet = {"groups": [{"members": [away, paying, quit_]}]}
    modes = [mode_answer("cash", "IN").model_dump()]
    told = call(page, "sheet", "reportsOf", sheet, given, modes, "CLP")
    assert [each.get("cause") for each in told] == [
        {"code": "income_late", "note": "On Friday"}, None, None
    ]  # fmt: skip
    assert [len(each["receipts"]) for each in told] == [0, 1, 0]
