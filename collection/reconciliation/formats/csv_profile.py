"""How a bank writes its CSV statements, as data: columns, dates, signs, decimals, encoding."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from core.errors import InvalidField
from core.said import say


class Sign(StrEnum):
    """How a bank tells money in from money out."""

    SIGNED = "signed"
    TWO_COLUMNS = "two_columns"
    MARKER = "marker"


@dataclass(frozen=True, slots=True)
class CsvProfile:
    """The columns by the names that the bank gives them; empty where it has no such column.

    `amount` is read where `sign` is ``signed`` or ``marker`` (then `marker` says Cr or Dr, as told
    in `credit_mark`), else `money_in` and `money_out`. Without a `balance` column the opening and
    closing balance have to be told with the file. `newest_first`: the last line comes first.
    """

    booked_on: str
    sign: Sign
    valued_on: str = ""
    text: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    bank_id: str = ""
    amount: str = ""
    marker: str = ""
    credit_mark: str = "CR"
    money_in: str = ""
    money_out: str = ""
    balance: str = ""
    date_format: str = "%d/%m/%Y"
    decimal_mark: str = "."
    delimiter: str = ","
    encoding: str = ""
    newest_first: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be in the file."""
        named = (
            self.booked_on, self.valued_on, *self.text, *self.references, self.bank_id, self.amount,
            self.marker, self.money_in, self.money_out, self.balance,
        )  # fmt: skip
        return tuple(dict.fromkeys(name for name in named if name))

    def as_json(self) -> dict[str, Any]:
        """The profile as it is stored; `profile_of` reads it."""
        return asdict(self)


NEEDED = {
    Sign.SIGNED: ("amount",),
    Sign.TWO_COLUMNS: ("money_in", "money_out"),
    Sign.MARKER: ("amount", "marker", "credit_mark"),
}


def profile_of(told: Mapping[str, Any], field: str = "csv_profile") -> CsvProfile:
    """A profile from what was told or stored. Raises `InvalidField` naming the part of `field`."""
    try:
        sign = Sign(told.get("sign", ""))
    except ValueError:
        raise InvalidField(f"{field}.sign", say("one of {sign}", sign=", ".join(Sign))) from None
    lists = {name: tuple(told.get(name) or ()) for name in ("text", "references")}
    profile = CsvProfile(**{**told, **lists, "sign": sign})
    for name in ("booked_on", *NEEDED[sign]):
        if not getattr(profile, name):
            raise InvalidField(
                f"{field}.{name}", say("the name of a column, with sign {sign}", sign=sign)
            )
    if sign is Sign.TWO_COLUMNS and profile.money_in == profile.money_out:
        raise InvalidField(f"{field}.money_out", say("another column than that of money in"))
    if profile.decimal_mark not in (".", ","):
        raise InvalidField(f"{field}.decimal_mark", say("a point or a comma"))
    if profile.delimiter not in (",", ";", "\t", "|"):
        raise InvalidField(f"{field}.delimiter", say("a comma, a semicolon, a tab or a bar"))
    if "%" not in profile.date_format or date.max.strftime(profile.date_format) == "":
        raise InvalidField(f"{field}.date_format", say("a format such as %d/%m/%Y"))
    try:
        "a".encode(profile.encoding or "utf-8")
    except (LookupError, ValueError):  # unknown, or none of text, such as "hex"
        raise InvalidField(
            f"{field}.encoding", say("an encoding such as utf-8 or cp1252")
        ) from None
    return profile


EXAMPLES = {
    "two columns, day first": CsvProfile(
        "Date", Sign.TWO_COLUMNS, "Value Dt", ("Narration",), ("Chq./Ref.No.",),
        money_in="Deposit Amt.", money_out="Withdrawal Amt.", balance="Closing Balance",
        date_format="%d/%m/%y",
    ),
    "one signed column": CsvProfile(
        "Date", Sign.SIGNED, text=("Description",), references=("Reference",), amount="Amount",
        balance="Balance", date_format="%Y-%m-%d",
    ),
    "decimal comma, charges and credits": CsvProfile(
        "Fecha", Sign.TWO_COLUMNS, text=("Descripción",), references=("N° Documento",),
        money_in="Abonos", money_out="Cargos", balance="Saldo", date_format="%d/%m/%Y",
        decimal_mark=",", delimiter=";",
    ),
    "Cr and Dr in a column": CsvProfile(
        "Txn Date", Sign.MARKER, "Value Date", ("Description",), ("Ref No./Cheque No.",),
        amount="Amount", marker="Dr/Cr", balance="Balance", date_format="%d-%b-%Y",
    ),
}  # fmt: skip
"""Starting points for profiles; each bank account keeps its own."""
