"""Lists of values: trees, and ways down them."""

from collections.abc import Sequence
from datetime import date

import pytest

from collection.field_notes.values.value_list import (
    Reaches,
    Topic,
    Value,
    ValueList,
    check_list,
)
from core.errors import InvalidField

DAY = date(2026, 11, 23)
MET = Value("met", "Met", reaches=Reaches.CUSTOMER)
PAID = Value("paid", "Paid", "met")
REFUSED = Value("refused", "Refused", "met")
WHY = Value("no_money", "No money", "refused")
ENDED = Value("ended", "Not used any more", "met", active_until=date(2026, 11, 22))
LIST = ValueList(None, Topic.VISIT, 1, {v.code: v for v in (MET, PAID, REFUSED, WHY, ENDED)})


def way(*codes: str | None) -> list[tuple[str, str | None]]:
    return list(zip(("contact", "result", "reason"), codes, strict=True))


@pytest.mark.parametrize(
    ("codes", "chosen"),
    [
        (("met", "paid", None), ("met", "paid")),
        (("met", "refused", "no_money"), ("met", "refused", "no_money")),
    ],
)
def test_a_way_ends_where_nothing_lies_below(
    codes: tuple[str | None, ...], chosen: tuple[str, ...]
) -> None:
    assert tuple(v.code for v in LIST.choose(way(*codes), DAY)) == chosen


@pytest.mark.parametrize(
    ("codes", "field", "expected"),
    [
        (("went_by", "paid", None), "contact", "one of met"),
        (("met", "no_money", None), "result", "one of paid, refused"),
        (("met", "refused", None), "reason", "one of no_money"),
        (("met", "paid", "no_money"), "reason", "nothing"),
        (("met", "ended", None), "result", "one of paid, refused"),
    ],
)
def test_a_code_that_does_not_stand_there_is_refused_with_those_that_do(
    codes: tuple[str | None, ...], field: str, expected: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        LIST.choose(way(*codes), DAY)
    assert refused.value.field == field
    assert refused.value.expected.startswith(expected)


def test_a_code_that_has_ended_could_be_chosen_on_its_last_day() -> None:
    last = date(2026, 11, 22)
    assert LIST.choose(way("met", "ended", None), last)[-1] is ENDED


def test_a_leaf_is_a_code_with_nothing_active_below_it() -> None:
    assert LIST.leaf("code", "no_money", DAY) is WHY
    with pytest.raises(InvalidField, match="code: one of paid, no_money"):
        LIST.leaf("code", "refused", DAY)


@pytest.mark.parametrize(
    ("topic", "values", "field"),
    [
        (Topic.VISIT, [MET, PAID, PAID], "values.2.code"),
        (Topic.VISIT, [MET, Value("x", "X", "later")], "values.1.parent"),
        (Topic.VISIT, [Value("met", "Met"), PAID], "values.0.reaches"),
        (Topic.VISIT, [MET, Value("paid", "Paid", "met", Reaches.OTHER)], "values.1.reaches"),
        (Topic.VISIT, [MET], "values.0.code"),
        (Topic.VISIT, [MET, REFUSED, WHY, Value("y", "Y", "no_money")], "values.3.parent"),
        (Topic.CAUSE, [Value("a", "A"), Value("b", "B", "a"), Value("c", "C", "b")],
         "values.2.parent"),
        (Topic.CAUSE, [], "values"),
        (Topic.CAUSE, [Value("a", "A", active_from=DAY, active_until=date(2026, 1, 1))],
         "values.0.active_until"),
    ],
)  # fmt: skip
def test_what_is_no_tree_cannot_be_published(
    topic: Topic, values: Sequence[Value], field: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        check_list(topic, values)
    assert refused.value.field == field


def test_a_tree_can() -> None:
    check_list(Topic.VISIT, list(LIST.values.values()))
