"""Cells of a demand file to values. Nothing is guessed: a cell is read one way or refused."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from datetime import time as time_of_day
from functools import lru_cache

from collection.portfolio.demand_columns import Kind
from collection.portfolio.demand_dates import DateOrder, date_reader
from core.errors import InvalidField
from core.money import exponent, parse_amount
from core.said import say

Value = str | int | float | date | time_of_day
CellReader = Callable[[str], Value]

# What exports write for "no value" where only a number or a date could stand.
_BLANK = frozenset({"null", "n/a", "nan"})
_TEXT = frozenset({Kind.TEXT, Kind.REFERENCE})

_DIGITS = re.compile(r"\d+(?:,\d{3})+|\d{1,2}(?:,\d{2})*,\d{3}|\d+", re.ASCII)
_COUNT = re.compile(r"\d{1,5}", re.ASCII)
_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d{1,15})?", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?", re.ASCII)
_MOBILE = re.compile(r"\+?\d{7,15}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_REFERENCE = re.compile(r"\w[\w ./-]{0,63}")
_SPREADSHEET_NUMBER = re.compile(r"\d+(?:\.\d+)?E\+\d+|\d+\.0", re.ASCII)
_LOST = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")


def says_nothing(text: str, kind: Kind) -> bool:
    """Whether a cell that no reader accepts is an export's way of saying "no value"."""
    return kind not in _TEXT and text.casefold() in _BLANK


def cell_readers(currency: str, order: DateOrder | None) -> dict[Kind, CellReader]:
    """A reader per kind: stripped, not blank text in, value out.

    Amounts come out as minor units of `currency`; dates of numbers are read in `order`. A reader
    raises `InvalidField` whose `expected` says what would be right.
    """
    return {
        Kind.REFERENCE: _reference,
        Kind.TEXT: _text,
        Kind.AMOUNT: lru_cache(1 << 16)(_amount_reader(currency)),
        Kind.DATE: date_reader(order),
        Kind.COUNT: _count,
        Kind.DEGREES: _degrees,
        Kind.TIME_OF_DAY: _time_of_day,
        Kind.MOBILE: _mobile,
        Kind.LANGUAGE: _language,
        Kind.CURRENCY: _currency_reader(currency),
    }


def _refused(expected: str) -> InvalidField:
    return InvalidField("cell", expected)


def _text(text: str, longest: int = 500) -> str:
    tidy = " ".join(text.split())
    plain = tidy.isascii() and tidy.isprintable()
    if not plain and _LOST.search(tidy):
        raise _refused(say("readable characters; some were lost before the file came here"))
    if len(tidy) > longest:
        raise _refused(say("at most {longest} characters", longest=longest))
    return tidy if plain else unicodedata.normalize("NFC", tidy)


def _reference(text: str) -> str:
    reference = _text(text)
    if _SPREADSHEET_NUMBER.fullmatch(reference):
        raise _refused(say("all its digits; a spreadsheet turned it into a number"))
    if not _REFERENCE.fullmatch(reference):
        raise _refused(say("letters, digits, spaces and . / - _, at most 64"))
    return reference


def _amount_reader(currency: str) -> Callable[[str], int]:
    places = exponent(currency)
    example = "1,23,456.50" if places else "123,456"
    expected = say(
        "an amount in {currency} of 0 or more, such as {example}; commas group digits",
        currency=currency,
        example=example,
    )

    def read(text: str) -> int:
        whole, point, decimals = text.partition(".")
        # Three decimals are how half the world groups thousands, unless the currency has three.
        fits = decimals.isascii() and decimals.isdigit() and len(decimals) <= max(2, places)
        if not _DIGITS.fullmatch(whole) or (point and not fits):
            raise _refused(expected)
        try:
            return parse_amount(text, currency).amount_minor
        except InvalidField:
            raise _refused(expected) from None

    return read


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise _refused(say("a whole number of 0 or more, such as 12"))
    return int(text)


def _degrees(text: str) -> float:
    if not _DEGREES.fullmatch(text):
        raise _refused(say("degrees with a decimal point, such as -29.9027"))
    return float(text)


def _time_of_day(text: str) -> time_of_day:
    match = _TIME.fullmatch(text)
    if match is None:
        raise _refused(say("hours and minutes, such as 09:30"))
    return time_of_day(int(match[1]), int(match[2]))


def _mobile(text: str) -> str:
    number = re.sub(r"[ ().-]", "", text)
    if not _MOBILE.fullmatch(number):
        raise _refused(say("7 to 15 digits, with the country's code after a +"))
    return number


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text.lower()):
        raise _refused(say("a language code of ISO 639, such as es or hi"))
    return text.lower()


def _currency_reader(currency: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.upper() != currency:
            raise _refused(say("{currency}, the currency of this file's branch", currency=currency))
        return currency

    return read
