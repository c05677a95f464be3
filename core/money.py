"""Money: integer minor units and a currency. No float ever touches it."""

import re
from dataclasses import dataclass
from decimal import Decimal

from core.errors import InvalidField
from core.said import say

# ISO 4217 exponents that are not 2 (https://www.iso.org/iso-4217-currency-codes.html).
_EXPONENTS = {
    "BHD": 3, "CLP": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "LYD": 3,
    "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0,
    "XPF": 0,
}  # fmt: skip


def exponent(currency: str) -> int:
    """Decimal places of a currency's minor unit: 2 for INR, 0 for CLP."""
    return _EXPONENTS.get(currency, 2)


_AMOUNT = re.compile(
    r"(?P<sign>-?)(?P<units>[0-9]+|[0-9]{1,3}(,[0-9]{3})+|[0-9]{1,2}(,[0-9]{2})*,[0-9]{3})"
    r"(\.(?P<decimals>[0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency (``120000`` INR is ₹1,200.00)."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError("amount_minor is an int of minor units")
        if len(self.currency) != 3 or not self.currency.isalpha() or not self.currency.isupper():
            raise InvalidField("currency", say("three capital letters of ISO 4217, such as INR"))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount_minor <= self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise InvalidField(
                "currency",
                say(
                    "{currency}, not {currency_2}",
                    currency=self.currency,
                    currency_2=other.currency,
                ),
            )
        return other.amount_minor

    @property
    def units(self) -> Decimal:
        """The amount in major units, with as many decimals as its currency has: ``1200.00``."""
        return Decimal(self.amount_minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.currency} {self.units:,f}"


def parse_amount(text: str, currency: str, field: str = "amount") -> Money:
    """Read an amount as people write it in files: ``1,23,456.00``, ``1200``.

    Commas group digits, in threes or the Indian way, and never mark decimals. Raises `InvalidField`
    naming `field` for anything else, for more decimals than the currency has, and from 10¹⁵ on.
    """
    places = exponent(currency)
    written = _AMOUNT.fullmatch(text.strip())
    decimals = (written["decimals"] or "") if written else ""
    units = written["units"].replace(",", "") if written else ""
    if not written or len(decimals) > places or len(units) > 15:
        example = Money(12345, currency)
        expected = say(
            "a number with a point and at most {places} decimals, such as {example}",
            places=places,
            example=example,
        )
        raise InvalidField(field, expected.replace(f"{currency} ", ""))
    return Money(int(f"{written['sign']}{units}{decimals.ljust(places, '0')}"), currency)
