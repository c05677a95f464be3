"""What a disposition must say."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from collection.field_notes.disposition import (
    Ability,
    ActionKind,
    Disposition,
    GivenCause,
    GivenPromise,
    Intent,
    NextAction,
    Person,
    asks_promise,
    check_disposition,
)
from collection.field_notes.values.value_list import Asks, Reaches, Topic, Value, ValueList
from core.errors import InvalidField
from core.ids import new_id
from core.money import Money
from tests.conftest import MONDAY_NINE

DAY = date(2026, 11, 23)
VALUES = (
    Value("met", "Met the customer", reaches=Reaches.CUSTOMER),
    Value("refused", "Refused", "met",
          asks=frozenset({Asks.ASSESSMENT, Asks.CAUSE, Asks.NOTE})),
    Value("promised", "Promised", "met", asks=frozenset({Asks.PROMISE})),
    Value("other", "Met somebody else", reaches=Reaches.OTHER),
    Value("left_word", "Left word", "other"),
    Value("nobody", "Met nobody", reaches=Reaches.NOBODY),
    Value("locked", "Door locked", "nobody"),
)  # fmt: skip
LIST = ValueList(None, Topic.VISIT, 1, {v.code: v for v in VALUES})
CAUSE = GivenCause("income_late", "Salary comes on the 5th")
REFUSED = Disposition(
    id=new_id(), case_id=new_id(), channel=Topic.VISIT, contact="met", result="refused",
    reason=None, person=Person.CUSTOMER, person_name=None, intent=Intent.UNWILLING,
    ability=Ability.PARTLY, note="Says so every month", cause=CAUSE, promise=None,
    next_action=NextAction(ActionKind.VISIT, date(2026, 11, 30)), happened_at=MONDAY_NINE,
)  # fmt: skip
LOCKED = replace(
    REFUSED, contact="nobody", result="locked", person=None, intent=None, ability=None, note=None,
    cause=None,
)  # fmt: skip


def test_what_says_all_that_its_codes_ask_is_taken() -> None:
    assert [v.code for v in check_disposition(REFUSED, LIST, DAY)] == ["met", "refused"]
    assert [v.code for v in check_disposition(LOCKED, LIST, DAY)] == ["nobody", "locked"]


@pytest.mark.parametrize(
    ("given", "change", "field"),
    [
        (REFUSED, {"note": None}, "note"),
        (REFUSED, {"intent": None}, "intent"),
        (REFUSED, {"ability": None}, "ability"),
        (REFUSED, {"cause": None}, "cause"),
        (REFUSED, {"person": None}, "person"),
        (REFUSED, {"person": Person.NEIGHBOR}, "person"),
        (REFUSED, {"promise": GivenPromise(new_id(), Money(1, "CLP"), DAY)}, "promise"),
        (LOCKED, {"cause": CAUSE}, "cause"),
        (LOCKED, {"person": Person.NEIGHBOR}, "person"),
        (LOCKED, {"person_name": "Ana"}, "person"),
        (LOCKED, {"intent": Intent.WILLING}, "ability"),
        (LOCKED, {"contact": "other", "result": "left_word", "person": Person.CUSTOMER}, "person"),
        (LOCKED, {"next_action": NextAction(ActionKind.CALL, date(2026, 11, 22))},
         "next_action.due_on"),
        (LOCKED, {"next_action": NextAction(ActionKind.CALL, date(2027, 3, 1))},
         "next_action.due_on"),
    ],
)  # fmt: skip
def test_what_leaves_something_out_or_says_too_much_is_refused_by_its_field(
    given: Disposition, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        check_disposition(replace(given, **change), LIST, DAY)
    assert refused.value.field == field


def test_a_code_may_ask_for_a_promise() -> None:
    promised = replace(REFUSED, result="promised", cause=None)
    assert asks_promise(check_disposition(promised, LIST, DAY))
    assert not asks_promise(check_disposition(REFUSED, LIST, DAY))
