"""Amounts as customers in the currency's own country write them: ``₹ 2,00,000``, ``$ 20.000``.

To people who work here amounts are told as they themselves write them (`map_ui.texts.amounts`).
"""

from dataclasses import dataclass

from core.money import Money, exponent


@dataclass(frozen=True, slots=True)
class Style:
    """How a currency is written. `lakhs`: after the thousands, digits group in twos."""

    symbol: str
    group: str = ","
    decimal: str = "."
    lakhs: bool = False


# Unicode CLDR 45, the main locale of each currency (https://cldr.unicode.org).
STYLES = {
    "BRL": Style("R$", ".", ","), "CLP": Style("$", ".", ","), "COP": Style("$", ".", ","),
    "EUR": Style("€", ".", ","), "GBP": Style("£"), "IDR": Style("Rp", ".", ","),
    "INR": Style("₹", lakhs=True), "KES": Style("Ksh"), "MXN": Style("$"), "PEN": Style("S/"),
    "PHP": Style("₱"), "USD": Style("$"),
}  # fmt: skip


def amount_text(money: Money) -> str:
    """An amount for the customer; decimals only where there are any.

    A currency without a style of its own is written as ``KWD 1,200.5``.
    """
    style = STYLES.get(money.currency, Style(money.currency))
    places = exponent(money.currency)
    whole, part = divmod(abs(money.amount_minor), 10**places)
    digits = _grouped(str(whole), style)
    if part:
        digits += style.decimal + str(part).zfill(places)
    sign = "-" if money.amount_minor < 0 else ""
    return f"{sign}{style.symbol} {digits}"


def _grouped(digits: str, style: Style) -> str:
    head, groups = digits[:-3], [digits[-3:]]
    width = 2 if style.lakhs else 3
    while head:
        head, group = head[:-width], head[-width:]
        groups.insert(0, group)
    return style.group.join(groups)
