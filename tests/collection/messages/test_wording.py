"""What messages say, and the bodies that providers take."""

import json
from datetime import date

import pytest

from collection.messages.http_sender import HttpSender
from collection.messages.message import MOST_ATTEMPTS, Purpose, wait_s
from collection.messages.template import body_of, check_template
from collection.messages.wording import (
    LANGUAGES,
    WORDS,
    check_words,
    day_in,
    language_of,
    words_of,
)
from collection.phone import e164, masked

VALUES = {
    "id": "1", "channel": "sms", "to": "+919812345678", "language": "en", "purpose": "receipt",
    "text": 'He said "pay", & \\ then\nleft {to}',
}  # fmt: skip


@pytest.mark.parametrize(
    ("entered", "language"),
    [("hi-IN", "hi"), ("es", "es"), ("ID", "id"), ("pt", "en"), (None, "en"), ("", "en")],
)
def test_customers_are_written_to_in_their_own_language(entered: str, language: str) -> None:
    assert language_of(entered) == language


def test_a_receipt_is_told_in_every_language_with_all_its_facts() -> None:
    facts = {"lender": "Amanah", "amount": "₹ 1,200", "day": "27 Nov", "number": "LS-7"}
    for language in LANGUAGES:
        told = words_of(Purpose.RECEIPT, language, link="https://x/r/t", **facts)
        assert all(fact in told for fact in (*facts.values(), "https://x/r/t"))
    assert day_in(date(2026, 11, 27), "hi") == "27 नव॰ 2026"


@pytest.mark.parametrize(
    "template", ["{lender}: {amount}", WORDS[Purpose.RECEIPT]["en"] + " {dpd}", "x" * 400]
)
def test_words_that_leave_something_out_or_ask_for_more_are_refused(template: str) -> None:
    with pytest.raises(ValueError, match="exactly"):
        check_words(Purpose.RECEIPT, template)


def test_a_value_never_becomes_structure_of_the_body() -> None:
    body = json.loads(body_of('{"to": "{to}", "m": [{"text": "{text}"}], "n": 1}', VALUES))
    assert body == {"to": VALUES["to"], "m": [{"text": VALUES["text"]}], "n": 1}
    form = body_of("To={to}&Body={text}", VALUES)
    assert form.startswith("To=%2B919812345678&Body=He%20said%20%22pay%22%2C%20%26")
    assert form.count("&") == 1


@pytest.mark.parametrize(
    "template",
    ['{"to": "{to}"}', "To={to}&Body={text}&From={sender}", '{"to": "{to}", "text": "{text}"'],
)
def test_a_template_that_cannot_work_is_refused_before_the_first_message(template: str) -> None:
    with pytest.raises(ValueError, match=r"body template|none of"):
        check_template(template)
    with pytest.raises(ValueError, match=r"body template|none of"):
        HttpSender("https://sms.example.com", {}, template)


@pytest.mark.parametrize(
    ("entered", "country", "number"),
    [
        ("98123 45678", "IN", "+919812345678"), ("+56 9 1234 5678", "IN", "+56912345678"),
        ("0812-3456-7890", "ID", "+6281234567890"), ("none", "IN", None), ("12", "IN", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_their_country_writes_them(
    entered: str, country: str, number: str | None
) -> None:
    assert e164(entered, country) == number


def test_waits_double_and_end() -> None:
    waits = [wait_s(attempts) for attempts in range(MOST_ATTEMPTS)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, None]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("+919876543210", "+91 ••••• •3210"),
        ("+56912345678", "+56 •••••5678"),
        ("+14155552671", "+1 •••-•••-2671"),
        ("+123", "+1 ••"),
        ("98 76 54 32 10", "•••2 10"),
        ("12", "•••"),
        ("", "•••"),
        ("ana@example.org", "a•••@example.org"),
        ("@example.org", "•••@example.org"),
    ],
)
def test_enough_of_a_number_is_told_to_tell_one_from_another(value: str, told: str) -> None:
    assert masked(value) == told
