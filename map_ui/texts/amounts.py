"""Amounts of money as their reader writes them: the same on the server as in a page's modules."""

import re
from functools import cache

from babel import Locale
from babel.numbers import format_currency, list_currencies

from core.money import Money, exponent

LONG_BEFORE_GROUPED = {"es", "es-ES"}
"""Locales that write four digits without a group (CLDR's minimumGroupingDigits is 2)."""

_SAID = re.compile(r"(?<!\w)([A-Z]{3}) (-?)(\d+(?:,\d{3})*)(?:\.(\d+))?(?![\d,]*\d)")
_UNSPACED = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def money_in(locale: str, money: Money) -> str:
    """An amount in a locale such as ``es-CL``, as `static/live/money.js` tells it: decimals only
    where there are any."""
    amount = money.units
    is_whole = amount % 1 == 0
    pattern = _pattern(locale)
    if is_whole:
        pattern = pattern.replace(".00", "")
    told: str = format_currency(
        amount, money.currency, pattern, locale=Locale.parse(locale, sep="-"),
        currency_digits=not is_whole,
        group_separator=not (locale in LONG_BEFORE_GROUPED and abs(amount) < 10_000),
    )  # fmt: skip
    # CLDR's currencySpacing, which Babel leaves out: letters stand apart from digits.
    return _UNSPACED.sub(_NO_BREAK_SPACE, told)


def amounts_in(locale: str, text: str) -> str:
    """A sentence whose amounts, ``CLP 45,000`` as `Money` says itself, are told in a locale."""
    return _SAID.sub(lambda found: _told(locale, found), text)


def _told(locale: str, found: re.Match[str]) -> str:
    currency, sign, units, decimals = found.groups(default="")
    places = exponent(currency)
    if currency not in _currencies() or len(decimals) > places:
        return found[0]
    minor = int(units.replace(",", "") + decimals.ljust(places, "0"))
    return money_in(locale, Money(-minor if sign else minor, currency))


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


@cache
def _pattern(locale: str) -> str:
    pattern: str = Locale.parse(locale, sep="-").currency_formats["standard"].pattern
    return pattern
